#include <sqlite3.h>

#include <new>
#include <utility>

#include "shared/store/connection.h"
#include "shared/store/database.h"
#include "shared/store/memory.h"

namespace dga::store {

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      bind_failure_(other.bind_failure_) {}

Statement::~Statement() {
  if (statement_) connection_->give_back(statement_);
}

void Statement::check(int result) {
  if (bind_failure_ == SQLITE_OK) bind_failure_ = result;
}

Statement& Statement::bind(int at, std::int64_t number) {
  check(sqlite3_bind_int64(statement_, at, number));
  return *this;
}
Statement& Statement::bind_bytes(int at, base::ByteView bytes) {
  // SQLite takes a null pointer for NULL; no octets are still octets.
  check(sqlite3_bind_blob64(statement_, at, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_STATIC));
  return *this;
}
Statement& Statement::bind_text(int at, std::string_view text) {
  check(sqlite3_bind_text64(statement_, at, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}
Statement& Statement::bind_null(int at) {
  check(sqlite3_bind_null(statement_, at));
  return *this;
}

base::Result<bool> Statement::step() try {
  if (bind_failure_ != SQLITE_OK) return connection_->failure("bind a value to a statement");
  int const result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  auto error = connection_->failure("run a statement");
  sqlite3_reset(statement_);
  return error;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done Statement::run() try {
  for (;;) {
    TRY(bool const row, step());
    if (!row) break;
  }
  reset();
  return {};
} catch (std::bad_alloc const&) {
  return no_memory();
}

void Statement::reset() {
  sqlite3_reset(statement_);
  bind_failure_ = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
base::ByteView Statement::bytes(int column) const {
  auto const* const data = static_cast<char const*>(sqlite3_column_blob(statement_, column));
  return data ? base::ByteView(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : base::ByteView("", 0);
}
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

}  // namespace dga::store
