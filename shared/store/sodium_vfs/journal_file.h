#pragma once

#include <map>
#include <vector>

#include "shared/store/sodium_vfs/page_file.h"

namespace dga::sodium_vfs {

// A rollback journal or a super-journal: an append-only log of sealed extents, each saying where its data belongs.
// Later extents cover earlier ones. The journal ends where an extent does not open: after a power cut that is its torn
// tail, and all that was synced lies before it.
class JournalFile final : public File, public Companion {
 public:
  // `database` may be nullptr (super-journals have none).
  JournalFile(Common& common, PageFile* database, Kind kind);
  ~JournalFile() override;

  [[nodiscard]] int read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int truncate(std::uint64_t bytes) override;
  [[nodiscard]] int size(std::uint64_t& bytes) override;
  [[nodiscard]] int sync(int flags) override;
  // Writes the extent that is being gathered.
  [[nodiscard]] int release() override;
  void outlive_database() override { database_ = nullptr; }

  // Whether the first extent of the journal of this name opens under the key.
  [[nodiscard]] static bool opens(Common& common, char const* name);

 private:
  // A stretch of the journal, and where in which extent it lies.
  struct Piece {
    std::uint64_t size = 0;
    std::uint64_t ordinal = 0, place = 0;  // the extent's: its number, and its offset in the file below
    std::size_t skip = 0;                  // into the extent's data
  };
  enum class Loaded { kGood, kEnd, kFailed };

  // What is known of the file below is found anew: after memory ran out half-way.
  void forget();
  [[nodiscard]] int scan();
  [[nodiscard]] int scan_extents();
  [[nodiscard]] Loaded load(std::uint64_t ordinal, std::uint64_t place, int& result);  // into plain_
  [[nodiscard]] int append(std::uint64_t offset, std::uint8_t const* from, std::size_t amount);
  void cover(std::uint64_t offset, Piece const& piece);
  void forget_beyond(std::uint64_t bytes);
  [[nodiscard]] int start_anew();

  PageFile* database_;
  Kind kind_;
  bool scanned_ = false;
  std::uint64_t extents_ = 0, end_ = 0;  // how many, and where in the file below the next one goes
  std::uint64_t size_ = 0;               // of the journal as SQLite sees it
  std::map<std::uint64_t, Piece> pieces_;

  // SQLite writes a page number, a page and a checksum one by one: they are gathered to one extent.
  std::uint64_t gathered_at_ = 0;
  std::vector<std::uint8_t> gathered_;

  std::vector<std::uint8_t> sealed_, plain_;
  std::uint64_t loaded_ordinal_ = UINT64_MAX;  // the extent whose offset and data are in plain_
};

}  // namespace dga::sodium_vfs
