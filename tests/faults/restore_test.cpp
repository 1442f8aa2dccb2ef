// A restore that is killed before every open, fsync, fdatasync, rename, link, remove, unlink, mkdir and flock, or of
// which one of these fails: the old database is whole under some name, the place is never empty, and the restore that
// follows opens an epoch that nobody has seen. What is written between two of them is cut nowhere.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "sync/centre/backup/backup_file.h"
#include "sync/centre/backup/epoch.h"
#include "sync/centre/backup/restore.h"
#include "sync/protocol/certificate.h"
#include "tests/faults/system_calls.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;
namespace files = std::filesystem;

namespace {

std::string content(files::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// A centre with a database of a high epoch in its folder, a backup of a lower one, and a clock that helps nobody.
struct Scene : House {
  Scene() {
    demo_class();
    Kiosk kiosk(*this);
    kiosk.enrol();
    kiosk.check_in(1);
    kiosk.send_all();
    files::path const copy = post("/api/v1/backups", nlohmann::json::object(), 201)["file"].get<std::string>();
    REQUIRE(centre::place_copy(copy, backup, keys()).ok());
    files::remove(copy);
    centre.reset();
    for (int i = 0; i < 2; ++i) {
      auto const restored = centre::restore(path(), backup, centre::Over::kAnything, {}, clock);
      REQUIRE_MESSAGE(restored.ok(), restored.error().what);
      old_epoch = restored->epoch.epoch;
      files::remove(*restored->kept);
    }
    open();
    kiosk.check_in(2);
    kiosk.send_all();
    kiosk.check_in(3);
    kiosk.send_all();
    centre.reset();
    CHECK(centre::look_through(path() / centre::kStoreFile, keys())->position.epoch == old_epoch);
    CHECK(centre::look_through(backup, keys())->position.epoch + 2 == old_epoch);
    files::copy(path(), whole, files::copy_options::recursive);
  }
  void put_back() const {
    files::remove_all(path());
    files::copy(whole, path(), files::copy_options::recursive);
  }
  base::Result<centre::Restored> restore() const {
    return centre::restore(path(), backup, centre::Over::kAnything, {}, clock);
  }
  // True where the restore was ended before call `after`; false where it came to its end before that.
  bool killed_at(std::uint64_t after) const {
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      test::trouble_ends = true;
      test::system_trouble = {.armed = true, .after = after, .times = 1};
      ::_exit(restore().ok() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) != 1);
    return WEXITSTATUS(status) == test::kEndedByTrouble;
  }
  // What bears the database's name, first of all, and what was kept of it.
  std::vector<files::path> databases() const {
    std::vector<files::path> found;
    for (auto const& entry : files::directory_iterator(path())) {
      auto const name = entry.path().filename().string();
      bool const kept = name.starts_with(std::string(centre::kStoreFile) + ".before-") && !name.ends_with("-wal");
      if (name == centre::kStoreFile || kept) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  files::path backup{beside("backup.db")}, whole{beside("whole")};
  std::uint64_t old_epoch = 0;
};

}  // namespace

TEST_CASE_FIXTURE(Scene, "a restore may be killed anywhere: the old database is whole, and no epoch is opened twice") {
  for (bool const links : {true, false}) {
    CAPTURE(links);
    test::no_hard_links = !links;
    std::uint64_t cuts = 0, without_note = 0;
    for (;; ++cuts) {
      CAPTURE(cuts);
      put_back();
      bool const killed = killed_at(cuts);
      std::uint64_t highest = 0, with_all = 0;
      auto const there = databases();
      for (auto const& file : there) {
        auto const held = centre::look_through(file, keys());
        REQUIRE_MESSAGE(held.ok(), held.error().what);
        highest = std::max(highest, held->position.epoch);
        with_all += held->records == 4 && held->position.epoch == old_epoch ? 1 : 0;
      }
      CHECK(with_all > 0);
      if (links) CHECK(files::exists(path() / centre::kStoreFile));
      if (!killed) break;

      auto const left = beside("left");
      files::remove_all(left);
      files::copy(path(), left, files::copy_options::recursive);
      auto const again = restore();
      REQUIRE_MESSAGE(again.ok(), again.error().what);
      CHECK(again->epoch.epoch > highest);
      CHECK(again->records == 2);
      CHECK(centre::look_through(path() / centre::kStoreFile, keys())->position.epoch == again->epoch.epoch);
      CHECK_FALSE(files::exists(path() / (std::string(centre::kStoreFile) + "-wal")));
      open();
      centre.reset();

      // The control: without the note beside the database the number is lost between two names.
      files::remove_all(path());
      files::rename(left, path());
      files::remove(path() / centre::kEpochFile);
      auto const unnoted = restore();
      if (unnoted.ok() && unnoted->epoch.epoch <= highest) ++without_note;
    }
    test::no_hard_links = false;
    CHECK(cuts > 20);
    CHECK((without_note > 0) != links);
    MESSAGE("killed at " << cuts << " calls; without the note " << without_note << " of them would repeat an epoch");
  }
}

TEST_CASE_FIXTURE(
    Scene, "a call that fails breaks the restore off with the old database whole, or the new epoch is in its file") {
  std::uint64_t refused = 0;
  for (std::uint64_t at = 0;; ++at) {
    CAPTURE(at);
    put_back();
    test::system_trouble = {.armed = true, .after = at, .times = 1};
    auto const restored = restore();
    bool const struck = test::system_trouble.struck;
    test::system_trouble = {};
    auto const place = path() / centre::kStoreFile;
    CHECK_FALSE(files::exists(place.string() + ".restored"));
    if (restored.ok()) {
      CHECK_FALSE(files::exists(place.string() + "-wal"));
      CHECK(centre::look_through(place, keys())->position.epoch == restored->epoch.epoch);
      CHECK(restored->epoch.epoch > old_epoch);
    } else {
      ++refused;
      bool whole_one = false;
      for (auto const& file : databases()) {
        auto const held = centre::look_through(file, keys());
        whole_one = whole_one || (held.ok() && held->records == 4 && held->position.epoch == old_epoch);
      }
      CHECK(whole_one);
    }
    if (!struck) break;
  }
  CHECK(refused > 10);
}

TEST_CASE_FIXTURE(Scene, "what a restore has done is on the disk before the step that counts on it") {
  std::vector<std::string> calls;
  test::told_calls = &calls;
  auto const restored = restore();
  test::told_calls = nullptr;
  REQUIRE(restored.ok());
  auto const folder = path().filename().string(), kept = restored->kept->filename().string();
  auto const first = [&](std::string const& call, std::size_t from = 0) {
    auto const found = std::find(calls.begin() + static_cast<std::ptrdiff_t>(from), calls.end(), call);
    CHECK_MESSAGE(found != calls.end(), call);
    return static_cast<std::size_t>(found - calls.begin());
  };
  auto const before = [&](std::string const& call, std::size_t until) {
    return std::find(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(until), call) !=
           calls.begin() + static_cast<std::ptrdiff_t>(until);
  };
  auto const aside = first("name centre.db " + kept), in_place = first("name centre.db.restored centre.db");
  CHECK(before("sync centre.db.restored", aside));  // the new database is whole
  auto const noted = std::find_if(calls.begin(), calls.end(), [](auto const& call) {
    return call.starts_with("name ") && call.ends_with(std::string(" ") + centre::kEpochFile);
  });
  REQUIRE(noted != calls.end());
  auto const at_note = static_cast<std::size_t>(noted - calls.begin());
  auto const made = noted->substr(5, noted->size() - 6 - std::string(centre::kEpochFile).size());
  CHECK(before("sync " + made, at_note));                   // its number is in the note,
  CHECK(first("sync " + folder, at_note) < aside);          // and the note has its name
  CHECK(first("sync " + folder, aside) < in_place);         // the old database has its other name
  CHECK(first("sync " + folder, in_place) < calls.size());  // and the new one its own, before anybody is told
}

TEST_CASE_FIXTURE(Scene, "a revocation may be killed anywhere: whom the folder named before, it still names") {
  // One that only the folder's list knows, and one whose revocation makes a newer list.
  open();
  Kiosk lost(*this, 7), other(*this, 8);
  lost.enrol(1, "1");
  post("/api/v1/devices/" + lost.device().hex() + "/revoke", nlohmann::json::object());
  centre.reset();
  files::copy_file(whole / centre::kStoreFile, path() / centre::kStoreFile, files::copy_options::overwrite_existing);
  files::remove((path() / centre::kStoreFile).string() + "-wal");
  clock.advance(std::chrono::hours(1));
  open();
  other.enrol(1, "2");
  centre.reset();
  files::remove_all(whole);
  files::copy(path(), whole, files::copy_options::recursive);
  std::uint64_t cuts = 0;
  for (;; ++cuts) {
    CAPTURE(cuts);
    put_back();
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      open();
      test::trouble_ends = true;
      test::system_trouble = {.armed = true, .after = cuts, .times = 1};
      post("/api/v1/devices/" + other.device().hex() + "/revoke", nlohmann::json::object());
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE((WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == test::kEndedByTrouble));
    auto const since = centre::known_beside(path(), keys(), {});
    REQUIRE(since.ok());
    bool named = std::find(since->revoked.begin(), since->revoked.end(), lost.device()) != since->revoked.end();
    for (auto const& signed_list : since->trust_lists) {
      auto const list = protocol::verify_trust_list(signed_list, keys().root);
      REQUIRE(list.ok());
      for (auto const& bytes : list->revoked_devices()) named = named || bytes == lost.device().view();
    }
    CHECK(named);
    if (WEXITSTATUS(status) == 0) break;
  }
  CHECK(cuts > 5);
}

TEST_CASE_FIXTURE(Scene, "of a database that can't be read its log is kept beside it, wherever the restore is killed") {
  auto const place = path() / centre::kStoreFile;
  std::fstream(place, std::ios::in | std::ios::out | std::ios::binary).seekp(100) << std::string(8000, 'x');
  std::ofstream(place.string() + "-wal", std::ios::binary) << std::string(500, 'w');
  files::remove_all(whole);
  files::copy(path(), whole, files::copy_options::recursive);
  auto const database = content(place), log = content(place.string() + "-wal");
  std::uint64_t cuts = 0;
  for (;; ++cuts) {
    CAPTURE(cuts);
    put_back();
    bool const killed = killed_at(cuts);
    if (killed) REQUIRE(restore().ok());
    bool together = false;
    for (auto const& file : databases())
      together = together || (content(file) == database && content(file.string() + "-wal") == log);
    CHECK(together);
    auto const restored = centre::look_through(place, keys());
    REQUIRE(restored.ok());
    CHECK(restored->position.epoch > old_epoch);
    if (!killed) break;
  }
  CHECK(cuts > 20);
}
