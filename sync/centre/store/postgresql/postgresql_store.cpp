#include "sync/centre/store/postgresql/postgresql_store.h"

#include <exception>
#include <thread>
#include <utility>

#include "sync/centre/store/postgresql/class_rows.h"
#include "sync/centre/store/postgresql/device_rows.h"
#include "sync/centre/store/postgresql/durability_rows.h"
#include "sync/centre/store/postgresql/log_rows.h"
#include "sync/centre/store/postgresql/schema.h"

namespace dga::centre {

using base::Done;
using base::Result;
using postgresql::Failure;
using postgresql::Session;

namespace {

// A unit of work that throws (memory ran out) must not leave its transaction open.
Done perform(Store::Work const& work, Session& session) {
  postgresql::LogRows logs(session);
  postgresql::DeviceRows devices(session);
  postgresql::ClassRows classes(session);
  postgresql::SettingRows settings(session);
  postgresql::DurabilityRows durability(session);
  Tables tables{logs, devices, classes, settings, durability};
  try {
    return work(tables);
  } catch (std::exception const&) {
    return base::storage("store.failed", "a unit of work was broken off", "Try again; if it stays so, see the log");
  }
}

base::Error in_doubt() {
  return base::unreachable(
      "store.unreachable",
      "the centre's PostgreSQL server went away during a commit and what became of it is not known",
      "Ask again once it is back: what was stored is found again");
}

}  // namespace

Result<std::unique_ptr<PostgresqlStore>> PostgresqlStore::open(std::string_view url, base::Random& random,
                                                               PostgresqlOptions const& options) {
  TRY(auto address, postgresql::read_address(url));
  {
    TRY(auto const session, Session::connect(address, random));
    TRY_DO(postgresql::migrate(*session));
  }
  return std::unique_ptr<PostgresqlStore>(new PostgresqlStore(std::move(address), random, options));
}

PostgresqlStore::PostgresqlStore(postgresql::Address address, base::Random& random, PostgresqlOptions const& options)
    : random_(random),
      pause_(options.pause ? options.pause : [](auto time) { std::this_thread::sleep_for(time); }),
      pool_(std::move(address), options.connections, random) {}

Done PostgresqlStore::write(Work const& work) {
  postgresql::Retries retries(random_);
  std::optional<postgresql::Doubt> doubt;
  for (;;) {
    auto tried = try_writing(work, doubt);
    if (tried.failure == Failure::kNone) return tried.outcome;
    auto const wait = retries.after(tried.failure);
    if (!wait) return doubt ? Done(in_doubt()) : tried.outcome;
    pause_(*wait);
  }
}

PostgresqlStore::Tried PostgresqlStore::try_writing(Work const& work, std::optional<postgresql::Doubt>& doubt) {
  auto leased = pool_.lease();
  if (!leased.ok()) return {Failure::kLost, leased.error()};
  auto& session = **leased;
  auto const failed = [&]() -> Tried {
    auto const failure = session.failure();
    if (failure == Failure::kLost) pool_.drop_idle();
    Done outcome = session.error();
    session.roll_back();
    return {failure, std::move(outcome)};
  };

  if (doubt) {
    auto const committed = session.settle(*doubt);
    if (!committed.ok()) return failed();
    doubt.reset();
    if (*committed) return {};
  }
  if (!session.begin(postgresql::Isolation::kSerializable).ok()) return failed();
  auto outcome = perform(work, session);
  // Told by the session, not by the work's outcome: a work may pass over an error, PostgreSQL does not.
  if (session.failure() != Failure::kNone) return failed();
  if (!outcome.ok()) {
    session.roll_back();
    return {Failure::kNone, std::move(outcome)};
  }
  if (session.commit_unit() == Failure::kNone) return {};
  if (session.failure() == Failure::kLost) doubt = session.doubt();
  return failed();
}

Done PostgresqlStore::read(Work const& work) {
  postgresql::Retries retries(random_);
  for (;;) {
    auto tried = try_reading(work);
    if (tried.failure == Failure::kNone) return tried.outcome;
    auto const wait = retries.after(tried.failure);
    if (!wait) return tried.outcome;
    pause_(*wait);
  }
}

PostgresqlStore::Tried PostgresqlStore::try_reading(Work const& work) {
  auto leased = pool_.lease();
  if (!leased.ok()) return {Failure::kLost, leased.error()};
  auto& session = **leased;
  Done outcome = session.begin(postgresql::Isolation::kSnapshot);
  if (outcome.ok()) outcome = perform(work, session);
  if (session.failure() == Failure::kNone) {
    session.roll_back();  // there is nothing to commit
    return {Failure::kNone, std::move(outcome)};
  }
  Tried const tried{session.failure(), session.error()};
  if (tried.failure == Failure::kLost) pool_.drop_idle();
  session.roll_back();
  return tried;
}

Done PostgresqlStore::back_up(std::filesystem::path const&) {
  return base::refused(
      "backup.elsewhere", "the centre's database is PostgreSQL, which has its own tools for backups",
      "Use pg_dump or pg_basebackup as assets/deploy/README.md says, then \"dga centre backup-noted\"");
}

Done PostgresqlStore::probe() {
  // Once, without patience: whoever asks wants to know how it is now. Only a conflict says nothing about that.
  Work const work = [](Tables& tables) -> Done {
    TRY(auto const before, tables.settings.setting("probe"));
    return tables.settings.put_setting("probe", before.value_or("") == "1" ? "0" : "1");
  };
  postgresql::Retries retries(random_);
  for (bool lost_before = false;;) {
    std::optional<postgresql::Doubt> doubt;  // of no interest: the work is the same either way
    auto tried = try_writing(work, doubt);
    if (tried.failure == Failure::kNone) return tried.outcome;
    auto const wait = retries.after(tried.failure);
    if (!wait || (tried.failure == Failure::kLost && std::exchange(lost_before, true))) return tried.outcome;
    pause_(*wait);
  }
}

}  // namespace dga::centre
