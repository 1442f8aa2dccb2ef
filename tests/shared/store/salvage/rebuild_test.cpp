// A kiosk made anew of what still verifies.
#include "shared/store/salvage/rebuild.h"

#include "shared/store/kiosk_folder.h"
#include "tests/shared/store/salvage/written_kiosk.h"

using namespace dga;

namespace {

constexpr char kPassphrase[] = "a passphrase for a test";

// A whole kiosk's folder with some hundred records, closed.
struct Folder {
  test::StoreScratch scratch;
  test::StoreClock clock;
  std::filesystem::path folder = scratch / "kiosk", target = scratch / "new";
  store::LogHead head;
  std::uint64_t waiting = 0;

  Folder() {
    auto random = base::seeded_random(5);
    auto kiosk = store::create_kiosk(folder, kPassphrase, crypto::minimal_cost(), "1.2.3", clock, *random).value();
    for (std::uint64_t i = 0; i < 300; ++i) {
      v1::Record draft;
      draft.set_class_id(1);
      if (i % 9 == 0)
        draft.mutable_time_sample()->set_centre_ms(5);
      else
        draft.mutable_check_in()->set_participant(i + 1);
      REQUIRE(kiosk.store.append({draft}, clock).ok());
    }
    REQUIRE(kiosk.store.put_sync_state({200, 190, 3, 0, 0, false, 4}).ok());
    REQUIRE(kiosk.store.keep_pack(9, std::string(20'000, 'p')).ok());
    REQUIRE(kiosk.store.put_setting("kiosk.name", "Door A").ok());
    REQUIRE(kiosk.store.database().run("UPDATE record SET bytes = NULL WHERE place & 1048575 = 30").ok());
    head = kiosk.store.head();
    waiting = kiosk.store.waiting().value();
  }

  void damage(std::uint64_t page) { test::flip_bit(folder / "kiosk.db", (page - 1) * 4096 + 99); }

  base::Result<salvage::Rebuilt> rebuild() {
    auto held = salvage::hold_kiosk(folder, crypto::Passphrase(kPassphrase));
    if (!held.ok()) return held.error();
    sodium_vfs::Inspector const inspector(held->key);
    auto const log = salvage::read_log(held->files.log.get(), inspector);
    return salvage::rebuild_kiosk(*held, salvage::find_records(salvage::PageVersions(held->files, inspector, log)),
                                  target);
  }
};

// A page of another table than `record`, or one that only leads to its leaves: by what a check says that it held.
std::uint64_t page_that_held(Folder const& folder, std::string_view what) {
  auto const held = salvage::hold_kiosk(folder.folder, crypto::Passphrase(kPassphrase)).value();
  auto const bytes = test::file_content(folder.folder / "kiosk.db");
  for (std::uint64_t page = 2; page <= bytes.size() / 4096; ++page) {
    test::KioskImage image{bytes, std::nullopt};
    image.database[(page - 1) * 4096 + 99] = static_cast<char>(image.database[(page - 1) * 4096 + 99] ^ 1);
    auto const report = test::check(image, held.key);
    REQUIRE_FALSE(report.whole());
    if (report.damage[0].what.find(what) != std::string::npos) return page;
  }
  FAIL("no page held ", what);
  return 0;
}

}  // namespace

TEST_CASE("a kiosk whose first page is lost goes on in a new folder with the same passphrase") {
  Folder old;
  old.damage(1);
  REQUIRE_FALSE(store::open_kiosk(old.folder, kPassphrase).ok());
  auto const rebuilt = old.rebuild();
  REQUIRE_MESSAGE(rebuilt.ok(), base::describe(rebuilt.error()));
  CHECK(rebuilt->records == old.head.seq);
  CHECK(rebuilt->erased == 1);
  CHECK(rebuilt->lost.size() == 4);  // no table can be found without page 1, but for the log
  auto kiosk = store::open_kiosk(old.target, kPassphrase).value();
  CHECK(kiosk.store.head().seq == old.head.seq);
  CHECK(kiosk.store.head().hash == old.head.hash);
  CHECK(kiosk.store.check_chain(1).ok());
  CHECK(kiosk.store.append({v1::Record()}, old.clock).value()[0].seq == old.head.seq + 1);
}

TEST_CASE("what else can be read comes along") {
  Folder old;
  old.damage(page_that_held(old, "a part of a long row of the table pack"));
  auto const rebuilt = old.rebuild();
  REQUIRE_MESSAGE(rebuilt.ok(), base::describe(rebuilt.error()));
  CHECK(rebuilt->lost == std::vector<std::string>{"pack"});
  auto kiosk = store::open_kiosk(old.target, kPassphrase).value();
  CHECK(kiosk.store.waiting().value() == old.waiting);
  CHECK(kiosk.store.sync_state().value().received_through == 200);
  CHECK(kiosk.store.setting("kiosk.name").value() == "Door A");
  CHECK(kiosk.store.pack_version().value() == 0);
}

TEST_CASE("a log with a gap is not gone on with, and nothing is left behind") {
  Folder old;
  old.damage(page_that_held(old, "it held records 1 to"));
  auto const rebuilt = old.rebuild();
  REQUIRE_FALSE(rebuilt.ok());
  CHECK((rebuilt.error().code == "salvage.gaps" || rebuilt.error().code == "salvage.behind"));
  CHECK_FALSE(std::filesystem::exists(old.target));
}

TEST_CASE("a log whose end may be lost is not gone on with") {
  Folder old;
  old.damage(page_that_held(old, "from"));  // the last leaf: no record that was found shows that there were more
  auto const rebuilt = old.rebuild();
  REQUIRE_FALSE(rebuilt.ok());
  CHECK(rebuilt.error().code == "salvage.gaps");
  CHECK_FALSE(std::filesystem::exists(old.target));
}

TEST_CASE("a log that ends before what the centre has is not gone on with") {
  Folder old;
  {
    auto kiosk = store::open_kiosk(old.folder, kPassphrase).value();
    REQUIRE(kiosk.store.database().run("DELETE FROM record WHERE place & 1048575 > 150").ok());
  }
  auto const rebuilt = old.rebuild();
  REQUIRE_FALSE(rebuilt.ok());
  CHECK(rebuilt.error().code == "salvage.behind");
  CHECK_FALSE(std::filesystem::exists(old.target));
}

TEST_CASE("a kiosk is never made where something is") {
  Folder old;
  std::filesystem::create_directories(old.target);
  test::put_file_content(old.target / "note", "mine");
  CHECK(old.rebuild().error().code == "kiosk.exists");
  CHECK(test::file_content(old.target / "note") == "mine");
}
