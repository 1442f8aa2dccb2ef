#include "shared/store/kiosk_folder.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/store_scratch.h"

using namespace dga;

namespace {

constexpr auto kPassphrase = "sen vàng Huế";

struct Folder {
  test::StoreScratch scratch;
  test::StoreClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(31);
  std::filesystem::path path = scratch / "kiosk-1";

  base::Result<store::OpenKiosk> create() {
    return store::create_kiosk(path, kPassphrase, crypto::minimal_cost(), "1.0.0", clock, *random);
  }
  base::Result<store::OpenKiosk> open(std::string_view passphrase = kPassphrase) {
    return store::open_kiosk(path, passphrase);
  }
};

std::string code(base::Result<store::OpenKiosk> const& result) { return result.ok() ? "" : result.error().code; }

}  // namespace

TEST_CASE("a kiosk that was created opens with its passphrase and the same keys") {
  Folder folder;
  base::Digest head;
  crypto::SigningPublic device;
  {
    auto const made = folder.create();
    if (!made.ok()) FAIL(base::describe(made.error()));
    head = made->store.head().hash;
    device = made->signing.public_key();
    CHECK(made->store.identity().device == crypto::device_id(device));
    CHECK(made->store.head().seq == 1);
  }
  auto const opened = folder.open();
  REQUIRE(opened.ok());
  CHECK(opened->store.head().hash == head);
  CHECK(opened->signing.public_key() == device);
  CHECK(opened->box.public_key() == opened->master.box().public_key());
  auto const slots = crypto::read_slots(test::file_content(folder.path / "slots")).value();
  CHECK(slots.first_log == opened->store.identity().log);
  for (auto const* name : {"", "kiosk.db", "slots"}) {
    auto const rights = std::filesystem::status(folder.path / name).permissions();
    CHECK((rights & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
  }
}

TEST_CASE("a kiosk does not open with another passphrase or another kiosk's files") {
  Folder folder, other;
  { REQUIRE(folder.create().ok()); }
  other.random = base::seeded_random(32);
  { REQUIRE(other.create().ok()); }
  CHECK(code(folder.open("sen vàng")) == "slots.wrong_passphrase");
  CHECK(code(store::open_kiosk(folder.scratch / "nowhere", kPassphrase)) == "kiosk.not_found");

  std::filesystem::copy_file(other.path / "slots", folder.path / "slots",
                             std::filesystem::copy_options::overwrite_existing);
  CHECK(code(folder.open()) == "store.damaged");
  std::filesystem::remove(folder.path / "slots");
  CHECK(code(folder.open()) == "slots.missing");
  test::put_file_content(folder.path / "slots", "hardly");
  CHECK(code(folder.open()) == "slots.damaged");
  test::put_file_content(folder.path / "slots", std::string(1 << 20, 'x'));
  CHECK(code(folder.open()) == "slots.damaged");
}

TEST_CASE("a second kiosk in the same folder is refused and the first stays as it is") {
  Folder folder;
  { REQUIRE(folder.create().ok()); }
  auto const database = test::file_content(folder.path / "kiosk.db"), slots = test::file_content(folder.path / "slots");
  CHECK(code(folder.create()) == "kiosk.exists");
  CHECK(test::file_content(folder.path / "kiosk.db") == database);
  CHECK(test::file_content(folder.path / "slots") == slots);

  // Slots whose database was moved away may be the only key to it.
  std::filesystem::rename(folder.path / "kiosk.db", folder.scratch / "moved.db");
  CHECK(code(folder.create()) == "kiosk.exists");
  CHECK(test::file_content(folder.path / "slots") == slots);
}

TEST_CASE("creation that a crash cut short leaves no kiosk and can be done again") {
  Folder folder;
  { REQUIRE(folder.create().ok()); }
  // As after a crash before the last step, the renaming.
  std::filesystem::rename(folder.path / "kiosk.db", folder.path / "kiosk.db.new");
  CHECK(code(folder.open()) == "kiosk.not_found");
  folder.random = base::seeded_random(33);
  { REQUIRE(folder.create().ok()); }
  CHECK(folder.open().ok());
  CHECK_FALSE(std::filesystem::exists(folder.path / "kiosk.db.new"));
  // As after a crash before the slots were written.
  std::filesystem::remove(folder.path / "slots");
  std::filesystem::rename(folder.path / "kiosk.db", folder.path / "kiosk.db.new");
  { REQUIRE(folder.create().ok()); }
  CHECK(folder.open().ok());
}

TEST_CASE("creation that fails leaves the folder as it was") {
  Folder folder;
  CHECK_FALSE(
      store::create_kiosk(folder.path / "deep/er", "", crypto::minimal_cost(), "1", folder.clock, *folder.random).ok());
  CHECK_FALSE(std::filesystem::exists(folder.path));

  std::filesystem::create_directory(folder.path);
  test::put_file_content(folder.path / "notes.txt", "mine");
  std::filesystem::create_directory(folder.path / "slots.new");  // in the way of writing the slots
  test::put_file_content(folder.path / "slots.new/x", "x");
  CHECK_FALSE(folder.create().ok());
  CHECK(test::file_content(folder.path / "notes.txt") == "mine");
  CHECK_FALSE(std::filesystem::exists(folder.path / "kiosk.db.new"));
  CHECK_FALSE(std::filesystem::exists(folder.path / "kiosk.db"));
  CHECK_FALSE(std::filesystem::exists(folder.path / "slots"));

  test::put_file_content(folder.scratch / "file", "");
  CHECK_FALSE(store::create_kiosk(folder.scratch / "file", kPassphrase, crypto::minimal_cost(), "1", folder.clock,
                                  *folder.random)
                  .ok());
}

TEST_CASE("a kiosk that another process holds is refused as held") {
  Folder folder;
  { REQUIRE(folder.create().ok()); }
  int to_parent[2], to_child[2];
  REQUIRE(pipe(to_parent) == 0);
  REQUIRE(pipe(to_child) == 0);
  pid_t const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    char told = 'n';
    {
      auto const held = folder.open();
      told = held.ok() ? 'y' : 'n';
      if (write(to_parent[1], &told, 1) != 1 || read(to_child[0], &told, 1) != 1) _exit(1);
    }
    told = 'd';
    _exit(write(to_parent[1], &told, 1) == 1 ? 0 : 1);
  }
  char told = '?';
  REQUIRE(read(to_parent[0], &told, 1) == 1);
  CHECK(told == 'y');
  auto const refused = folder.open();
  CHECK(code(refused) == "store.held");
  REQUIRE(write(to_child[1], "g", 1) == 1);
  REQUIRE(read(to_parent[0], &told, 1) == 1);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(folder.open().ok());
  for (int descriptor : {to_parent[0], to_parent[1], to_child[0], to_child[1]}) close(descriptor);
}

TEST_CASE("while one program makes a kiosk another makes none in the same folder and spoils nothing") {
  test::StoreScratch scratch;
  test::StoreClock clock;
  auto random = base::seeded_random(12);
  auto const folder = scratch / "kiosk";
  std::filesystem::create_directories(folder);
  test::put_file_content(folder / "kiosk.db.new", "half of a database");
  auto const create = [&] {
    return store::create_kiosk(folder, "a passphrase for a test", crypto::minimal_cost(), "1", clock, *random);
  };
  {
    auto const other = store::FolderLock::take(folder, store::FolderLock::Sharing::kAlone);
    REQUIRE(other.ok());
    auto const refused = create();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == "store.held");
    CHECK(test::file_content(folder / "kiosk.db.new") == "half of a database");
  }
  auto made = create();
  REQUIRE(made.ok());
  // It is held as an open kiosk is: others may look, nobody may replace it.
  CHECK(store::FolderLock::take(folder, store::FolderLock::Sharing::kShared).ok());
  CHECK_FALSE(store::FolderLock::take(folder, store::FolderLock::Sharing::kAlone).ok());
}
