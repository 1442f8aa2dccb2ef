#pragma once

#include <array>
#include <cstdint>

#include "shared/base/bytes.h"
#include "shared/store/sodium_vfs/cipher.h"
#include "shared/store/sodium_vfs/log_format.h"

namespace dga::sodium_vfs {

// One page, its reserve zero.
using Page = std::array<std::uint8_t, kPageBytes>;
using LogHeader = std::array<std::uint8_t, kWalHeaderBytes>;
// A frame's header (24) and its page (4096).
using Frame = std::array<std::uint8_t, kFrameBytes>;

// Opens single pieces of a database's files as they lie on the disk, without SQLite: for checking and salvaging.
// Each answers false when the piece is not what was sealed there under this key; then `into` holds nothing of use.
// Thread: any.
class Inspector {
 public:
  explicit Inspector(crypto::Key32 const& key) : cipher_(key) {}

  // `number` from 1, `sealed` of kPageBytes.
  [[nodiscard]] bool open_page(std::uint64_t number, base::ByteView sealed, Page& into) const;
  // `sealed` of kSealedWalHeaderBytes.
  [[nodiscard]] bool open_log_header(base::ByteView sealed, LogHeader& into) const;
  // `number` from 1, `cell` of kCellBytes.
  [[nodiscard]] bool open_frame(std::uint64_t number, base::ByteView cell, Frame& into) const;

 private:
  Cipher cipher_;
};

}  // namespace dga::sodium_vfs
