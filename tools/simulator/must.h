#pragma once

#include <stdexcept>
#include <string>

#include "shared/base/result.h"

namespace dga::simulator {

// Something without which the simulation cannot go on; told as a violation of the seed.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <typename T>
T must(base::Result<T> result, std::string const& doing) {
  if (!result.ok()) throw Broken(doing + ": " + base::describe(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

}  // namespace dga::simulator
