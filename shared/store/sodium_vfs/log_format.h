#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "shared/store/sodium_vfs/format.h"

// What SQLite writes into its log (SQLite's file format, 4): the header's and the frames' fields, big-endian.
namespace dga::sodium_vfs {

[[nodiscard]] inline std::uint32_t big_endian(std::uint8_t const* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}
[[nodiscard]] inline std::uint32_t little_endian(std::uint8_t const* at) {
  return std::uint32_t{at[3]} << 24 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[1]} << 8 | at[0];
}

// Header: magic, version, page size, sequence (4 each), salts (8), checksum (8).
inline constexpr std::size_t kLogMagicBytes = 4, kLogSaltsAt = 16, kLogSaltsBytes = 8, kLogChecksumAt = 24;
// Frame: page (4), pages of the database after a commit or 0 (4), salts (8), checksum (8); then the page.
inline constexpr std::size_t kFrameCommitAt = 4, kFrameSaltsAt = 8, kFrameChecksumAt = 16;

// They tell a log from the one that it replaced.
using LogSalts = std::array<std::uint8_t, kLogSaltsBytes>;
[[nodiscard]] inline LogSalts salts_at(std::uint8_t const* at) {
  LogSalts salts;
  std::memcpy(salts.data(), at, salts.size());
  return salts;
}

// The checksum that runs through header and frames (4.2), over words in the byte order that the log's magic tells.
struct LogChecksum {
  std::uint32_t first = 0, second = 0;

  [[nodiscard]] static LogChecksum at(std::uint8_t const* told) { return {big_endian(told), big_endian(told + 4)}; }
  void add(std::uint8_t const* data, std::size_t size, bool words_are_big_endian) {
    for (std::size_t i = 0; i < size; i += 8) {
      first += (words_are_big_endian ? big_endian(data + i) : little_endian(data + i)) + second;
      second += (words_are_big_endian ? big_endian(data + i + 4) : little_endian(data + i + 4)) + first;
    }
  }
  // Whether `frame` (header and page) is the one that was written after the frame with this checksum.
  [[nodiscard]] bool continues_in(std::uint8_t const* frame, bool words_are_big_endian) const {
    auto next = *this;
    next.add(frame, kFrameSaltsAt, words_are_big_endian);
    next.add(frame + kFrameHeaderBytes, kPageBytes, words_are_big_endian);
    return next == at(frame + kFrameChecksumAt);
  }
  bool operator==(LogChecksum const&) const = default;
};

}  // namespace dga::sodium_vfs
