#pragma once

#include <sys/types.h>
#include <memory>
#include <string>

#include "tests/support/process.h"

namespace dga::support {

// A PostgreSQL server of the test program's own, in a temporary folder and on a socket in it, run as a user without
// rights where the tests run as root. Started once a program; it ends and its folder is removed with the
// program, however that ends. fsync is on: what a test kills must find its commits again.
class PostgresqlCluster {
 public:
  // The program's; fails the calling test where Debian's package postgresql is not installed.
  static PostgresqlCluster& shared();
  // Another one, for tests that lose it.
  PostgresqlCluster();
  // A standby of `primary` that streams from it; like any cluster once it is promoted.
  [[nodiscard]] static std::unique_ptr<PostgresqlCluster> standby_of(PostgresqlCluster const& primary);
  ~PostgresqlCluster();
  PostgresqlCluster(PostgresqlCluster const&) = delete;
  PostgresqlCluster& operator=(PostgresqlCluster const&) = delete;

  // A new, empty database in UTF-8; its address.
  [[nodiscard]] std::string make_database();
  // What `statement` answers, a line a row, columns parted by "|".
  std::string ask(std::string const& address, std::string const& statement);
  // One of PostgreSQL's own programs: program("pg_dump").
  [[nodiscard]] std::string program(std::string const& name) const { return programs_ + "/" + name; }
  // Over the socket of this cluster, to the database postgres.
  std::string ask_server(std::string const& statement);
  // Asks until the answer is `wanted`; fails the test after half a minute.
  void wait_for(std::string const& statement, std::string const& wanted);
  // Every server process is killed at once, as by a power cut, and the server started again.
  void crash_and_restart();
  void crash();
  void start();

  [[nodiscard]] std::string const& socket_folder() const { return folder_; }

 private:
  explicit PostgresqlCluster(std::string programs);  // a folder, and nothing in it
  void make_folder();
  [[nodiscard]] pid_t start_as_user(std::string const& program, std::string const& arguments) const;
  void run_as_user(std::string const& program, std::string const& arguments) const;

  std::string folder_;    // holds "data", the socket and the server's log
  std::string programs_;  // where initdb and postgres are
  pid_t server_ = -1;
  std::unique_ptr<Process> sweeper_;  // removes the folder where the destructor is never run
  int databases_ = 0;
};

}  // namespace dga::support
