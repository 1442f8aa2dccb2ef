#include "tests/fuzz/sealing.h"

#include <algorithm>

#include "shared/store/sodium_vfs/cipher.h"
#include "tests/fuzz/input.h"

namespace dga::fuzz {
namespace {

using namespace sodium_vfs;

std::uint8_t const* octets(base::ByteView bytes) { return reinterpret_cast<std::uint8_t const*>(bytes.data()); }
std::uint8_t* octets(std::string& bytes) { return reinterpret_cast<std::uint8_t*>(bytes.data()); }

// nonce || sealed || tag, as logs and journals have it.
std::string seal_cell(Cipher& cipher, Kind kind, std::uint64_t number, base::ByteView plain) {
  std::string cell(plain.size() + kSealBytes, '\0');
  auto* const at = octets(cell);
  cipher.seal(kind, number, octets(plain), plain.size(), at + kNonceBytes, at, at + kNonceBytes + plain.size());
  return cell;
}
std::string unseal_cell(Cipher const& cipher, Kind kind, std::uint64_t number, base::ByteView cell) {
  std::string plain(cell.size() - kSealBytes, '\0');
  auto const* const at = octets(cell);
  require(cipher.open(kind, number, at + kNonceBytes, plain.size(), at, at + kNonceBytes + plain.size(), octets(plain)),
          "the harness's own file opens with the harness's key");
  return plain;
}

std::size_t le32(base::ByteView bytes) {
  std::size_t number = 0;
  for (std::size_t i = 4; i-- > 0;) number = number << 8 | static_cast<std::uint8_t>(bytes[i]);
  return number;
}

// SQLite's running checksum over big- or little-endian words (the log's magic says which).
struct Checksum {
  bool big_endian;
  std::uint32_t s0 = 0, s1 = 0;
  void add(base::ByteView bytes) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      s0 += word(bytes.substr(at)) + s1;
      s1 += word(bytes.substr(at + 4)) + s0;
    }
  }
  std::uint32_t word(base::ByteView bytes) const {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
      number |= std::uint32_t{static_cast<std::uint8_t>(bytes[i])} << 8 * (big_endian ? 3 - i : i);
    return number;
  }
  std::string bytes() const {
    std::string written;
    for (auto const sum : {s0, s1})
      for (int shift = 24; shift >= 0; shift -= 8) written.push_back(static_cast<char>(sum >> shift));
    return written;
  }
};

}  // namespace

std::string unseal_pages(base::ByteView file, crypto::Key32 const& key) {
  Cipher const cipher(key);
  std::string plain;
  for (std::uint64_t number = 1; file.size() >= kPageBytes; ++number, file.remove_prefix(kPageBytes)) {
    std::string page(kPageBytes, '\0');
    auto const* const at = octets(file);
    require(cipher.open(Kind::kPage, number, at, kUsableBytes, at + kUsableBytes, at + kUsableBytes + kNonceBytes,
                        octets(page)),
            "the harness's own page opens with the harness's key");
    plain += page;
  }
  return plain;
}

std::string seal_pages(base::ByteView plain, crypto::Key32 const& key) {
  Cipher cipher(key);
  std::string file;
  for (std::uint64_t number = 1; plain.size() >= kPageBytes; ++number, plain.remove_prefix(kPageBytes)) {
    std::string page(kPageBytes, '\0');
    auto* const at = octets(page);
    cipher.seal(Kind::kPage, number, octets(plain), kUsableBytes, at, at + kUsableBytes,
                at + kUsableBytes + kNonceBytes);
    file += page;
  }
  return file;
}

std::string unseal_log(base::ByteView file, crypto::Key32 const& key) {
  Cipher const cipher(key);
  auto plain = unseal_cell(cipher, Kind::kWalHeader, 0, file.substr(0, kSealedWalHeaderBytes));
  file.remove_prefix(kSealedWalHeaderBytes);
  for (std::uint64_t frame = 1; file.size() >= kCellBytes; ++frame, file.remove_prefix(kCellBytes))
    plain += unseal_cell(cipher, Kind::kWalFrame, frame, file.substr(0, kCellBytes));
  return plain;
}

std::string seal_log(base::ByteView plain, crypto::Key32 const& key) {
  if (plain.size() < kWalHeaderBytes) return {};
  Cipher cipher(key);
  auto file = seal_cell(cipher, Kind::kWalHeader, 0, plain.substr(0, kWalHeaderBytes));
  plain.remove_prefix(kWalHeaderBytes);
  for (std::uint64_t frame = 1; plain.size() >= kFrameBytes; ++frame, plain.remove_prefix(kFrameBytes))
    file += seal_cell(cipher, Kind::kWalFrame, frame, plain.substr(0, kFrameBytes));
  return file;
}

void correct_checksums(std::string& log) {
  if (log.size() < kWalHeaderBytes) return;
  constexpr std::size_t kHeaderSummed = 24, kFrameSummed = 8, kFrameSalts = 8, kFrameSum = 16;
  Checksum sum{(log[3] & 1) != 0};
  sum.add(base::ByteView(log).substr(0, kHeaderSummed));
  log.replace(kHeaderSummed, 8, sum.bytes());
  for (auto at = kWalHeaderBytes; at + kFrameBytes <= log.size(); at += kFrameBytes) {
    log.replace(at + kFrameSalts, 8, log.substr(16, 8));
    sum.add(base::ByteView(log).substr(at, kFrameSummed));
    sum.add(base::ByteView(log).substr(at + kFrameHeaderBytes, kPageBytes));
    log.replace(at + kFrameSum, 8, sum.bytes());
  }
}

std::string unseal_journal(base::ByteView file, crypto::Key32 const& key) {
  Cipher const cipher(key);
  std::string plain;
  for (std::uint64_t extent = 0; file.size() >= kExtentPrefixBytes; ++extent) {
    auto const size = le32(file) + kExtentOffsetBytes + kSealBytes;
    if (file.size() < kExtentPrefixBytes + size) break;
    plain += file.substr(0, kExtentPrefixBytes);
    plain += unseal_cell(cipher, Kind::kJournal, extent, file.substr(kExtentPrefixBytes, size));
    file.remove_prefix(kExtentPrefixBytes + size);
  }
  return plain;
}

std::string seal_journal(base::ByteView plain, crypto::Key32 const& key) {
  Cipher cipher(key);
  std::string file;
  for (std::uint64_t extent = 0; plain.size() >= kExtentPrefixBytes; ++extent) {
    auto const size = le32(plain) + kExtentOffsetBytes;
    if (plain.size() < kExtentPrefixBytes + size) break;
    file += plain.substr(0, kExtentPrefixBytes);
    file += seal_cell(cipher, Kind::kJournal, extent, plain.substr(kExtentPrefixBytes, size));
    plain.remove_prefix(kExtentPrefixBytes + size);
  }
  return file;
}

}  // namespace dga::fuzz
