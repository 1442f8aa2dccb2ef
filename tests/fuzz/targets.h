#pragma once

#include <array>
#include <string_view>

#include "shared/base/bytes.h"

// What is fuzzed: each takes any bytes, and ends the program where something that must hold does not.
// One file each; the first byte of most chooses between bytes as they come and bytes sealed or signed by the harness,
// so that what stands behind a seal is reached as well.
namespace dga::fuzz {

void batches(base::ByteView input);
void bundles(base::ByteView input);
void class_files(base::ByteView input);
void enrolments(base::ByteView input);
void forms(base::ByteView input);
void imports(base::ByteView input);
void journals(base::ByteView input);
void packs(base::ByteView input);
void pages(base::ByteView input);
void receipts(base::ByteView input);
void records(base::ByteView input);
void rosters(base::ByteView input);
void scans(base::ByteView input);
void slots(base::ByteView input);
void write_ahead_logs(base::ByteView input);

struct Target {
  std::string_view name;
  void (*run)(base::ByteView input);
};
inline constexpr std::array kTargets{
    Target{"batches", batches},       Target{"bundles", bundles}, Target{"class_files", class_files},
    Target{"enrolments", enrolments}, Target{"forms", forms},     Target{"imports", imports},
    Target{"journals", journals},     Target{"packs", packs},     Target{"pages", pages},
    Target{"receipts", receipts},     Target{"records", records}, Target{"rosters", rosters},
    Target{"scans", scans},           Target{"slots", slots},     Target{"write_ahead_logs", write_ahead_logs},
};

}  // namespace dga::fuzz
