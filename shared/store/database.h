#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "shared/base/bytes.h"
#include "shared/base/result.h"
#include "shared/crypto/secret.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dga::store {

enum class OpenMode { kCreate /* refused when it exists */, kExisting };

// How much a commit promises. kFull: after a power cut the commit is there. kNormal: for measurements and controls
// only.
enum class Durability { kFull, kNormal };

struct OpenOptions {
  OpenMode mode = OpenMode::kExisting;
  Durability durability = Durability::kFull;
  std::int64_t cache_bytes = 32 * 1024 * 1024;  // a page cache of 32 MB is worth more than any choice of cipher
  // VFS below ours; empty is the system's ("unix-excl"). Tests put a faulty one here.
  std::string base_vfs = {};
};

struct Connection;  // private: connection.h

// One prepared statement. Bind from 1, step, read columns from 0. Reset when it goes back to the cache (destructor).
// REQUIRES: goes before its database; the database itself may be moved meanwhile.
class Statement {
 public:
  Statement(Connection& connection, sqlite3_stmt* statement) : connection_(&connection), statement_(statement) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int at, std::int64_t number);
  Statement& bind(int at, std::uint64_t number) { return bind(at, static_cast<std::int64_t>(number)); }
  Statement& bind(int at, int number) { return bind(at, static_cast<std::int64_t>(number)); }
  Statement& bind(int at, std::uint32_t number) { return bind(at, static_cast<std::int64_t>(number)); }
  // Octets; must outlive the step.
  Statement& bind_bytes(int at, base::ByteView bytes);
  Statement& bind_text(int at, std::string_view text);
  Statement& bind_null(int at);

  // True when a row stands ready, false when there is no more.
  [[nodiscard]] base::Result<bool> step();
  // For statements whose rows nobody wants; then ready to be bound anew.
  [[nodiscard]] base::Done run();
  // Ready to be bound and stepped anew.
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  // Valid until the next step.
  [[nodiscard]] base::ByteView bytes(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  void check(int result);

  Connection* connection_;
  sqlite3_stmt* statement_;
  int bind_failure_ = 0;  // the first one; told by the next step
};

// An encrypted SQLite database on sodium_vfs: WAL, synchronous=FULL, secure_delete, defensive, no extensions.
// Errors: refused "store.held" (another process), "store.wrong_key", "store.not_ours", "store.too_new",
// "store.not_found", "store.exists", "store.full", "store.busy" (another connection of this program is writing);
// damaged "store.damaged", which names the page or frame; storage "store.failed", "store.no_memory".
// Thread: one at a time; its owner decides.
class Database {
 public:
  [[nodiscard]] static base::Result<Database> open(std::filesystem::path const& file, crypto::Key32 const& key,
                                                   OpenOptions const& options);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Several statements without results.
  [[nodiscard]] base::Done run(char const* sql);
  // Prepared once and kept for as long as the database is open: for texts that come again.
  [[nodiscard]] base::Result<Statement> prepare(std::string_view sql);

  // All of `work` or nothing of it, durable when it returns well. An error of `work` rolls back and is returned.
  // Inside another transaction it is a part of that one: its own failure undoes only itself.
  [[nodiscard]] base::Done transaction(std::function<base::Done()> const& work);

  // Takes back what a transaction of before could not, for want of memory; "store.no_memory" where it still can't.
  // Every call does so by itself first.
  [[nodiscard]] base::Done settle();

  // Moves the WAL into the database at an idle moment, as far as other connections' readers allow.
  [[nodiscard]] base::Done checkpoint();
  // Makes sense of SQLite's last failure while `doing` something: the errors listed above.
  [[nodiscard]] base::Error failure(std::string_view doing) const;
  [[nodiscard]] sqlite3* handle() const;
  // Name of the VFS that holds this database's key, for ATTACH 'file:/path?vfs=NAME' from another database.
  [[nodiscard]] char const* vfs_name() const;

 private:
  explicit Database(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace dga::store
