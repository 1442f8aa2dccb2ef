#pragma once

#include <doctest/doctest.h>

#include <utility>

#include "shared/base/error.h"
#include "shared/base/result.h"

namespace dga::test {

// What a test stands on: where it did not come about, the test case ends and says why.
inline void must(base::Done const& done) {
  if (!done.ok()) FAIL(base::describe(done.error()));
}
template <typename Value>
Value must(base::Result<Value> result) {
  if (!result.ok()) FAIL(base::describe(result.error()));
  return std::move(result).value();
}

}  // namespace dga::test
