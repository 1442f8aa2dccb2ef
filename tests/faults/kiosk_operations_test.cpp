// What the recorded day doesn't do: making a kiosk, opening it, its keys, rekey, its room, wiping, reading, check and
// salvage. Memory runs out at every allocation, and every system call on files fails: each operation then says so, has
// changed nothing or all, and works when asked again.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <new>

#include "shared/store/kiosk_folder.h"
#include "shared/store/kiosk_rekey.h"
#include "shared/store/kiosk_slots.h"
#include "shared/store/kiosk_space.h"
#include "shared/store/memory.h"
#include "shared/store/salvage/check.h"
#include "shared/store/salvage/kiosk.h"
#include "shared/store/salvage/log_image.h"
#include "shared/store/salvage/rebuild.h"
#include "tests/faults/kiosk_day.h"
#include "tests/faults/shortage.h"
#include "tests/faults/system_calls.h"
#include "tests/support/store_sql.h"

using namespace dga;
using base::Done;
using store::KioskStore;
using test::calmly;
using test::must;
using test::shortage;
using test::system_trouble;

namespace {

constexpr char kPassphrase[] = "a passphrase for a test";
constexpr std::int64_t kDay = 86'400'000;
using Files = std::map<std::string, std::string>;

Files files_of(std::filesystem::path const& folder) {
  Files files;
  for (auto const& entry : std::filesystem::directory_iterator(folder))
    files[entry.path().filename()] = test::file_content(entry.path());
  return files;
}

// A kiosk's folder, whole and closed, and one whose rekey was interrupted when the slots were just written.
struct Made {
  Files kiosk, half_rekeyed;
  std::uint64_t head = 0;
};
Made make() {
  Made made;
  test::StoreScratch scratch;
  auto const folder = scratch / "kiosk";
  test::StoreClock clock;
  auto random = base::seeded_random(9);
  {
    auto kiosk = store::create_kiosk(folder, kPassphrase, crypto::minimal_cost(), "1.2.3", clock, *random);
    if (!kiosk.ok()) FAIL(base::describe(kiosk.error()));
    auto& its = kiosk->store;
    for (int day = 0; day < 3; ++day) {
      std::vector<v1::Record> drafts(12);
      for (auto& draft : drafts) draft.mutable_walk_in()->set_name(std::string(300, 'n'));
      auto& sample = *drafts.back().mutable_time_sample();
      sample.set_boot(1);
      sample.set_mono_sent(clock.mono);
      sample.set_mono_received(clock.mono);
      sample.set_centre_ms(clock.wall + day * 40 * kDay);
      REQUIRE(its.append(drafts, clock).ok());
    }
    must(its.put_sync_state({.received_through = 30, .durable_through = 30}));
    must(its.keep_pack(3, std::string(9'000, 'p')));
    must(its.put_setting("kiosk.name", "Door A"));
    must(its.keep_outbound({31, 4, std::string(2'000, 'o')}));
    made.head = its.head().seq;
  }
  made.kiosk = files_of(folder);
  auto const keep = [&](store::RekeyStep step) {
    if (step == store::RekeyStep::kSlotsWritten) made.half_rekeyed = files_of(folder);
  };
  REQUIRE(store::rekey_kiosk(folder, crypto::Passphrase(kPassphrase), keep).ok());
  return made;
}

// One try of one operation.
struct Scene {
  test::StoreScratch scratch;
  std::filesystem::path folder = scratch / "kiosk", other = scratch / "other";
  test::StoreClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(4);
  crypto::BoxKey recovery = crypto::BoxKey::from_seed(test::store_key('r'));
  crypto::SlotSecret secret = crypto::Passphrase(kPassphrase);
  std::optional<store::OpenKiosk> kiosk;  // where the operation is one of an open kiosk
  KioskStore& store() { return kiosk->store; }
};

struct Operation {
  std::string name;
  enum class On { kOpen, kClosed, kHalfRekeyed } on;
  std::function<Done(Scene&)> work;
};

template <typename T>
Done done_of(base::Result<T> const& result) {
  if (!result.ok()) return result.error();
  return {};
}

Done salvage_all(Scene& scene) try {
  TRY(auto const held, salvage::hold_kiosk(scene.folder, scene.secret));
  TRY(auto const report, salvage::check_kiosk(held.files, held.key));
  if (!report.whole()) return base::damaged("test.not_whole", "the check found damage where there is none");
  // What these give has no room for an error: they throw, and whoever salvages begins again.
  sodium_vfs::Inspector const inspector(held.key);
  auto const log = salvage::read_log(held.files.log.get(), inspector);
  auto const found = salvage::find_records(salvage::PageVersions(held.files, inspector, log));
  return done_of(salvage::rebuild_kiosk(held, found, scene.other));
} catch (std::bad_alloc const&) {
  return store::no_memory();
}

std::vector<Operation> operations() {
  using On = Operation::On;
  auto const skip = [](store::StoredRecord const&) -> base::Result<bool> { return true; };
  return {
      {"create", On::kClosed,
       [](Scene& s) {
         return done_of(store::create_kiosk(s.other, kPassphrase, crypto::minimal_cost(), "1.2.3", s.clock, *s.random));
       }},
      {"open", On::kClosed, [](Scene& s) { return done_of(store::open_kiosk(s.folder, s.secret)); }},
      {"open after an interrupted rekey", On::kHalfRekeyed,
       [](Scene& s) { return done_of(store::open_kiosk(s.folder, s.secret)); }},
      {"rekey", On::kClosed, [](Scene& s) { return done_of(store::rekey_kiosk(s.folder, s.secret)); }},
      {"passphrase", On::kClosed,
       [](Scene& s) {
         return store::change_passphrase(s.folder, s.secret, kPassphrase, crypto::minimal_cost(), *s.random);
       }},
      {"credential", On::kClosed,
       [](Scene& s) -> Done {
         TRY(auto const credential, crypto::Credential::from("a credential of more than thirty-two octets"));
         return store::add_credential(s.folder, s.secret, credential, *s.random);
       }},
      {"recovery key", On::kClosed,
       [](Scene& s) { return store::add_recovery_key(s.folder, s.secret, s.recovery.public_key()); }},
      {"check and salvage", On::kClosed, salvage_all},
      {"wipe", On::kOpen, [](Scene& s) { return done_of(s.store().wipe(std::nullopt, s.clock)); }},
      {"scrub", On::kOpen,
       [](Scene& s) -> Done {
         TRY_DO(s.store().wipe(std::nullopt, s.clock));
         return s.store().scrub_log();
       }},
      {"make room", On::kOpen, [](Scene& s) { return s.store().make_room(); }},
      {"tend the room", On::kOpen,
       [](Scene& s) -> Done {
         auto keeper = calmly([&] { return store::SpaceKeeper(s.store(), s.folder, store::system_disk_space()); });
         TRY_DO(keeper.look());
         TRY_DO(keeper.tend());
         return done_of(keeper.look());
       }},
      {"read the times", On::kOpen,
       [](Scene& s) -> Done {
         TRY_DO(s.store().centre_time_ms(s.clock));
         TRY_DO(s.store().wiped_at_ms());
         return done_of(s.store().last_stamp());
       }},
      {"read the log", On::kOpen,
       [skip](Scene& s) -> Done {
         TRY_DO(s.store().hash_at(5));
         TRY_DO(s.store().replay(1, skip));
         return s.store().check_chain(1);
       }},
      {"read the rest", On::kOpen,
       [](Scene& s) -> Done {
         TRY_DO(s.store().waiting());
         TRY_DO(s.store().sync_state());
         TRY_DO(s.store().outbound());
         TRY_DO(s.store().pack());
         TRY_DO(s.store().pack_version());
         return done_of(s.store().setting("kiosk.name"));
       }},
      {"write", On::kOpen,
       [](Scene& s) -> Done {
         auto const batch = calmly([] { return store::Outbound{33, 2, std::string(9'000, 'o')}; });
         auto const long_text = calmly([] { return std::string(20'000, 'q'); });
         TRY(auto state, s.store().sync_state());
         state.received_through = 36;
         TRY_DO(s.store().put_sync_state(state));
         TRY_DO(s.store().keep_outbound(batch));
         TRY_DO(s.store().drop_outbound());
         TRY_DO(s.store().put_setting("kiosk.name", long_text));
         TRY(auto const version, s.store().pack_version());
         return s.store().keep_pack(version + 1, long_text);
       }},
      {"append", On::kOpen,
       [](Scene& s) -> Done {
         auto drafts = calmly([&] {
           s.clock.boot = "another boot";
           std::vector<v1::Record> made(3);
           for (auto& draft : made) draft.mutable_check_in()->set_participant(7);
           return made;
         });
         return done_of(
             s.store().append(std::move(drafts), s.clock, [&s] { return s.store().put_setting("with", "it"); }));
       }},
      {"open a child log", On::kOpen,
       [](Scene& s) {
         return s.store().open_child({}, "1.2.3", s.clock, [&s] { return s.store().put_setting("with", "it"); });
       }},
      {"apply a pack", On::kOpen,
       [](Scene& s) -> Done {
         auto const pack = calmly([] { return std::string(30'000, 'q'); });
         auto drafts = calmly([] {
           std::vector<v1::Record> made(1);
           made[0].mutable_kiosk_event()->set_kind(v1::KioskEvent::PACK_APPLIED);
           return made;
         });
         return done_of(s.store().append(std::move(drafts), s.clock, [&] { return s.store().keep_pack(8, pack); }));
       }},
  };
}

// What fails while the operation is at work.
struct Fault {
  enum class Of { kNothing, kMemory, kSystemCalls } of = Of::kNothing;
  std::uint64_t after = 0, times = 0;
};

struct Tried {
  bool struck = false;
  std::string wrong;
};

// The operation once; what became of it, looked at when all is well again.
Tried try_once(Operation const& operation, Made const& made, Fault const& fault) {
  Scene scene;
  std::filesystem::create_directory(scene.folder);
  auto const& files = operation.on == Operation::On::kHalfRekeyed ? made.half_rekeyed : made.kiosk;
  for (auto const& [name, content] : files) test::put_file_content(scene.folder / name, content);
  auto const open = [&]() -> Done {
    TRY(auto kiosk, store::open_kiosk(scene.folder, scene.secret));
    scene.kiosk.emplace(std::move(kiosk));
    return {};
  };
  if (operation.on == Operation::On::kOpen) must(open());

  if (fault.of == Fault::Of::kMemory) shortage = {.after = fault.after, .times = fault.times};
  if (fault.of == Fault::Of::kSystemCalls) system_trouble = {.armed = true, .after = fault.after, .times = fault.times};
  Done done;
  bool thrown = false;
  try {
    test::Armed const armed;
    done = operation.work(scene);
  } catch (std::bad_alloc const&) {
    thrown = true;
  }
  Tried tried{shortage.struck || system_trouble.struck, {}};
  shortage = {};
  system_trouble = {};
  if (thrown) return {true, "an exception left the store"};
  if (!done.ok() && (done.error().code.empty() || done.error().what.empty())) tried.wrong = "an error without words";
  if (!done.ok() && !tried.struck) tried.wrong = base::describe(done.error());
  if (!tried.struck || !tried.wrong.empty()) return tried;

  if (!done.ok()) {
    auto const again = operation.work(scene);
    // Of a creation that could not even be undone it is said that there is one.
    bool const is_there = !again.ok() && again.error().code == "kiosk.exists" && fault.times == UINT64_MAX;
    if (!again.ok() && !is_there) return {true, "asked again: " + base::describe(again.error())};
  }
  scene.kiosk.reset();
  if (auto const opened = open(); !opened.ok()) return {true, "afterwards: " + base::describe(opened.error())};
  // A child log begins anew beside the log that it follows.
  if (scene.store().logs().front().head.seq < made.head) return {true, "records are gone"};
  auto const version = scene.store().pack_version();
  if (!version.ok() || (operation.name == "apply a pack" && (*version == 8) != (scene.store().head().seq > made.head)))
    return {true, "a pack without its record, or a record without its pack"};
  if (auto const chain = scene.store().check_chains(); !chain.ok()) return {true, base::describe(chain.error())};
  if (!test::is_whole(scene.store().database())) return {true, "integrity_check"};
  return tried;
}

// Every operation, failing at each point of a short one; of a long one at so many that all of its parts are met.
std::uint64_t try_all(Fault::Of of) {
  test::take_over_sqlite();
  auto const made = make();
  REQUIRE_FALSE(made.half_rekeyed.empty());
  std::uint64_t points = 0;
  for (auto const& operation : operations()) {
    CAPTURE(operation.name);
    auto const calm = try_once(operation, made, {});
    REQUIRE_MESSAGE(calm.wrong.empty(), calm.wrong);
    constexpr std::uint64_t kPoints = 100;
    std::uint64_t stride = 1, struck = 0;
    for (std::uint64_t after = 0;; after += stride) {
      CAPTURE(after);
      auto const tried = try_once(operation, made, {of, after, struck % 3 == 2 ? UINT64_MAX : 1});
      if (!tried.wrong.empty()) FAIL_CHECK(tried.wrong);
      if (!tried.struck) break;
      if (++struck % kPoints == 0 && !test::is_long()) stride *= 2;
    }
    points += struck;
  }
  return points;
}

}  // namespace

TEST_CASE("whatever is asked of a kiosk's store, no memory is told, nothing is lost, and it can be asked again") {
  auto const points = try_all(Fault::Of::kMemory);
  CHECK(points > 1'000);
  MESSAGE("no memory at ", points, " points");
}

TEST_CASE("whatever system call on a kiosk's files fails, it is told, nothing is lost, and it can be asked again") {
  auto const points = try_all(Fault::Of::kSystemCalls);
  CHECK(points > 100);
  MESSAGE("a system call failed at ", points, " points");
}
