#pragma once

#include <cstddef>
#include <string>

namespace dga::input {

// A badge has 19 characters, a citizen card some 150 bytes, a receipt's code some 450 digits; beyond this a scan is
// cut, so that a cable that chatters cannot fill the memory. What was cut is no badge in any case.
inline constexpr std::size_t kMostScanBytes = 4'096;

// What a scanner read, without its terminator. Any bytes may come.
struct Scan {
  std::string text;
  bool cut = false;  // longer than kMostScanBytes
};

}  // namespace dga::input
