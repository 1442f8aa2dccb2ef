#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace dga::base {

// Octets. std::string is what Protocol Buffers calls bytes; nothing here is text.
using Bytes = std::string;
using ByteView = std::string_view;

// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string to_hex(ByteView bytes);
// The reverse; nothing for an odd length or any other character (capitals are accepted).
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view hex);

// With padding, as RFC 4648 has it, section 4.
[[nodiscard]] std::string to_base64(ByteView bytes);

// Exactly N octets with a meaning of their own, so that a log's id is never taken for a device's.
template <std::size_t N, typename Meaning>
struct Fixed {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> octets{};

  [[nodiscard]] ByteView view() const { return {reinterpret_cast<char const*>(octets.data()), N}; }
  [[nodiscard]] Bytes bytes() const { return Bytes(view()); }
  [[nodiscard]] std::string hex() const { return to_hex(view()); }
  [[nodiscard]] std::uint8_t const* data() const { return octets.data(); }
  [[nodiscard]] std::uint8_t* data() { return octets.data(); }
  // Nothing unless `bytes` has exactly N octets.
  [[nodiscard]] static std::optional<Fixed> from(ByteView bytes) {
    if (bytes.size() != N) return std::nullopt;
    Fixed fixed;
    std::memcpy(fixed.octets.data(), bytes.data(), N);
    return fixed;
  }
  auto operator<=>(Fixed const&) const = default;
};

using DeviceId = Fixed<16, struct DeviceIdMeaning>;
using LogId = Fixed<16, struct LogIdMeaning>;
using LogSalt = Fixed<16, struct LogSaltMeaning>;
using RequestNonce = Fixed<16, struct RequestNonceMeaning>;
// BLAKE2b-256, protocol.md's H.
using Digest = Fixed<32, struct DigestMeaning>;

// Eight bytes, little-endian: protocol.md's LE64.
[[nodiscard]] inline Bytes le64(std::uint64_t number) {
  Bytes bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(static_cast<std::uint8_t>(number >> (8 * i)));
  return bytes;
}

}  // namespace dga::base
