#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::centre::postgresql {

// Where a PostgreSQL database is, as libpq wants it and as people may read it; neither holds a password.
struct Address {
  std::string connection;  // libpq's keyword = 'value' pairs, time limits and TLS among them
  std::string name;        // host[,host]/database, for messages
};

// From postgresql://user@host[:port][,host...]/database[?name=value&...]. A password stands in the file that ?passfile=
// or PGPASSFILE names (~/.pgpass), or in PGPASSWORD: command lines are read by everybody on a machine.
// A server elsewhere than on this machine is spoken to under TLS with its name verified (sslmode=verify-full).
// Errors: usage "database.address", "database.password", "database.tls".
[[nodiscard]] base::Result<Address> read_address(std::string_view url);

}  // namespace dga::centre::postgresql
