#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/store/database.h"
#include "tools/benchmarks/sqlite_calls.h"

namespace dga::benchmarks {

struct Settings {
  store::Durability durability = store::Durability::kFull;
  std::int64_t cache_bytes = 32 * 1024 * 1024;
};

// One open database of a contestant, and the statements a workload makes. A failure ends the program: a benchmark of
// half a workload would be a lie.
// Thread: one.
class Store {
 public:
  // The first opening of a file makes it.
  static std::unique_ptr<Store> open_plain(std::filesystem::path const& file, Settings const& settings);
  static std::unique_ptr<Store> open_ours(std::filesystem::path const& file, Settings const& settings);
  static std::unique_ptr<Store> open_sqlcipher(SqliteCalls const& calls, std::filesystem::path const& file,
                                               Settings const& settings);
  ~Store();
  Store(Store const&) = delete;
  Store& operator=(Store const&) = delete;

  void run(std::string const& sql);
  // Prepared, and finished with the store.
  [[nodiscard]] sqlite3_stmt* prepare(std::string_view sql);
  // True for a row; fails the program otherwise unless it is done.
  [[nodiscard]] bool step(sqlite3_stmt* statement);
  [[nodiscard]] SqliteCalls const& calls() const { return calls_; }

 private:
  Store(SqliteCalls const& calls, sqlite3* handle) : calls_(calls), handle_(handle) {}
  void must(int result, std::string_view doing) const;

  SqliteCalls calls_;
  std::optional<store::Database> database_;  // ours: it owns the handle
  sqlite3* handle_;
  std::vector<sqlite3_stmt*> prepared_;
};

// One column of the table: plain SQLite is the first and the measure; the second is plain SQLite once more: what it
// differs by is the machine's noise.
struct Contestant {
  std::string name;
  std::function<std::unique_ptr<Store>(std::filesystem::path const&, Settings const&)> open;
  bool has_fts5 = true;  // Debian's SQLCipher has none
};
// plain, plain again, ours and, where it is installed, SQLCipher.
[[nodiscard]] std::vector<Contestant> contestants();

}  // namespace dga::benchmarks
