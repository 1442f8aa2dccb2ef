// The power fails after every operation of a kiosk's day, and what comes up again is looked through.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <functional>
#include <thread>

#include "tests/faults/kiosk_day.h"
#include "tests/support/store_power_cut.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;
using test::PowerCut;

namespace {

// What the store had acknowledged when so many operations of the disk were done, and what it was about to do.
struct Moment {
  std::size_t operations;
  test::KioskContent content;
};

struct RecordedDay {
  test::KioskDay kiosk;
  test::Disk before;
  std::vector<test::DiskOperation> operations;
  std::vector<Moment> moments;

  RecordedDay(std::uint64_t seed, std::vector<test::Step> const& plan, store::Durability durability) : kiosk(seed) {
    before = kiosk.files();
    test::DiskVfs disk(before);
    // Eight pages: a rush and a pack are spilled to the log before they are committed.
    store::OpenOptions const options{.durability = durability, .cache_bytes = 8 * 4096, .base_vfs = disk.name()};
    moments.push_back({0, kiosk.acknowledged()});
    for (std::size_t done = 0; done < plan.size();) {
      // A start of the program now and then: the log goes into the database and is deleted, and a new one is made.
      auto store = store::KioskStore::open("/disk", kiosk.key(), options);
      if (!store.ok()) FAIL(base::describe(store.error()));
      for (std::size_t const end = std::min(plan.size(), done + plan.size() / 4 + 1); done < end; ++done) {
        must(kiosk.act(*store, plan[done]));
        moments.push_back({disk.operations().size(), kiosk.acknowledged()});
      }
    }
    operations = disk.operations();
  }
};

struct Findings {
  std::uint64_t images = 0, lost = 0, corrupt = 0, different = 0;
  std::string first;  // what was found first, in words

  void add(Findings const& other) {
    images += other.images;
    lost += other.lost;
    corrupt += other.corrupt;
    different += other.different;
    if (first.empty()) first = other.first;
  }
};

struct Sweep {
  std::vector<PowerCut> ways;
  std::uint64_t seed = 1;
  store::Durability durability = store::Durability::kFull;
  std::set<std::string> lying = {};
  std::size_t stride = 1;  // operations between two cuts
};

// One look at one image.
class Examiner {
 public:
  Examiner(RecordedDay const& day, Sweep const& sweep)
      : day_(day), durability_(sweep.durability), random_(base::seeded_random(sweep.seed)) {}

  // `promised`: the last moment that was acknowledged before the cut.
  void examine(test::Disk const& image, std::size_t promised) {
    ++found_.images;
    disk_.insert(image);
    std::size_t came = promised;
    {
      auto store = open();
      if (!store.ok()) return note(found_.corrupt, promised, base::describe(store.error()));
      if (!test::is_whole(store->database())) return note(found_.corrupt, promised, "integrity_check");
      if (!recognise(*store, promised, came)) return;
      if (!goes_on(*store)) return note(found_.corrupt, promised, "it takes no more records");
    }
    if (found_.images % 4 == 0) cut_again(image, came);
  }

  Findings const& findings() const { return found_; }

 private:
  base::Result<store::KioskStore> open() {
    return store::KioskStore::open("/disk", day_.kiosk.key(), {.durability = durability_, .base_vfs = disk_.name()});
  }

  void note(std::uint64_t& count, std::size_t promised, std::string const& what) {
    ++count;
    if (found_.first.empty()) found_.first = fmt::format("after step {}: {}", promised, what);
  }

  // The store must hold exactly what it held after the promised step, or after the one that was under way.
  bool recognise(store::KioskStore& store, std::size_t promised, std::size_t& came) {
    auto const& moments = day_.moments;
    std::string why;
    for (came = promised; came < std::min(promised + 2, moments.size()); ++came) {
      auto const difference = day_.kiosk.difference(store, moments[came].content);
      if (difference.empty()) return true;
      if (why.empty()) why = difference;
    }
    for (came = promised; came-- > 0;)
      if (day_.kiosk.difference(store, moments[came].content).empty()) {
        note(found_.lost, promised, fmt::format("as after step {}", came));
        return false;
      }
    // What the chain tells is not silent. (Where all records are as they were written, hashes too, it is whole.)
    auto const whole = store.check_chains();
    note(whole.ok() ? found_.different : found_.corrupt, promised, why);
    return false;
  }

  bool goes_on(store::KioskStore& store) {
    v1::Record record;
    record.mutable_check_in()->set_participant(1);
    auto const before = store.head();
    auto const stored = store.append({record}, day_.kiosk.clock);
    return stored.ok() && store.head().seq == before.seq + 1 && store.check_chain(before.seq).ok();
  }

  // The power fails a second time, while the first cut was being recovered from or right after one more record.
  void cut_again(test::Disk const& image, std::size_t came) {
    auto const operations = disk_.operations();
    auto const count = random_->below(operations.size() + 1);
    test::PowerCuts cuts(image, operations);
    cuts.advance_to(count);
    disk_.insert(cuts.cut(random_->below(2) ? PowerCut::kTears : PowerCut::kPicks, *random_));
    auto store = open();
    if (!store.ok()) return note(found_.corrupt, came, "cut again: " + base::describe(store.error()));
    auto const records = day_.moments[came].content.records;
    if (store->head().seq < records) return note(found_.lost, came, "cut again");
    if (store->head().seq > records + 1 || !store->check_chains().ok() || !test::is_whole(store->database()))
      note(found_.different, came, "cut again");
  }

  RecordedDay const& day_;
  store::Durability durability_;
  std::unique_ptr<base::Random> random_;
  test::DiskVfs disk_;
  Findings found_;
};

// Every `parts`th image, so that several threads share the work.
Findings sweep_part(RecordedDay const& day, Sweep sweep, std::size_t part, std::size_t parts) {
  test::PowerCuts cuts(day.before, day.operations, sweep.lying);
  auto random = base::seeded_random(sweep.seed + part);
  sweep.seed += 1000 + part;
  Examiner examiner(day, sweep);
  std::size_t promised = 0;
  for (std::size_t count = 0; count <= day.operations.size(); ++count) {
    if (count % sweep.stride != 0) continue;
    cuts.advance_to(count);
    while (promised + 1 < day.moments.size() && day.moments[promised + 1].operations <= count) ++promised;
    for (std::size_t way = 0; way < sweep.ways.size(); ++way)
      if ((count / sweep.stride + way) % parts == part) examiner.examine(cuts.cut(sweep.ways[way], *random), promised);
  }
  return examiner.findings();
}

Findings cut_power(RecordedDay const& day, Sweep const& sweep) {
  constexpr std::size_t kThreads = 2;
  std::array<Findings, kThreads> found;
  {
    std::vector<std::jthread> threads;
    for (std::size_t part = 0; part < kThreads; ++part)
      threads.emplace_back([&, part] { found[part] = sweep_part(day, sweep, part, kThreads); });
  }
  Findings all;
  for (auto const& part : found) all.add(part);
  return all;
}

std::vector<PowerCut> ways(std::size_t random_ones) {
  std::vector<PowerCut> all{PowerCut::kKeepsAll, PowerCut::kDropsAll};
  for (std::size_t i = 0; i < random_ones; ++i) all.insert(all.end(), {PowerCut::kPicks, PowerCut::kTears});
  return all;
}

std::string told(Findings const& found) {
  return fmt::format("{} images, {} lost, {} corrupt, {} different", found.images, found.lost, found.corrupt,
                     found.different);
}

}  // namespace

TEST_CASE("after a power cut at any moment of a day the store is as it was promised") {
  auto const began = std::chrono::steady_clock::now();
  RecordedDay const day(11, test::plan_day(11, test::is_long() ? 410 : 130), store::Durability::kFull);
  auto const found = cut_power(day, {ways(test::is_long() ? 6 : 2)});
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
  fmt::print("power loss: {}; {} operations, {:.0f} s\n", told(found), day.operations.size(), took.count());
  CAPTURE(found.first);
  CHECK(found.images > (test::is_long() ? 20'000U : 2'000U));
  CHECK(found.lost == 0);
  CHECK(found.corrupt == 0);
  CHECK(found.different == 0);
}

TEST_CASE("a kiosk that keeps room for records inside its files loses nothing either") {
  using Kind = test::Step::Kind;
  std::vector<test::Step> plan{{Kind::kAppend, 1}, {Kind::kRoom}};
  for (auto const& step : test::plan_day(14, 60)) {
    plan.push_back(step);
    if (plan.size() % 25 == 0) plan.push_back({Kind::kScrub});
  }
  RecordedDay const day(14, plan, store::Durability::kFull);
  auto const found = cut_power(day, {.ways = ways(1), .seed = 6, .stride = test::is_long() ? 5U : 31U});
  fmt::print("power loss, with room kept: {}; {} operations\n", told(found), day.operations.size());
  CAPTURE(found.first);
  CHECK(day.operations.size() > 2000);
  CHECK(found.lost == 0);
  CHECK(found.corrupt == 0);
  CHECK(found.different == 0);
}

TEST_CASE("a log that follows after a fork and a pack with its record are there whole or not at all") {
  RecordedDay const day(15, test::plan_forked_day(15, test::is_long() ? 150 : 50), store::Durability::kFull);
  auto const& end = day.moments.back().content;
  REQUIRE(end.closed.size() > 3);
  REQUIRE(end.pack_version > 3);
  auto const found = cut_power(day, {.ways = ways(test::is_long() ? 3 : 1), .seed = 7});
  fmt::print("power loss, with forks and packs: {}; {} operations, {} logs\n", told(found), day.operations.size(),
             end.closed.size() + 1);
  CAPTURE(found.first);
  CHECK(found.lost == 0);
  CHECK(found.corrupt == 0);
  CHECK(found.different == 0);
}

TEST_CASE("a pack whose record follows in a transaction of its own is found without it") {
  auto plan = test::plan_day(16, 40);
  for (auto& step : plan)
    if (step.kind == test::Step::Kind::kSetting) step = {test::Step::Kind::kPackApart, 6'000};
  RecordedDay const day(16, plan, store::Durability::kFull);
  auto const found = cut_power(day, {.ways = ways(1), .seed = 8});
  fmt::print("power loss, control with packs apart from their records: {}\n", told(found));
  CHECK(found.different > 0);
}

TEST_CASE("the same cuts find losses where commits are not synced") {
  RecordedDay const day(12, test::plan_day(12, 60), store::Durability::kNormal);
  auto const found = cut_power(day, {ways(1), 3, store::Durability::kNormal});
  fmt::print("power loss, control with synchronous=NORMAL: {}\n", told(found));
  CAPTURE(found.first);
  CHECK(found.lost > 0);
  CHECK(found.corrupt == 0);
  CHECK(found.different == 0);
}

TEST_CASE("a disk that lies about its syncs is found out by dropped and reordered and torn writes alike") {
  RecordedDay const day(13, test::plan_day(13, 60), store::Durability::kFull);
  for (auto const& [way, name] :
       {std::pair{PowerCut::kDropsAll, "dropped"}, {PowerCut::kPicks, "reordered"}, {PowerCut::kTears, "torn"}}) {
    for (auto const* file : {"kiosk.db", "kiosk.db-wal"}) {
      auto const found = cut_power(day, {{way}, 5, store::Durability::kFull, {file}});
      fmt::print("power loss, control with {} writes of a lying {}: {}\n", name, file, told(found));
      CHECK(found.lost + found.corrupt + found.different > found.images / 10);
    }
  }
}
