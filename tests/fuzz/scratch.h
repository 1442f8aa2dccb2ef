#pragma once

#include <filesystem>
#include <string_view>

#include "shared/base/bytes.h"

namespace dga::fuzz {

// A folder of one input's own, gone with it; in memory where the system keeps files there.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch const&) = delete;
  Scratch& operator=(Scratch const&) = delete;
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] base::Bytes content_of(std::filesystem::path const& file);
void put(std::filesystem::path const& file, base::ByteView content);

}  // namespace dga::fuzz
