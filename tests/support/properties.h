#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

namespace dga::test {

// Whether `property` (a callable for rapidcheck) holds for `tries` draws of up to `size`; what fails is made as small
// as it gets and printed with its seed. DGA_SEED=N draws others than those of seed 1.
template <typename Property>
[[nodiscard]] bool holds(std::string const& what, int tries, int size, Property&& property) {
  rc::detail::TestMetadata metadata;
  metadata.id = metadata.description = what;
  rc::detail::TestParams params;
  char const* const asked = std::getenv("DGA_SEED");
  params.seed = asked == nullptr ? 1 : std::strtoull(asked, nullptr, 10);
  params.maxSuccess = tries;
  params.maxSize = size;
  auto const result = rc::detail::checkTestable(std::forward<Property>(property), metadata, params);
  rc::detail::SuccessResult success;
  if (result.match(success)) return true;
  std::cerr << what << ", DGA_SEED=" << params.seed << ":\n";
  rc::detail::printResultMessage(result, std::cerr);
  std::cerr << "\n";
  return false;
}

}  // namespace dga::test
