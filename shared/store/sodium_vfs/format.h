#pragma once

#include <cstddef>
#include <cstdint>

// The sizes of what lies on the disk; README.md of this folder is the description. Never changed once released.
namespace dga::sodium_vfs {

// The version stands in the associated data of every piece. Whatever a later one changes, page 1 stays a page of 4096
// octets that ends with nonce and tag, so that this program can tell a newer database from a wrong key.
inline constexpr char kFormatVersion = '1', kLastVersionTried = '9';

inline constexpr std::size_t kNonceBytes = 24, kTagBytes = 16;
inline constexpr std::size_t kSealBytes = kNonceBytes + kTagBytes;

// A page of the database: its last 40 octets, which SQLite leaves alone, hold its nonce and its tag.
inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kUsableBytes = kPageBytes - kSealBytes;
// Where page 1 says how many octets of each page are reserved, and how large pages are (SQLite's file format, 1.3).
inline constexpr std::size_t kReserveAt = 20, kPageSizeAt = 16;

// The write-ahead log as SQLite sees it, and as it lies on the disk.
inline constexpr std::size_t kWalHeaderBytes = 32, kFrameHeaderBytes = 24;
inline constexpr std::size_t kFrameBytes = kFrameHeaderBytes + kPageBytes;
inline constexpr std::size_t kSealedWalHeaderBytes = kWalHeaderBytes + kSealBytes;  // 72
inline constexpr std::size_t kCellBytes = kFrameBytes + kSealBytes;                 // 4160

// A rollback journal's extent: LE32 size of the data, then nonce, sealed (LE64 offset, data), tag.
inline constexpr std::size_t kExtentPrefixBytes = 4, kExtentOffsetBytes = 8;
inline constexpr std::size_t kMostExtentBytes = 64 * 1024;

// A block of a temporary file and its cell: nonce, sealed block, tag.
inline constexpr std::size_t kBlockBytes = 4096;
inline constexpr std::size_t kBlockCellBytes = kBlockBytes + kSealBytes;

// What a sealed piece is; part of the associated data, so that no piece is taken for another.
enum class Kind : std::uint8_t {
  kPage = 1,          // number: the page's, from 1
  kWalHeader = 2,     // number: 0
  kWalFrame = 3,      // number: the frame's, from 1
  kJournal = 4,       // number: the extent's, from 0
  kSuperJournal = 5,  // number: the extent's, from 0
  kTemporary = 6,     // number: the block's, from 0
};

}  // namespace dga::sodium_vfs
