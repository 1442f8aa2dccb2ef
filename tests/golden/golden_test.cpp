// The databases of every release, opened by this one.
#include <doctest/doctest.h>

#include <functional>

#include "shared/crypto/hash.h"
#include "shared/store/kiosk_schema.h"
#include "sync/centre/store/sqlite/schema.h"
#include "tests/golden/content_3.h"
#include "tests/support/store_sql.h"

using namespace dga;
namespace fs = std::filesystem;

namespace {

// The folders beside this file, one for every number that a released schema had.
std::vector<fs::path> releases() {
  std::vector<fs::path> folders;
  for (auto const& entry : fs::directory_iterator(DGA_SOURCE_DIR "/tests/golden"))
    if (entry.is_directory()) folders.push_back(entry.path());
  auto const number_of = [](fs::path const& folder) {
    return std::stoi(folder.filename().string().substr(std::string_view("schema-").size()));
  };
  std::sort(folders.begin(), folders.end(), [&](auto const& a, auto const& b) { return number_of(a) < number_of(b); });
  REQUIRE_FALSE(folders.empty());
  return folders;
}

struct Copy {
  explicit Copy(fs::path const& release) {
    for (auto const* name : {"kiosk.db", "centre.db"}) fs::copy_file(release / name, scratch / name);
  }
  test::StoreScratch scratch;
};

template <typename T>
T good(base::Result<T> result) {
  if (!result.ok()) FAIL(base::describe(result.error()));
  return std::move(result).value();
}

base::Result<std::unique_ptr<centre::SqliteStore>> open_centre(Copy const& copy) {
  return centre::SqliteStore::open(copy.scratch / "centre.db", golden::centre_key(), {});
}

void check_kiosk(store::KioskStore& kiosk) {
  CHECK(kiosk.identity().log == golden::identity().log);
  CHECK(kiosk.head().seq == golden::kRecords);
  test::must(kiosk.check_chain(1));
  auto const drafts = golden::drafts();
  REQUIRE(drafts.size() + 1 == golden::kRecords);
  std::size_t erased = 0;
  base::Digest hash = crypto::chain_start(golden::identity().log);
  test::must(kiosk.replay(1, [&](store::StoredRecord const& stored) -> base::Result<bool> {
    hash = crypto::chain_next(hash, stored.seq, stored.digest);
    erased += stored.erased;
    v1::Record record;
    if (stored.seq == 1 || stored.erased) return true;
    CHECK(record.ParseFromString(stored.bytes));
    CHECK(record.at().wall_ms() == golden::kWallMs);
    record.clear_at();
    record.clear_seq();
    CHECK(record.SerializeAsString() == drafts[stored.seq - 2].SerializeAsString());
    return true;
  }));
  CHECK(erased == golden::kErased);
  CHECK(kiosk.head().hash == hash);
  auto const sync = good(kiosk.sync_state());
  CHECK(sync.received_through == golden::sync_state().received_through);
  CHECK(sync.durable_through == golden::sync_state().durable_through);
  CHECK(sync.quarantined_total == golden::sync_state().quarantined_total);
  CHECK(good(kiosk.pack_version()) == golden::kPackVersion);
  CHECK(good(kiosk.pack()) == golden::pack());
  CHECK(good(kiosk.setting("kiosk.name")) == "Door A");
  CHECK(good(kiosk.setting("centre.address")) == "https://centre.example");
  CHECK(good(kiosk.outbound())->sealed_batch == golden::kOutboundBatch);
}

void check_centre(centre::Store& centre) {
  test::must(centre.read([&](centre::Tables& tables) -> base::Done {
    CHECK(good(tables.settings.setting("centre.epoch")) == "1731000000");
    auto const members = good(tables.classes.members(1));
    REQUIRE(members.size() == 1);
    CHECK(members[0].person.number == 100);
    CHECK(members[0].group == 3);
    auto const branches = good(tables.logs.branches(golden::identity().log));
    REQUIRE_FALSE(branches.empty());
    CHECK(branches[0].head_seq == golden::drafts().size());
    std::uint64_t rows = 0;
    auto hash = crypto::chain_start(golden::identity().log);
    TRY_DO(tables.logs.replay(golden::identity().log, 0, 0, 1000, [&](centre::LogRow const& row) -> base::Done {
      ++rows;
      hash = crypto::chain_next(hash, row.seq, row.digest);
      CHECK(row.hash == hash);
      CHECK(row.bytes.has_value() == (row.seq % 7 != 0));
      return {};
    }));
    CHECK(rows == golden::drafts().size());
    CHECK(hash == branches[0].head_hash);
    return {};
  }));
}

// What schema 3 added, and what the first golden centre left empty.
void check_content_3(centre::Store& centre) {
  auto const log = golden::identity().log;
  test::must(centre.read([&](centre::Tables& tables) -> base::Done {
    auto const devices = good(tables.devices.devices());
    REQUIRE(devices.size() == golden::devices().size());
    for (std::size_t i = 0; i < devices.size(); ++i) {
      auto const expected = golden::devices()[i];
      CHECK(devices[i].id == expected.id);
      CHECK(devices[i].ed25519 == expected.ed25519);
      CHECK(devices[i].x25519 == expected.x25519);
      CHECK(devices[i].name == expected.name);
      CHECK(devices[i].state == expected.state);
      CHECK(devices[i].last_heard_ms == expected.last_heard_ms);
    }
    CHECK(good(tables.devices.classes_of(golden::number_id<base::DeviceId>(2))) == std::vector<std::uint64_t>{1});
    auto const code = good(tables.devices.code(golden::code().id));
    REQUIRE(code);
    CHECK(code->code == golden::code().code);
    CHECK(code->state == golden::code().state);
    CHECK(code->digits == golden::code().digits);
    CHECK(code->wrong_tries == golden::code().wrong_tries);
    CHECK(code->reply == golden::code().reply);
    auto forms = good(tables.classes.forms(1));
    CHECK(forms.size() == 2);
    for (auto const& form : golden::forms()) CHECK(std::count(forms.begin(), forms.end(), form) == 1);
    CHECK(good(tables.classes.staff(1)).at(0).pin_hash == "a hash");
    CHECK(good(tables.classes.pack_version(1))->version == 77);
    auto const branches = good(tables.logs.branches(log));
    REQUIRE(branches.size() == 2);
    CHECK(branches[1].fork_at == golden::kForkAt);
    CHECK(branches[1].head_hash == golden::fork_rows().back().hash);
    CHECK(good(tables.logs.quarantined(log, 1, 1, 1000, 10)).at(0).reason == 12);
    CHECK(good(tables.logs.count(log, 1)).accepted == 2);
    auto const parked = good(tables.logs.parked(log));
    REQUIRE(parked.size() == 1);
    CHECK(parked[0].prev_hash == golden::parked().prev_hash);
    CHECK(parked[0].unreadable);
    CHECK(good(tables.logs.parked_bytes(log, parked[0].id)) == golden::parked().bytes);
    CHECK(good(tables.logs.signed_heads(log)).at(0).seq == 900);
    CHECK(good(tables.durability.backed_up(log)).at(0).through == 100);
    return {};
  }));
}

std::uint32_t last_of(std::span<store::Migration const> steps) { return steps.back().number; }

void set_version(fs::path const& file, crypto::Key32 const& key, std::uint32_t version) {
  auto database = good(store::Database::open(file, key, {}));
  test::must(database.run(("PRAGMA user_version=" + std::to_string(version)).c_str()));
}

}  // namespace

TEST_CASE("steps are numbered 1, 2, 3, and the newest folder's databases are of the newest steps") {
  for (auto const steps : {store::kiosk_migrations(), centre::centre_migrations()})
    for (std::size_t i = 0; i < steps.size(); ++i) CHECK(steps[i].number == i + 1);
  auto const newest = std::max(last_of(store::kiosk_migrations()), last_of(centre::centre_migrations()));
  CHECK(releases().back().filename() == "schema-" + std::to_string(newest));
  Copy const copy(releases().back());
  auto const number_in = [&](char const* name, crypto::Key32 const& key) {
    auto database = good(store::Database::open(copy.scratch / name, key, {}));
    return test::number(database, "PRAGMA user_version");
  };
  CHECK(number_in("kiosk.db", golden::kiosk_key()) == last_of(store::kiosk_migrations()));
  CHECK(number_in("centre.db", golden::centre_key()) == last_of(centre::centre_migrations()));
}

TEST_CASE("a kiosk of every release opens, is brought up to date, and has everything") {
  for (auto const& release : releases()) {
    CAPTURE(release.filename().string());
    Copy copy(release);
    for (int times = 0; times < 2; ++times) {
      auto kiosk = good(store::KioskStore::open(copy.scratch.path(), golden::kiosk_key()));
      check_kiosk(kiosk);
      CHECK(test::number(kiosk.database(), "PRAGMA user_version") == last_of(store::kiosk_migrations()));
      CHECK(test::is_whole(kiosk.database()));
    }
    auto kiosk = good(store::KioskStore::open(copy.scratch.path(), golden::kiosk_key()));
    auto const clock = golden::clock();
    CHECK(good(kiosk.append({golden::drafts().front()}, clock))[0].seq == golden::kRecords + 1);
  }
}

TEST_CASE("a centre of every release opens, is brought up to date, and has everything") {
  for (auto const& release : releases()) {
    CAPTURE(release.filename().string());
    Copy copy(release);
    for (int times = 0; times < 2; ++times) {
      auto const centre = good(open_centre(copy));
      check_centre(*centre);
      if (release.filename() != "schema-1") check_content_3(*centre);
    }
    auto database = good(store::Database::open(copy.scratch / "centre.db", golden::centre_key(), {}));
    CHECK(test::number(database, "PRAGMA user_version") == last_of(centre::centre_migrations()));
    CHECK(test::is_whole(database));
  }
}

TEST_CASE("a database of a newer program is refused in words, and left as it is") {
  Copy copy(releases().back());
  set_version(copy.scratch / "kiosk.db", golden::kiosk_key(), last_of(store::kiosk_migrations()) + 1);
  set_version(copy.scratch / "centre.db", golden::centre_key(), last_of(centre::centre_migrations()) + 1);
  auto const kiosk_before = test::file_content(copy.scratch / "kiosk.db");
  auto const centre_before = test::file_content(copy.scratch / "centre.db");

  auto const kiosk = store::KioskStore::open(copy.scratch.path(), golden::kiosk_key());
  REQUIRE_FALSE(kiosk.ok());
  CHECK(kiosk.error().code == "store.too_new");
  CHECK(kiosk.error().next.find("newer program") != std::string::npos);
  auto const centre = open_centre(copy);
  REQUIRE_FALSE(centre.ok());
  CHECK(centre.error().code == "store.too_new");

  CHECK(test::file_content(copy.scratch / "kiosk.db") == kiosk_before);
  CHECK(test::file_content(copy.scratch / "centre.db") == centre_before);
  for (auto const* log : {"kiosk.db-wal", "centre.db-wal"})
    CHECK((!fs::exists(copy.scratch / log) || fs::file_size(copy.scratch / log) == 0));
}

TEST_CASE("a step that fails half way leaves the older version whole") {
  // One step that works, and one that breaks after it has changed a good deal.
  auto const plan = [](std::span<store::Migration const> real, char const* half) {
    std::vector<store::Migration> steps(real.begin(), real.end());
    steps.push_back(
        {last_of(real) + 1, "CREATE TABLE planted (v INTEGER NOT NULL) STRICT; INSERT INTO planted VALUES (1)"});
    steps.push_back({last_of(real) + 2, half});
    return steps;
  };
  Copy copy(releases().back());
  SUBCASE("a kiosk's") {
    auto const steps = plan(store::kiosk_migrations(),
                            "ALTER TABLE record ADD COLUMN more INTEGER; UPDATE record SET bytes = NULL;"
                            "DROP TABLE setting; INSERT INTO nowhere VALUES (1)");
    {
      auto database = good(store::Database::open(copy.scratch / "kiosk.db", golden::kiosk_key(), {}));
      CHECK_FALSE(store::migrate(database, store::kKioskApplication, steps).ok());
      CHECK(test::number(database, "PRAGMA user_version") == last_of(store::kiosk_migrations()) + 1);
      CHECK(test::number(database, "SELECT count(*) FROM planted") == 1);
      CHECK(test::number(database, "SELECT count(*) FROM record WHERE bytes IS NULL") == golden::kErased);
      CHECK(test::is_whole(database));
      // The step that did work is taken back, so that this program's own schema opens it.
      test::must(database.run("DROP TABLE planted"));
    }
    set_version(copy.scratch / "kiosk.db", golden::kiosk_key(), last_of(store::kiosk_migrations()));
    auto kiosk = good(store::KioskStore::open(copy.scratch.path(), golden::kiosk_key()));
    check_kiosk(kiosk);
  }
  SUBCASE("a centre's") {
    auto const steps =
        plan(centre::centre_migrations(), "DELETE FROM rows; DROP TABLE members; CREATE TABLE settings (v)");
    {
      auto database = good(store::Database::open(copy.scratch / "centre.db", golden::centre_key(), {}));
      CHECK_FALSE(store::migrate(database, store::kCentreApplication, steps).ok());
      CHECK(test::number(database, "PRAGMA user_version") == last_of(centre::centre_migrations()) + 1);
      CHECK(test::is_whole(database));
      test::must(database.run("DROP TABLE planted"));
    }
    set_version(copy.scratch / "centre.db", golden::centre_key(), last_of(centre::centre_migrations()));
    check_centre(*good(open_centre(copy)));
  }
}
