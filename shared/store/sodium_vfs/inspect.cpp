#include "shared/store/sodium_vfs/inspect.h"

#include <cstring>

namespace dga::sodium_vfs {
namespace {

std::uint8_t const* octets(base::ByteView bytes) { return reinterpret_cast<std::uint8_t const*>(bytes.data()); }

}  // namespace

bool Inspector::open_page(std::uint64_t number, base::ByteView sealed, Page& into) const {
  if (sealed.size() != kPageBytes) return false;
  auto const* const nonce = octets(sealed) + kUsableBytes;
  if (!cipher_.open(Kind::kPage, number, octets(sealed), kUsableBytes, nonce, nonce + kNonceBytes, into.data()))
    return false;
  std::memset(into.data() + kUsableBytes, 0, kSealBytes);
  return true;
}

bool Inspector::open_log_header(base::ByteView sealed, LogHeader& into) const {
  if (sealed.size() != kSealedWalHeaderBytes) return false;
  auto const* const nonce = octets(sealed);
  auto const* const data = nonce + kNonceBytes;
  return cipher_.open(Kind::kWalHeader, 0, data, kWalHeaderBytes, nonce, data + kWalHeaderBytes, into.data());
}

bool Inspector::open_frame(std::uint64_t number, base::ByteView cell, Frame& into) const {
  if (cell.size() != kCellBytes) return false;
  auto const* const nonce = octets(cell);
  auto const* const data = nonce + kNonceBytes;
  return cipher_.open(Kind::kWalFrame, number, data, kFrameBytes, nonce, data + kFrameBytes, into.data());
}

}  // namespace dga::sodium_vfs
