#include "sync/centre/store/postgresql/address.h"

#include <doctest/doctest.h>

#include "shared/base/error.h"

using namespace dga;
using namespace dga::centre;

TEST_CASE("addresses with a password, without a database, or over a network in the clear are refused") {
  using postgresql::read_address;
  auto const code = [](std::string_view url) {
    auto const read = read_address(url);
    if (!read.ok()) CHECK(base::describe(read.error()).find("secret") == std::string::npos);
    return read.ok() ? std::string("fine") : read.error().code;
  };
  CHECK(code("postgresql://dga@/centre") == "fine");
  CHECK(code("postgresql://dga@127.0.0.1:5433/centre?sslmode=disable") == "fine");
  CHECK(code("postgresql://dga@localhost,%2Frun%2Fpostgresql/centre") == "fine");
  CHECK(code("postgresql://dga:secret@localhost/centre") == "database.password");
  CHECK(code("postgresql://dga@localhost/centre?password=secret") == "database.password");
  CHECK(code("postgresql://dga@localhost/centre?sslpassword=secret") == "database.password");
  CHECK(code("postgresql://dga@localhost") == "database.address");
  CHECK(code("postgresql://dga@localhost/centre?secret=1") == "database.address");
  CHECK(code("host=localhost dbname=centre") == "database.address");
  CHECK(code("postgresql://dga@db.example/centre?sslmode=require") == "database.tls");
  CHECK(code("postgresql://dga@localhost,db.example/centre?sslmode=prefer") == "database.tls");
  CHECK(code("postgresql://dga@localhost/centre?hostaddr=192.0.2.7&sslmode=disable") == "database.tls");
  CHECK(code("postgresql://dga@/centre?service=x&sslmode=disable") == "database.tls");
  auto const far = read_address("postgresql://dga@db1.example,db2.example/centre");
  REQUIRE(far.ok());
  CHECK(far->connection.find("sslmode='verify-full'") != std::string::npos);
  CHECK(far->connection.find("target_session_attrs='read-write'") != std::string::npos);
  CHECK(far->name == "db1.example,db2.example/centre");
}
