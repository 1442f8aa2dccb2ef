#include "shared/store/kiosk_rekey.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>

#include "shared/crypto/slots_change.h"
#include "shared/store/kiosk_folder.h"
#include "shared/store/kiosk_slots.h"
#include "tests/support/store_scratch.h"

using namespace dga;
using store::RekeyStep;

namespace {

constexpr auto kPassphrase = "sen vàng Huế";
constexpr std::uint64_t kRecords = 400;  // record 1 and these; the copy goes in more than one piece

using Files = std::map<std::string, std::string>;

struct Kiosk {
  test::StoreScratch scratch;
  test::StoreClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(51);
  std::filesystem::path path = scratch / "kiosk-1";
  crypto::SlotSecret secret = crypto::Passphrase(kPassphrase);
  base::Digest head;
  base::DeviceId device;

  explicit Kiosk(std::uint64_t records = kRecords) {
    auto made = store::create_kiosk(path, kPassphrase, crypto::minimal_cost(), "1.0.0", clock, *random);
    if (!made.ok()) FAIL(base::describe(made.error()));
    for (std::uint64_t i = 0; i < records; i += 100) append(made->store, std::min<std::uint64_t>(100, records - i));
    REQUIRE(made->store.put_setting("kiosk.name", "Door A").ok());
    head = made->store.head().hash;
    device = made->store.identity().device;
  }
  void append(store::KioskStore& store, std::uint64_t count) {
    std::vector<v1::Record> drafts(count);
    for (auto& draft : drafts) {
      draft.mutable_kiosk_event()->set_kind(v1::KioskEvent::STARTED);
      draft.mutable_kiosk_event()->set_detail(std::string(1000, 'd'));
    }
    auto const stored = store.append(drafts, clock);
    if (!stored.ok()) FAIL(base::describe(stored.error()));
    head = store.head().hash;
  }
  base::Result<store::Rekeyed> rekey(store::RekeyObserver const& observer = {}) const {
    return store::rekey_kiosk(path, secret, observer);
  }
  std::uint32_t generation() const { return crypto::read_slots(test::file_content(path / "slots")).value().generation; }
  // It opens, and nothing is missing or different.
  void check_whole() const {
    auto opened = store::open_kiosk(path, secret);
    if (!opened.ok()) FAIL(base::describe(opened.error()));
    CHECK(opened->store.head().hash == head);
    CHECK(opened->store.identity().device == device);
    CHECK(opened->store.check_chain(1).ok());
    CHECK(opened->store.setting("kiosk.name").value() == "Door A");
    for (auto const* gone : {"kiosk.db.rekey", "kiosk.db.rekey-wal", "kiosk.db.rekey-journal", "slots.new"})
      CHECK_FALSE(std::filesystem::exists(path / gone));
  }
  Files files() const {
    Files all;
    for (auto const& entry : std::filesystem::directory_iterator(path))
      all[entry.path().filename()] = test::file_content(entry.path());
    return all;
  }
  void put(Files const& files) const {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
    for (auto const& [name, content] : files) test::put_file_content(path / name, content);
  }
};

std::string code(auto const& result) { return result.ok() ? "" : result.error().code; }

// In a child that dies at once, without a destructor, when `when` says so. Gives whether it died that way.
bool killed_when(Kiosk const& kiosk, std::function<bool(RekeyStep)> const& when) {
  pid_t const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto const done = kiosk.rekey([&](RekeyStep step) {
      if (when(step)) _exit(9);
    });
    _exit(done.ok() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) != 1);
  return WEXITSTATUS(status) == 9;
}

// What the program is doing while another one has the kiosk open, or holds its folder.
template <typename Work>
void while_another_has_it_open(Kiosk const& kiosk, Work const& work) {
  int ready[2], go[2];
  REQUIRE(pipe(ready) == 0);
  REQUIRE(pipe(go) == 0);
  pid_t const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto const held = store::open_kiosk(kiosk.path, kiosk.secret);
    char told = held.ok() ? 'y' : 'n';
    if (write(ready[1], &told, 1) != 1 || read(go[0], &told, 1) != 1) _exit(1);
    _exit(held.ok() ? 0 : 1);
  }
  char told = '?';
  REQUIRE(read(ready[0], &told, 1) == 1);
  CHECK(told == 'y');
  work();
  REQUIRE(write(go[1], "g", 1) == 1);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  for (int descriptor : {ready[0], ready[1], go[0], go[1]}) close(descriptor);
}

constexpr RekeyStep kSteps[] = {RekeyStep::kOpened,        RekeyStep::kLogMoved, RekeyStep::kCopying,
                                RekeyStep::kCopied,        RekeyStep::kChecked,  RekeyStep::kSlotsWritten,
                                RekeyStep::kOldLogRemoved, RekeyStep::kReplaced};

}  // namespace

TEST_CASE("a rekeyed kiosk has the next generation's key, the same identity and every record") {
  Kiosk kiosk;
  auto const before = kiosk.files();
  std::vector<RekeyStep> steps;
  auto const done = kiosk.rekey([&](RekeyStep step) {
    if (steps.empty() || steps.back() != step) steps.push_back(step);
  });
  if (!done.ok()) FAIL(base::describe(done.error()));
  CHECK(done->generation == 2);
  CHECK(done->records == kRecords + 1);
  CHECK_FALSE(done->finished_an_earlier_one);
  CHECK(steps == std::vector<RekeyStep>(std::begin(kSteps), std::end(kSteps)));
  CHECK(kiosk.generation() == 2);
  kiosk.check_whole();
  auto const after = kiosk.files();
  CHECK(after.at("kiosk.db").size() == before.at("kiosk.db").size());
  // No page of the old key is left: none of its sealed octets stands anywhere in the folder.
  std::set<std::string> old_seals;
  for (std::size_t at = 4096 - 40; at < before.at("kiosk.db").size(); at += 4096)
    old_seals.insert(before.at("kiosk.db").substr(at, 24));
  for (auto const& [name, content] : after)
    for (std::size_t at = 0; at + 24 <= content.size(); at += 8)
      if (old_seals.contains(content.substr(at, 24))) FAIL(name);
  REQUIRE(old_seals.contains(before.at("kiosk.db").substr(4096 - 40, 24)));  // the search can find
  auto const rights = std::filesystem::status(kiosk.path / "kiosk.db").permissions();
  CHECK(rights == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

  REQUIRE(kiosk.rekey().ok());
  CHECK(kiosk.generation() == 3);
  {
    auto opened = store::open_kiosk(kiosk.path, kiosk.secret);
    REQUIRE(opened.ok());
    kiosk.append(opened->store, 3);
  }
  kiosk.check_whole();
}

TEST_CASE("a rekey takes along what was committed and not yet in the database's file") {
  Kiosk kiosk(10);
  Files crashed;
  {
    auto opened = store::open_kiosk(kiosk.path, kiosk.secret);
    REQUIRE(opened.ok());
    kiosk.append(opened->store, 20);
    test::copy_database(kiosk.path / "kiosk.db", kiosk.scratch / "copy.db");
    crashed = {{"kiosk.db", test::file_content(kiosk.scratch / "copy.db")},
               {"kiosk.db-wal", test::file_content(kiosk.scratch / "copy.db-wal")},
               {"slots", test::file_content(kiosk.path / "slots")}};
  }
  REQUIRE(crashed.at("kiosk.db-wal").size() > 20 * 1000);
  kiosk.put(crashed);
  REQUIRE(kiosk.rekey().ok());
  kiosk.check_whole();
}

TEST_CASE("a rekey that is killed after any step leaves a whole kiosk, and can be done again") {
  Kiosk const kiosk;
  auto const before = kiosk.files();
  // Every step, and within the copying every piece of it.
  int points = 0;
  for (bool more = true; more;) {
    int const point = points;
    CAPTURE(point);
    for (bool const opened_between : {true, false}) {
      CAPTURE(opened_between);
      kiosk.put(before);
      int reached = 0;
      more = killed_when(kiosk, [&](RekeyStep) { return reached++ == point; });
      if (!more) break;
      // From when the slots are written the kiosk has its new key.
      if (opened_between) {
        kiosk.check_whole();
        auto const generation = kiosk.generation();
        auto const again = kiosk.rekey();
        if (!again.ok()) FAIL(base::describe(again.error()));
        CHECK(again->generation == generation + 1);
      } else {
        auto const generation = kiosk.generation();
        bool const unfinished = generation == 2 && std::filesystem::exists(kiosk.path / "kiosk.db.rekey");
        auto const again = kiosk.rekey();
        if (!again.ok()) FAIL(base::describe(again.error()));
        CHECK(again->finished_an_earlier_one == unfinished);
        CHECK(again->generation == (unfinished ? 2 : generation + 1));
      }
      kiosk.check_whole();
    }
    if (more) ++points;
  }
  CHECK(points >= static_cast<int>(std::size(kSteps)));
}

TEST_CASE("finishing a killed rekey may be killed, too") {
  Kiosk const kiosk;
  auto const before = kiosk.files();
  for (auto const first : {RekeyStep::kSlotsWritten, RekeyStep::kOldLogRemoved})
    for (auto const second : {RekeyStep::kOldLogRemoved, RekeyStep::kReplaced}) {
      kiosk.put(before);
      REQUIRE(killed_when(kiosk, [&](RekeyStep step) { return step == first; }));
      REQUIRE(kiosk.generation() == 2);
      REQUIRE(std::filesystem::exists(kiosk.path / "kiosk.db.rekey"));
      REQUIRE(killed_when(kiosk, [&](RekeyStep step) { return step == second; }));
      kiosk.check_whole();
      CHECK(kiosk.generation() == 2);
    }
}

TEST_CASE("a rekey starts only while nobody else has the kiosk open, and nobody opens it meanwhile") {
  Kiosk kiosk;
  auto const before = test::file_content(kiosk.path / "kiosk.db");
  while_another_has_it_open(kiosk, [&] {
    CHECK(code(kiosk.rekey()) == "store.held");
    CHECK(code(store::add_recovery_key(kiosk.path, kiosk.secret,
                                       crypto::BoxKey::generate(*kiosk.random).public_key())) == "store.held");
  });
  CHECK(kiosk.generation() == 1);
  CHECK(test::file_content(kiosk.path / "kiosk.db") == before);
  {
    // In this program as well.
    auto const opened = store::open_kiosk(kiosk.path, kiosk.secret);
    REQUIRE(opened.ok());
    CHECK(code(kiosk.rekey()) == "store.held");
  }
  // Whoever comes between any two steps is turned away, from the first to the last.
  std::set<RekeyStep> tried;
  auto const done = kiosk.rekey([&](RekeyStep step) {
    if (!tried.insert(step).second) return;
    pid_t const child = fork();
    if (child == 0) _exit(code(store::open_kiosk(kiosk.path, kiosk.secret)) == "store.held" ? 0 : 1);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  });
  REQUIRE(done.ok());
  CHECK(tried.size() == std::size(kSteps));
  kiosk.check_whole();
}

TEST_CASE("an old copy of the database or of the slots is named as one and left alone") {
  Kiosk kiosk;
  auto const first = kiosk.files();
  REQUIRE(kiosk.rekey().ok());
  REQUIRE(kiosk.rekey().ok());
  auto const third = kiosk.files();
  auto const refused = [&](Files files, std::string const& words) {
    kiosk.put(files);
    auto const opened = store::open_kiosk(kiosk.path, kiosk.secret);
    CHECK(code(opened) == "kiosk.other_generation");
    CHECK(base::describe(opened.error()).find(words) != std::string::npos);
    CHECK(code(kiosk.rekey()) == "kiosk.other_generation");
    CHECK(kiosk.files() == files);
  };
  refused({{"kiosk.db", first.at("kiosk.db")}, {"slots", third.at("slots")}},
          "an older copy, of generation 1; the slots say 3");
  refused({{"kiosk.db", third.at("kiosk.db")}, {"slots", first.at("slots")}},
          "an older copy, of generation 1; kiosk.db has 3");
  // The log of a later day lies beside the old copy.
  kiosk.put(third);
  {
    auto opened = store::open_kiosk(kiosk.path, kiosk.secret);
    REQUIRE(opened.ok());
    kiosk.append(opened->store, 5);
    auto files = kiosk.files();
    REQUIRE(files.at("kiosk.db-wal").size() > 5000);
    { auto const closed = std::move(opened); }
    files["kiosk.db"] = first.at("kiosk.db");
    refused(files, "an older copy, of generation 1; the slots say 3");
  }
  kiosk.put(first);
  CHECK(store::open_kiosk(kiosk.path, kiosk.secret).ok());
}

TEST_CASE("a copy that is not the database's is not put in its place, and nothing is removed") {
  Kiosk kiosk;
  auto const before = kiosk.files();
  REQUIRE(killed_when(kiosk, [](RekeyStep step) { return step == RekeyStep::kSlotsWritten; }));
  auto const committed = kiosk.files();
  auto const refused = [&](Files const& files) {
    kiosk.put(files);
    auto const opened = store::open_kiosk(kiosk.path, kiosk.secret);
    CHECK_MESSAGE(!opened.ok(), "opened");
    CHECK(code(kiosk.rekey()) == code(opened));
    auto const now = kiosk.files();
    for (auto const* name : {"kiosk.db", "kiosk.db.rekey", "slots"}) CHECK(now.at(name) == files.at(name));
    return code(opened);
  };
  auto files = committed;
  files["kiosk.db.rekey"] = "half";
  CHECK(refused(files) == "kiosk.rekey_damaged");
  files = committed;
  files["kiosk.db.rekey"][5 * 4096 + 77] ^= 1;
  CHECK(refused(files) == "store.damaged");
  files = committed;
  files["kiosk.db"].assign(files["kiosk.db"].size(), 'x');
  CHECK(refused(files) == "kiosk.rekey_damaged");

  // A copy of an earlier day: the database has since recorded more.
  kiosk.put(before);
  {
    auto opened = store::open_kiosk(kiosk.path, kiosk.secret);
    REQUIRE(opened.ok());
    kiosk.append(opened->store, 1);
  }
  files = committed;
  files["kiosk.db"] = test::file_content(kiosk.path / "kiosk.db");
  CHECK(refused(files) == "kiosk.rekey_damaged");
}

TEST_CASE("a damaged database is not rekeyed") {
  Kiosk kiosk;
  test::flip_bit(kiosk.path / "kiosk.db", 40 * 4096 + 99);
  auto const before = kiosk.files();
  CHECK(code(kiosk.rekey()) == "store.damaged");
  CHECK(kiosk.generation() == 1);
  CHECK(kiosk.files().at("kiosk.db") == before.at("kiosk.db"));
  CHECK_FALSE(std::filesystem::exists(kiosk.path / "kiosk.db.rekey"));
}

TEST_CASE("a rekey that the disk cannot hold leaves the kiosk as it was") {
  Kiosk kiosk;
  // Where slots.new should be stands a folder that is not empty.
  std::filesystem::create_directories(kiosk.path / "slots.new/x");
  CHECK_FALSE(kiosk.rekey().ok());
  CHECK(kiosk.generation() == 1);
  std::filesystem::remove_all(kiosk.path / "slots.new");
  kiosk.check_whole();

  // A disk that ends somewhere within the copy. The limit is the process's own, so a child works under it.
  auto const all = std::filesystem::file_size(kiosk.path / "kiosk.db");
  for (std::uint64_t const room : {std::uint64_t{2048}, std::uint64_t{4096}, std::uint64_t{9000}, all / 2, all - 1}) {
    CAPTURE(room);
    pid_t const child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      rlimit const limit{room, room};
      signal(SIGXFSZ, SIG_IGN);
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(1);
      auto const done = kiosk.rekey();
      bool const left = std::filesystem::exists(kiosk.path / "kiosk.db.rekey");
      _exit(!done.ok() && done.error().code == "store.failed" && !left ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(kiosk.generation() == 1);
    kiosk.check_whole();
  }
}

TEST_CASE("slots that say an impossible generation are not counted on") {
  Kiosk kiosk(1);
  auto const slots = crypto::read_slots(test::file_content(kiosk.path / "slots")).value();
  test::put_file_content(kiosk.path / "slots", crypto::with_generation(slots, UINT32_MAX).value().file);
  CHECK(code(kiosk.rekey()) == "slots.damaged");
  test::put_file_content(kiosk.path / "slots", crypto::with_generation(slots, 0).value().file);
  CHECK(code(store::open_kiosk(kiosk.path, kiosk.secret)) == "kiosk.other_generation");
}
