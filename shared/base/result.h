#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "shared/base/error.h"

namespace dga::base {

// A value, or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  [[nodiscard]] T& value() & {
    assert(ok());
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] T const& value() const& {
    assert(ok());
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&held_));
  }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] T const* operator->() const { return &value(); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] T const& operator*() const& { return value(); }

  // REQUIRES: !ok().
  [[nodiscard]] Error const& error() const {
    assert(!ok());
    return *std::get_if<1>(&held_);
  }

 private:
  std::variant<T, Error> held_;
};

// Success without a value, or the reason.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : held_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] Error const& error() const {
    assert(!ok());
    return *std::get_if<1>(&held_);
  }

 private:
  std::variant<std::monostate, Error> held_;
};

using Done = Result<void>;

}  // namespace dga::base

#define DGA_JOIN_(a, b) a##b
#define DGA_JOIN(a, b) DGA_JOIN_(a, b)

// TRY(auto page, read(3)); passes an error on to the caller, or names the value.
#define TRY(declaration, ...)                                                      \
  auto DGA_JOIN(tried_, __LINE__) = (__VA_ARGS__);                                 \
  if (!DGA_JOIN(tried_, __LINE__).ok()) return DGA_JOIN(tried_, __LINE__).error(); \
  declaration = std::move(DGA_JOIN(tried_, __LINE__)).value()

// TRY_DO(write(3)); the same where success has no value.
#define TRY_DO(...)                                                                      \
  if (auto DGA_JOIN(tried_, __LINE__) = (__VA_ARGS__); !DGA_JOIN(tried_, __LINE__).ok()) \
  return DGA_JOIN(tried_, __LINE__).error()
