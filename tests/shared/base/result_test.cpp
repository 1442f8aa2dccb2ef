#include "shared/base/result.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace dga;
using base::Done;
using base::Result;

namespace {
Result<int> half(int number) {
  if (number % 2 != 0)
    return base::refused("test.odd", "could not halve " + std::to_string(number), "Take an even number");
  return number / 2;
}
Result<int> quarter(int number) {
  TRY(auto const once, half(number));
  TRY(auto const twice, half(once));
  return twice;
}
Done all_even(int first, int second) {
  TRY_DO([&]() -> Done {
    TRY([[maybe_unused]] auto const found, half(first));
    return {};
  }());
  TRY([[maybe_unused]] auto const found, half(second));
  return {};
}
}  // namespace

TEST_CASE("a result is a value or an error, and an error passes through") {
  CHECK(*quarter(8) == 2);
  CHECK_FALSE(quarter(6).ok());
  CHECK(quarter(6).error().code == "test.odd");
  CHECK(quarter(6).error().what == "could not halve 3");
  CHECK(all_even(2, 4).ok());
  CHECK(all_even(1, 4).error().what == "could not halve 1");
  CHECK(all_even(2, 5).error().what == "could not halve 5");
}

TEST_CASE("a value that cannot be copied is moved out") {
  auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  auto take = [&]() -> Result<int> {
    TRY(auto const held, make());
    return *held;
  };
  CHECK(*take() == 7);
}

TEST_CASE("an error tells what and what next and ends a program with its own code") {
  CHECK(base::describe(quarter(6).error()) == "could not halve 3. Take an even number");
  CHECK(base::describe(base::damaged("x", "page 3 is damaged")) == "page 3 is damaged");
  CHECK(base::exit_code(base::refused("x", "x").fault) == 1);
  CHECK(base::exit_code(base::usage("x", "x").fault) == 2);
  CHECK(base::exit_code(base::damaged("x", "x").fault) == 3);
  CHECK(base::exit_code(base::unreachable("x", "x").fault) == 4);
  CHECK(base::exit_code(base::storage("x", "x").fault) == 1);
}
