#pragma once

#include <string>
#include <vector>

#include "shared/base/bytes.h"

namespace dga::fuzz {

struct Seed {
  std::string target, name;
  base::Bytes bytes;
};
// What every fuzzer starts from: made from the vectors, the demo's class and generated people; always the same.
// `source`: the project's root.
[[nodiscard]] std::vector<Seed> make_seeds(std::string const& source);

}  // namespace dga::fuzz
