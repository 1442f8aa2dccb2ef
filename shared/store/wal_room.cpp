#include "shared/store/wal_room.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <functional>

namespace dga::store {
namespace {

constexpr int kHeaderBytes = 32, kFrameHeaderBytes = 24, kPageBytes = 4096;
constexpr std::array<char, kPageBytes> kBlank{};

// The log's file as SQLite writes to it: what passes is sealed below. Nothing before the first read.
sqlite3_file* wal_of(sqlite3* handle) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  return file && file->pMethods ? file : nullptr;
}
sqlite3_file* database_of(sqlite3* handle) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file && file->pMethods ? file : nullptr;
}

int write(sqlite3_file* file, int amount, std::uint64_t offset) {
  return file->pMethods->xWrite(file, kBlank.data(), amount, static_cast<sqlite3_int64>(offset));
}
int sync(sqlite3_file* file) { return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL); }

// Frames [from, to), counted from 0. A header comes with its page: the VFS seals both as one.
int blank_frames(sqlite3_file* wal, std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t frame = from; frame < to; ++frame) {
    std::uint64_t const at = kHeaderBytes + frame * kWalFrameBytes;
    if (int const failed = write(wal, kFrameHeaderBytes, at)) return failed;
    if (int const failed = write(wal, kPageBytes, at + kFrameHeaderBytes)) return failed;
  }
  return sync(wal);
}

int checkpoint(sqlite3* handle, int mode, int& frames) {
  int moved = 0;
  frames = 0;
  int const result = sqlite3_wal_checkpoint_v2(handle, "main", mode, &frames, &moved);
  if (result != SQLITE_OK) return result;
  return moved == frames ? SQLITE_OK : SQLITE_BUSY;
}

class Prepared {
 public:
  Prepared(sqlite3* handle, char const* sql) : failed_(sqlite3_prepare_v2(handle, sql, -1, &statement_, nullptr)) {}
  ~Prepared() { sqlite3_finalize(statement_); }
  Prepared(Prepared const&) = delete;
  Prepared& operator=(Prepared const&) = delete;
  // `number`: of the row's first column, where there is one.
  int run(std::int64_t* number = nullptr) {
    if (failed_ != SQLITE_OK) return failed_;
    int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW && number) *number = sqlite3_column_int64(statement_, 0);
    if (result == SQLITE_ROW || result == SQLITE_DONE) result = SQLITE_OK;
    int const reset = sqlite3_reset(statement_);
    return result == SQLITE_OK ? reset : result;
  }
  [[nodiscard]] int failed() const { return failed_; }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int failed_;
};

// `work` on a log of which every frame has been moved and nobody reads one, while nobody can add one: what another
// connection of this program committed between the moving and the work would be written over. SQLITE_BUSY where one
// did. All is prepared before the transaction is begun: to end it takes no memory.
int on_moved_wal(sqlite3* handle, std::function<int(sqlite3_file*, int)> const& work) {
  Prepared version(handle, "PRAGMA data_version"), begin(handle, "BEGIN IMMEDIATE"), end(handle, "ROLLBACK");
  for (auto const* each : {&version, &begin, &end})
    if (each->failed() != SQLITE_OK) return each->failed();
  std::int64_t before = 0, now = 0;  // changes with every commit of another connection
  if (int const failed = version.run(&before)) return failed;
  int moved = 0;
  // RESTART: a reader that stands at the newest frame holds back none of the moving, and goes on reading what would be
  // blanked. Who begins to read after it reads the database alone, where every frame has been moved.
  if (int const failed = checkpoint(handle, SQLITE_CHECKPOINT_RESTART, moved)) return failed;
  auto* const wal = wal_of(handle);
  if (!wal) return SQLITE_OK;
  if (int const failed = begin.run()) return failed;
  int result = version.run(&now);
  if (result == SQLITE_OK) result = now == before ? work(wal, moved) : SQLITE_BUSY;
  int const ended = end.run();
  return result == SQLITE_OK ? ended : result;
}

int say_empty(sqlite3_file* wal, int moved) {
  if (moved <= 0) return SQLITE_OK;
  if (int const failed = write(wal, kHeaderBytes, 0)) return failed;
  return sync(wal);
}

}  // namespace

int keep_wal(sqlite3* handle) {
  int keep = 1;
  return sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}

bool wal_is_kept(sqlite3* handle) {
  int kept = -1;  // asks
  return sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &kept) == SQLITE_OK && kept == 1;
}

int wal_frames(sqlite3* handle, std::uint64_t& frames) {
  frames = 0;
  auto* const wal = wal_of(handle);
  if (!wal) return SQLITE_OK;
  sqlite3_int64 bytes = 0;
  int const result = wal->pMethods->xFileSize(wal, &bytes);
  if (bytes > kHeaderBytes) frames = static_cast<std::uint64_t>(bytes - kHeaderBytes) / kWalFrameBytes;
  return result;
}

int lengthen_wal(sqlite3* handle, std::uint64_t frames) {
  auto* const wal = wal_of(handle);
  if (!wal) return SQLITE_MISUSE;
  sqlite3_int64 bytes = 0;
  if (int const failed = wal->pMethods->xFileSize(wal, &bytes)) return failed;
  // A log without a header: blank frames behind a hole where it should be would be taken for damage.
  if (bytes < kHeaderBytes)
    if (int const failed = write(wal, kHeaderBytes, 0)) return failed;
  std::uint64_t have = 0;
  if (int const failed = wal_frames(handle, have)) return failed;
  return have < frames ? blank_frames(wal, have, frames) : SQLITE_OK;
}

int move_wal(sqlite3* handle) {
  int frames = 0;
  return checkpoint(handle, SQLITE_CHECKPOINT_PASSIVE, frames);
}

int empty_wal(sqlite3* handle) {
  return on_moved_wal(handle, [](sqlite3_file* wal, int moved) { return say_empty(wal, moved); });
}

int scrub_wal(sqlite3* handle) {
  return on_moved_wal(handle, [handle](sqlite3_file* wal, int moved) {
    if (int const failed = say_empty(wal, moved)) return failed;
    std::uint64_t frames = 0;
    if (int const failed = wal_frames(handle, frames)) return failed;
    // With every frame moved SQLite reads none, and its next commit writes a new header and frame 1 (walRestartLog).
    return frames > 0 ? blank_frames(wal, 0, frames) : SQLITE_OK;
  });
}

int lengthen_database(sqlite3* handle, std::uint64_t pages) {
  auto* const file = database_of(handle);
  if (!file) return SQLITE_MISUSE;
  sqlite3_int64 before = 0;
  if (int const failed = file->pMethods->xFileSize(file, &before)) return failed;
  for (std::uint64_t page = 0; page < pages; ++page) {
    int const failed = write(file, kPageBytes, static_cast<std::uint64_t>(before) + page * kPageBytes);
    if (failed == SQLITE_OK) continue;
    static_cast<void>(file->pMethods->xTruncate(file, before));
    return failed;
  }
  return SQLITE_OK;
}

}  // namespace dga::store
