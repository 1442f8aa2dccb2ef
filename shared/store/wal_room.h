#pragma once

// Private to the store: a write-ahead log that stays when its database is closed, with its room on the disk. All
// results are SQLite's. Where one asks for a log without frames that count, it is SQLITE_BUSY while another connection
// of this program reads some of them or adds to them, and nothing is lost.
#include <cstdint>

struct sqlite3;

namespace dga::store {

// A frame as SQLite counts: a header of 24 bytes and a page. Sealed on the disk it has 40 more.
inline constexpr std::uint64_t kWalFrameBytes = 24 + 4096;

// From here on closing leaves the log where it is. For as long as the connection is open.
[[nodiscard]] int keep_wal(sqlite3* handle);
[[nodiscard]] bool wal_is_kept(sqlite3* handle);

// How many frames the log's file has room for; 0 where there is none.
[[nodiscard]] int wal_frames(sqlite3* handle, std::uint64_t& frames);
// Lengthens the log to so many frames, the new ones blank: they are under no log's salts, so nobody takes them for its
// frames, and they are sealed like all others. SQLITE_FULL leaves it as long as it became, which does no harm.
[[nodiscard]] int lengthen_wal(sqlite3* handle, std::uint64_t frames);

// Every frame into the database; SQLITE_BUSY when a reader holds some back. The next commit begins the log anew.
[[nodiscard]] int move_wal(sqlite3* handle);
// Then says in its header that it holds nothing, so that kiosk.db is the whole truth: a copy put in its place meets no
// pages of another day. The last thing before closing.
[[nodiscard]] int empty_wal(sqlite3* handle);
// Moves it, and overwrites every frame: what was wiped from the database does not live on in a log that is kept.
[[nodiscard]] int scrub_wal(sqlite3* handle);

// Lengthens the database's file by so many pages that it does not count yet, or leaves it as it was (SQLITE_FULL). They
// are there for the next transaction that needs new ones; the next checkpoint cuts off what nobody took.
// REQUIRES: move_wal() before.
[[nodiscard]] int lengthen_database(sqlite3* handle, std::uint64_t pages);

}  // namespace dga::store
