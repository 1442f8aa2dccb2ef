#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "shared/base/bytes.h"

namespace dga::crypto {

// Overwrites memory in a way the compiler keeps.
void wipe(void* at, std::size_t size);

// N secret octets; wiped when they go, never printed, compared only in constant time.
template <std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;
  Secret() = default;
  Secret(Secret const&) = default;
  Secret& operator=(Secret const&) = default;
  ~Secret() { wipe(octets_.data(), N); }

  [[nodiscard]] static std::optional<Secret> from(base::ByteView bytes) {
    if (bytes.size() != N) return std::nullopt;
    Secret secret;
    std::memcpy(secret.octets_.data(), bytes.data(), N);
    return secret;
  }
  [[nodiscard]] base::ByteView view() const { return {reinterpret_cast<char const*>(octets_.data()), N}; }
  [[nodiscard]] std::uint8_t const* data() const { return octets_.data(); }
  [[nodiscard]] std::uint8_t* data() { return octets_.data(); }

 private:
  std::array<std::uint8_t, N> octets_{};
};

// Wipes what was read for a secret's sake, however the scope ends. `octets` outlives it.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(base::Bytes& octets) : octets_(octets) {}
  WipeAtEnd(WipeAtEnd const&) = delete;
  WipeAtEnd& operator=(WipeAtEnd const&) = delete;
  ~WipeAtEnd() { wipe(octets_.data(), octets_.size()); }

 private:
  base::Bytes& octets_;
};

using Key32 = Secret<32>;

}  // namespace dga::crypto
