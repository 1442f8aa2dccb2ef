#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "shared/base/error.h"
#include "shared/base/result.h"

namespace dga::benchmarks {

// A measurement that cannot be made is no figure: says why, and ends the program.
inline void must(base::Done const& done) {
  if (done.ok()) return;
  fmt::print(stderr, "bench: {}\n", base::describe(done.error()));
  std::exit(1);
}
template <typename Value>
Value must(base::Result<Value> result) {
  if (!result.ok()) must(base::Done(result.error()));
  return std::move(result).value();
}

}  // namespace dga::benchmarks
