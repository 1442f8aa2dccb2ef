#include <atomic>
#include <filesystem>
#include <thread>

#include "sync/centre/store/sqlite/sqlite_store.h"
#include "tests/support/postgresql_cluster.h"
#include "tests/sync/centre/backed_up.h"

using namespace dga;
using support::AClass;
using support::House;
using support::Kiosk;
namespace files = std::filesystem;

TEST_CASE_FIXTURE(AClass, "nothing is durable until a backup was finished, then what it holds and no more") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  for (std::uint64_t person = 1; person <= 5; ++person) kiosk.check_in(person);
  CHECK(kiosk.send_all().durable_through() == 0);
  CHECK(kiosk.ask_head().durable_through() == 0);

  // A copy alone is no backup: nobody has looked whether it reached its place.
  files::path const copy = post("/api/v1/backups", nlohmann::json::object(), 201)["file"].get<std::string>();
  CHECK(kiosk.ask_head().durable_through() == 0);
  files::remove(copy);

  back_up("one.db");
  CHECK(kiosk.ask_head().durable_through() == 6);
  for (std::uint64_t person = 6; person <= 9; ++person) kiosk.check_in(person);
  kiosk.send_all();
  auto const later = kiosk.ask_head();
  CHECK(later.received_through() == 10);
  CHECK(later.durable_through() == 6);
  back_up("two.db");
  CHECK(kiosk.ask_head().durable_through() == 10);
}

TEST_CASE_FIXTURE(AClass, "of a forked log a backup made before the fork holds the shared part alone") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  for (std::uint64_t person = 1; person <= 3; ++person) kiosk.check_in(person);
  kiosk.send_all();
  auto clone = kiosk;
  kiosk.check_in(4);
  kiosk.send_all();
  back_up("one.db");
  clone.check_in(5);
  clone.check_in(6);
  clone.send_all();
  auto const on_branch = clone.ask_head();
  CHECK(on_branch.received_through() == 6);
  CHECK(on_branch.durable_through() == 4);  // record 5 is another one there
  CHECK(kiosk.ask_head().durable_through() == 5);
  back_up("two.db");
  CHECK(clone.ask_head().durable_through() == 6);
}

TEST_CASE_FIXTURE(AClass, "a backup of another epoch or another centre is not noted") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  kiosk.check_in(1);
  kiosk.send_all();
  auto const backup = back_up("one.db");
  auto const old_position = get("/api/v1/position");
  REQUIRE(restore(backup).ok());
  open();
  auto const refused = coordinator("POST", "/api/v1/backups/noted", old_position.dump(), "application/json");
  CHECK(refused.status == 409);
  CHECK(error_code(refused) == "backup.other_epoch");
  auto foreign = get("/api/v1/position");
  foreign["heads"][0]["hash"] = std::string(64, '7');
  CHECK(error_code(coordinator("POST", "/api/v1/backups/noted", foreign.dump(), "application/json")) ==
        "backup.other_logs");
  for (auto const* wrong :
       {"[]", "{}", R"({"epoch":1,"heads":[{}]})", R"({"epoch":1,"heads":[{"log":1}]})", R"({"epoch":"1","heads":[]})"})
    CHECK(coordinator("POST", "/api/v1/backups/noted", wrong, "application/json").status == 400);
  CHECK(kiosk.ask_head().durable_through() == 0);

  AClass const other({}, 2);
  auto const keys_of_other = other.keys();
  CHECK(centre::look_through(backup, keys_of_other).error().code == "store.wrong_key");
}

TEST_CASE("a backup made while others write holds one moment of it, whole") {
  support::TemporaryFolder folder;
  auto const random = base::seeded_random(5);
  auto const key = random->draw<crypto::Key32>();
  store::OpenOptions options;
  options.mode = store::OpenMode::kCreate;
  auto const store = std::move(centre::SqliteStore::open(folder / "centre.db", key, options)).value();
  base::LogId const log = random->draw<base::LogId>();
  std::atomic<bool> enough{false}, copying{false};
  std::atomic<std::uint64_t> written{0};
  std::size_t row_bytes = 600;
  std::uint64_t at_first = 3000;  // large enough for several steps
  int rounds = 5;
  SUBCASE("in units smaller than a step of the copy") {}
  SUBCASE("in units larger than a step of the copy, which would never end where steps stayed as they are") {
    row_bytes = 120'000;
    at_first = 50;
    rounds = 2;
  }
  // Rows and the branch that counts them, always in one unit of work; as fast as it goes while there is a copy to
  // disturb.
  std::thread writer([&] {
    for (std::uint64_t seq = 1; !enough; seq += 10) {
      while (written >= at_first && !copying && !enough) std::this_thread::yield();
      auto const done = store->write([&](centre::Tables& tables) -> base::Done {
        std::vector<centre::LogRow> rows;
        for (std::uint64_t i = seq; i < seq + 10; ++i) {
          base::Digest hash;
          for (std::size_t at = 0; at < 8; ++at) hash.octets[at] = static_cast<std::uint8_t>(i >> (8 * at));
          rows.push_back({i, hash, base::Bytes(row_bytes, 'r'), {}, 0});
        }
        if (seq == 1) TRY_DO(tables.logs.add_log({log, {}, {}}));
        TRY_DO(tables.logs.append(log, 0, rows));
        return tables.logs.put_branch(log, {0, 0, 0, seq + 9, rows.back().hash});
      });
      if (!done.ok()) break;
      written = seq + 9;
    }
  });
  while (written < at_first) std::this_thread::yield();
  for (int round = 0; round < rounds; ++round) {
    auto const before = written.load();
    auto const copy = folder / ("copy" + std::to_string(round));
    copying = true;
    while (written == before) std::this_thread::yield();
    auto const done = store->back_up(copy);
    copying = false;
    CHECK_MESSAGE(done.ok(), done.error().what);
    auto const opened = centre::SqliteStore::open(copy, key, {});
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    CHECK((*opened)->check_whole().ok());
    auto const read = (*opened)->read([&](centre::Tables& tables) -> base::Done {
      auto const head = tables.logs.branches(log).value().at(0).head_seq;
      CHECK(head >= before);
      CHECK(tables.logs.count(log, 0)->accepted == head);
      return {};
    });
    CHECK(read.ok());
  }
  enough = true;
  writer.join();
  auto const refused = store->back_up(folder / "copy0");
  CHECK(refused.error().code == "store.exists");
  CHECK(files::exists(folder / "copy0"));
}

TEST_CASE("a copy that lacks rows is no backup") {
  AClass house;
  Kiosk kiosk(house);
  kiosk.enrol();
  for (std::uint64_t person = 1; person <= 5; ++person) kiosk.check_in(person);
  kiosk.send_all();
  auto const copy = house.back_up("one.db");
  {
    auto const store = std::move(centre::SqliteStore::open(copy, house.keys().database, {})).value();
    auto const spoilt = store->write([&](centre::Tables& tables) -> base::Done {
      TRY(auto const branches, tables.logs.branches(kiosk.log()));
      auto longer = branches.at(0);
      longer.head_seq += 1;
      return tables.logs.put_branch(kiosk.log(), longer);
    });
    REQUIRE(spoilt.ok());
  }
  CHECK(centre::look_through(copy, house.keys()).error().code == "store.damaged");
}

TEST_CASE("over PostgreSQL a backup is the database's own business, and a new epoch is begun by hand") {
  AClass house(support::PostgresqlCluster::shared().make_database());
  Kiosk kiosk(house);
  kiosk.enrol();
  kiosk.check_in(1);
  auto const first = kiosk.send_all();
  CHECK(house.error_code(house.coordinator("POST", "/api/v1/backups")) == "backup.elsewhere");
  CHECK(house.restore("nothing").error().code == "restore.elsewhere");
  house.open();
  auto const position = house.get("/api/v1/position");
  kiosk.check_in(2);
  kiosk.send_all();
  house.post("/api/v1/backups/noted", position);
  CHECK(kiosk.ask_head().durable_through() == 2);
  auto const opened = House::json_of(house.coordinator("POST", "/api/v1/epochs", "", "application/octet-stream"), 200);
  CHECK(opened["epoch"] == first.centre_epoch() + 1);
  auto const after = kiosk.ask_head();
  CHECK(after.centre_epoch() == first.centre_epoch() + 1);
  CHECK(after.durable_through() == 0);
  // No standby is connected: one that counts changes nothing.
  house.post("/api/v1/durability", {{"from", "standby"}});
  CHECK(kiosk.ask_head().durable_through() == 0);
}

TEST_CASE_FIXTURE(AClass, "over SQLite no standby can count") {
  auto const refused = coordinator("POST", "/api/v1/durability", R"({"from":"standby"})", "application/json");
  CHECK(error_code(refused) == "durable.no_standby");
  CHECK(coordinator("POST", "/api/v1/durability", R"({"from":"moon"})", "application/json").status == 400);
}
