#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "shared/base/random.h"
#include "shared/base/result.h"
#include "sync/centre/keys.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

// Which database a centre's folder works with, in one line: sqlite:/path or postgresql://..., no password.
// Where the file is missing it is DIR/centre.db.
inline constexpr char kDatabaseFile[] = "database";

// An address as --database takes it, as the folder keeps it: a file's path absolute. Usage "database.address",
// "database.password", "database.tls".
[[nodiscard]] base::Result<std::string> checked_database(std::string_view address);
// What the folder says.
[[nodiscard]] base::Result<std::string> database_of(std::filesystem::path const& folder);

// The file of a SQLite address; nothing for PostgreSQL.
[[nodiscard]] std::optional<std::filesystem::path> file_of(std::string_view address);

// An empty store: a SQLite file that is not there yet, or a PostgreSQL database without a centre. `random` outlives it.
[[nodiscard]] base::Result<std::unique_ptr<Store>> make_store(std::string_view address, CentreKeys const& keys,
                                                              base::Random& random);
// The centre's own: refused "centre.other_database" where it belongs to another centre.
[[nodiscard]] base::Result<std::unique_ptr<Store>> open_store(std::string_view address, CentreKeys const& keys,
                                                              base::Random& random);

// Within the first unit of work of a new centre: refused "centre.exists" where the database holds one already.
[[nodiscard]] base::Done claim_database(Tables& tables, CentreKeys const& keys);
// Whether the database is this centre's; one without a mark is: an earlier release wrote none.
[[nodiscard]] base::Result<bool> belongs_to(Tables& tables, CentreKeys const& keys);

}  // namespace dga::centre
