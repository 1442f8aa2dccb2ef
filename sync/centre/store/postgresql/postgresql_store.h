#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "sync/centre/store/postgresql/pool.h"
#include "sync/centre/store/postgresql/retries.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

struct PostgresqlOptions {
  // Units of work that run side by side, each with a connection of its own; opened when needed.
  std::size_t connections = 8;
  // How a unit waits before it is run again; empty: it sleeps.
  postgresql::Pause pause = {};
};

// The store in a PostgreSQL database that any number of programs may share. Units that write are serializable
// transactions, run again when they were in each other's way or when the server was lost; units that read see one
// snapshot. A commit whose answer was lost is settled before anything is run again: it took place, or it never will.
class PostgresqlStore final : public Store {
 public:
  // Connects and brings the tables up to date. `random` outlives the store.
  // Errors: those of read_address and of migrate; unreachable "store.unreachable".
  [[nodiscard]] static base::Result<std::unique_ptr<PostgresqlStore>> open(std::string_view url, base::Random& random,
                                                                           PostgresqlOptions const& options = {});
  // Errors beside those of the work: unreachable "store.unreachable", storage "store.busy", "store.full",
  // "store.failed". None names a row, a user or a password.
  base::Done write(Work const& work) override;
  base::Done read(Work const& work) override;
  base::Done probe() override;
  base::Done back_up(std::filesystem::path const& file) override;

 private:
  // One run of a unit: what to do with it, and what it ended with.
  struct Tried {
    postgresql::Failure failure = postgresql::Failure::kNone;  // kNone: it has ended, `outcome` says how
    base::Done outcome;
  };
  PostgresqlStore(postgresql::Address address, base::Random& random, PostgresqlOptions const& options);
  Tried try_writing(Work const& work, std::optional<postgresql::Doubt>& doubt);
  Tried try_reading(Work const& work);

  base::Random& random_;
  postgresql::Pause const pause_;
  postgresql::Pool pool_;
};

}  // namespace dga::centre
