#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sync/centre/store/postgresql/postgresql_store.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "tests/support/postgresql_cluster.h"

// What the tests of "what every store must do" share; a new store adds a maker and stands in EVERY_STORE.
namespace dga::centre {

// Each opens the same empty place again and again.
struct OnSqlite {
  std::unique_ptr<Store> open() {
    store::OpenOptions options;
    options.mode = std::exchange(mode, store::OpenMode::kExisting);
    auto opened = SqliteStore::open(folder / "centre.db", crypto::Key32(), options);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    return std::move(opened).value();
  }
  support::TemporaryFolder folder;
  store::OpenMode mode = store::OpenMode::kCreate;
};
struct OnPostgresql {
  std::unique_ptr<Store> open() {
    auto opened = PostgresqlStore::open(address, *random);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    return std::move(opened).value();
  }
  std::string address = support::PostgresqlCluster::shared().make_database();
  std::unique_ptr<base::Random> random = base::seeded_random(1);
};
#define EVERY_STORE OnSqlite, OnPostgresql

template <typename Maker>
struct Emptied {
  Maker maker;
  std::unique_ptr<Store> store = maker.open();

  void reopen() {
    store.reset();
    store = maker.open();
  }
  void write(Store::Work const& work) {
    auto const done = store->write(work);
    REQUIRE_MESSAGE(done.ok(), done.error().what);
  }
  void read(Store::Work const& work) {
    auto const done = store->read(work);
    REQUIRE_MESSAGE(done.ok(), done.error().what);
  }
};

template <typename Id>
Id id(std::uint8_t number) {
  Id made;
  made.octets.fill(number);
  return made;
}
inline base::LogId const kLog = id<base::LogId>(1);
inline base::LogId const kOther = id<base::LogId>(2);
inline base::DeviceId const kDevice = id<base::DeviceId>(9);

// h(seq) of a pretended line.
inline base::Digest hash_of(std::uint64_t seq, std::uint8_t line = 0) {
  auto made = id<base::Digest>(line);
  for (std::size_t i = 0; i < 8; ++i) made.octets[i] = static_cast<std::uint8_t>(seq >> (8 * i));
  return made;
}
inline LogRow row(std::uint64_t seq, std::uint32_t reason = 0, std::uint8_t line = 0) {
  return {seq, hash_of(seq, line), base::Bytes("record " + std::to_string(seq)), {}, reason};
}
inline std::vector<std::uint64_t> seqs_of(Tables& tables, base::LogId const& log, std::uint32_t branch,
                                          std::uint64_t after, std::uint64_t through) {
  std::vector<std::uint64_t> seqs;
  auto const done = tables.logs.replay(log, branch, after, through, [&](LogRow const& each) -> base::Done {
    seqs.push_back(each.seq);
    return {};
  });
  CHECK(done.ok());
  return seqs;
}

}  // namespace dga::centre
