#include "shared/store/salvage/check.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <set>

#include "shared/store/memory.h"
#include "shared/store/salvage/page_map.h"
#include "shared/store/salvage/page_versions.h"
#include "shared/store/salvage/snapshot_vfs.h"

namespace dga::salvage {
namespace {

// The snapshot knows one database; its name is only told in SQLite's errors.
constexpr char const* kSnapshotFile = "/snapshot/database";

// What SQLite's own check is asked to list.
constexpr int kMostProblems = 100;

class Check {
 public:
  Check(DatabaseFiles const& files, crypto::Key32 const& key)
      : files_(files),
        key_(key),
        inspector_(key),
        log_(read_log(files.log.get(), inspector_)),
        pages_(files, inspector_, log_) {}

  base::Result<Report> run(CheckContents const& contents) {
    if (!pages_.anything_opens())
      return base::refused("store.wrong_key", "nothing in the database opens with this key",
                           "Check that the key and the database belong to the same kiosk or centre; if they do, all of "
                           "it is damaged");
    check_pages();
    check_log();
    SnapshotVfs const snapshot(files_);
    store::OpenOptions options;
    options.base_vfs = snapshot.name();
    ask_sqlite(options);
    TRY_DO(contents(kSnapshotFile, options, report_));
    return std::move(report_);
  }

 private:
  void damage(Piece piece, std::uint64_t number, std::string what) {
    report_.damage.push_back({piece, number, std::move(what)});
  }
  void note(Piece piece, std::uint64_t number, std::string what) {
    report_.notes.push_back({piece, number, std::move(what)});
  }

  void check_pages() {
    auto const count = pages_.pages();
    report_.pages = pages_.pages_in_file();
    std::set<std::uint32_t> lost;
    for (auto const page : pages_.closed()) {
      auto const newest = pages_.newest(page);
      if (newest)
        note(Piece::kPage, page,
             fmt::format("does not open, and frame {} of the log replaces it (a checkpoint was broken off)",
                         newest->frame));
      else if (page > count)
        note(Piece::kPage, page, "does not open, and lies behind the database's end");
      else
        lost.insert(page);
    }
    std::set<std::uint32_t> cut_off;
    for (auto page = pages_.pages_in_file() + 1; page <= count; ++page)
      if (page != kLockPage && !pages_.newest(page)) cut_off.insert(page);
    std::set<std::uint32_t> wanted = lost;
    wanted.insert(cut_off.begin(), cut_off.end());
    auto const held = what_pages_held(pages_, wanted);
    auto const holding = [&](std::uint32_t page) {
      auto const found = held.find(page);
      return found == held.end() ? std::string("what it held cannot be told") : "it held " + found->second;
    };
    for (auto const page : lost) damage(Piece::kPage, page, "is not what was written there; " + holding(page));
    for (auto const page : cut_off) damage(Piece::kPage, page, "is missing, the file was cut short; " + holding(page));
  }

  void check_log() {
    report_.frames = log_.frames.size();
    report_.committed_frames = log_.committed;
    if (log_.header_damaged) damage(Piece::kLogHeader, 0, "is not what was written there, frames behind it are");
    if (log_.exists && !log_.header_opens && !log_.header_damaged)
      note(Piece::kLogTail, 0, "the log's header is torn, and no frame was written behind it");
    for (std::size_t i = 0; i < log_.frames.size(); ++i) {
      auto const& frame = log_.frames[i];
      if (frame.damaged)
        damage(Piece::kFrame, i + 1,
               frame.standing == Standing::kClosed
                   ? "is not what was written there; frames behind it prove that it was safe on the disk"
                   : "is older than the frames around it: an earlier one was put in its place");
    }
    if (log_.torn_at != 0)
      note(Piece::kLogTail, log_.torn_at,
           fmt::format("a torn tail: {} of the frames from here on do not open, and no promised commit is known among "
                       "them",
                       log_.torn_cells));
    if (log_.broken_off != 0 && log_.torn_at == 0)
      note(Piece::kLogTail, log_.committed + 1,
           fmt::format("{} frames have no commit: a transaction was broken off", log_.broken_off));
    if (log_.bytes_cut != 0)
      note(Piece::kLogTail, log_.frames.size() + 1,
           fmt::format("the last {} bytes are no whole frame", log_.bytes_cut));
    if (files_.journal && files_.journal->size() > 0)
      note(Piece::kLog, 0, "a rollback journal stands beside the database: opening it undoes a transaction");
  }

  void ask_sqlite(store::OpenOptions const& options) {
    auto opened = store::Database::open(kSnapshotFile, key_, options);
    auto const tell = [&](base::Error const& error) {
      // Pages and frames that do not open were named above.
      if (report_.whole() || error.what.find("is not what was written") == std::string::npos)
        damage(Piece::kDatabase, 0, error.what);
    };
    if (!opened.ok()) return tell(opened.error());
    // What was recovered need not be moved into pages in memory that nobody asks for.
    sqlite3_db_config(opened->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    auto const sql = fmt::format("PRAGMA integrity_check({})", kMostProblems);
    auto query = opened->prepare(sql);
    if (!query.ok()) return tell(query.error());
    for (;;) {
      auto const row = query->step();
      if (!row.ok()) return tell(row.error());
      if (!*row) return;
      if (query->bytes(0) != "ok") damage(Piece::kDatabase, 0, fmt::format("SQLite says: {}", query->bytes(0)));
    }
  }

  DatabaseFiles const& files_;
  crypto::Key32 const& key_;
  sodium_vfs::Inspector inspector_;
  LogImage log_;
  PageVersions pages_;
  Report report_;
};

}  // namespace

std::string_view name_of(Piece piece) {
  switch (piece) {
    case Piece::kPage: return "page";
    case Piece::kLogHeader: return "log_header";
    case Piece::kFrame: return "frame";
    case Piece::kLogTail: return "log_tail";
    case Piece::kLog: return "log";
    case Piece::kDatabase: return "database";
    case Piece::kRecord: return "record";
    case Piece::kSyncState: return "sync_state";
  }
  return "";
}

base::Result<Report> check_files(DatabaseFiles const& files, crypto::Key32 const& key,
                                 CheckContents const& contents) try {
  return Check(files, key).run(contents);
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

}  // namespace dga::salvage
