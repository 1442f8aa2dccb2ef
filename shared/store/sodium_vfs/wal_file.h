#pragma once

#include <array>
#include <optional>

#include "shared/store/sodium_vfs/page_file.h"

namespace dga::sodium_vfs {

// The write-ahead log: its header sealed, each frame (header and page) sealed as one cell by one write.
// SQLite writes a frame in two parts; the first is held until the second comes.
class WalFile final : public File, public Companion {
 public:
  // `database` may be nullptr when SQLite's log is opened without its database.
  WalFile(Common& common, PageFile* database);
  ~WalFile() override;

  [[nodiscard]] int read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int truncate(std::uint64_t bytes) override;
  [[nodiscard]] int size(std::uint64_t& bytes) override;
  [[nodiscard]] int sync(int flags) override;
  [[nodiscard]] int release() override;
  void outlive_database() override { database_ = nullptr; }

  // Whether the header or one of the first frames of the log of this name opens under the key.
  [[nodiscard]] static bool opens_somewhere(Common& common, char const* name);

 private:
  // What is read of a log when it is only asked whose it is.
  static constexpr std::uint64_t kCellsTried = 32;
  enum class Loaded { kGood, kBad, kShort, kFailed };

  // Leaves it as it lies on the disk in header_. SQLITE_NOTFOUND when it does not open.
  [[nodiscard]] int load_header(std::uint8_t* plain);
  // wal_evidence.cpp: whether the header, or all before `cell`, had been synced, as the frames from there on prove.
  [[nodiscard]] bool header_was_safe();
  [[nodiscard]] bool was_safe_before(std::uint64_t cell);
  // Whether the frame in frame_, which opens, is of an earlier round of the log and stands where one of this round was
  // safe: an older one was put in its place. Leaves frame_ changed.
  [[nodiscard]] bool was_put_back(std::uint64_t cell);
  [[nodiscard]] int read_header(std::uint8_t* into, std::size_t amount, std::uint64_t offset);
  [[nodiscard]] int write_again(std::uint8_t const* piece, std::size_t bytes, std::uint64_t place);
  [[nodiscard]] int write_header(std::uint8_t const* from);
  // Cells are counted from 0, frames (in associated data and errors) from 1.
  [[nodiscard]] Loaded load(std::uint64_t cell, int& result);  // into frame_
  [[nodiscard]] int store(std::uint64_t cell);                 // from frame_
  [[nodiscard]] bool written_here(std::uint64_t cell) const { return cell >= first_written_ && cell < end_written_; }

  PageFile* database_;
  bool holding_ = false;
  std::uint64_t held_cell_ = 0;
  std::array<std::uint8_t, kFrameHeaderBytes> held_{};
  // Cells that this object wrote since the log began anew: they can't have been torn by a power cut.
  std::uint64_t first_written_ = 0, end_written_ = 0;
  // The header's salts, or what it was when they were last asked for: recovery need not read it for every frame.
  std::optional<std::array<std::uint8_t, 8>> recovered_salts_;
  std::array<std::uint8_t, kSealedWalHeaderBytes> header_{};
  alignas(64) std::array<std::uint8_t, kFrameBytes> frame_{};
  alignas(64) std::array<std::uint8_t, kCellBytes> cell_{};
};

}  // namespace dga::sodium_vfs
