#include "shared/store/migrations.h"

#include <fmt/format.h>

namespace dga::store {
namespace {

base::Result<std::uint32_t> number(Database& database, std::string_view pragma) {
  TRY(auto statement, database.prepare(pragma));
  TRY(bool const row, statement.step());
  return row ? static_cast<std::uint32_t>(statement.integer(0)) : 0;
}

base::Result<bool> is_empty(Database& database) {
  TRY(auto statement, database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1"));
  TRY(bool const row, statement.step());
  return !row;
}

}  // namespace

base::Done migrate(Database& database, std::uint32_t application_id, std::span<Migration const> steps) {
  TRY(auto const found_application, number(database, "PRAGMA application_id"));
  TRY(auto const found_version, number(database, "PRAGMA user_version"));
  if (found_application != application_id) {
    TRY(bool const empty, is_empty(database));
    if (found_application != 0 || found_version != 0 || !empty)
      return base::refused(
          "store.not_ours",
          fmt::format("the database is of another kind: {:08x}, not {:08x}", found_application, application_id),
          "Check the path");
  }
  auto const last = steps.empty() ? 0 : steps.back().number;
  if (found_version > last)
    return base::refused(
        "store.too_new",
        fmt::format("the database has version {}, this program knows versions up to {}", found_version, last),
        "Use the newer program that wrote it");
  for (auto const& step : steps) {
    if (step.number <= found_version) continue;
    TRY_DO(database.transaction([&]() -> base::Done {
      TRY_DO(database.run(step.sql));
      return database.run(fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", step.number,
                                      static_cast<std::int32_t>(application_id))
                              .c_str());
    }));
  }
  return {};
}

}  // namespace dga::store
