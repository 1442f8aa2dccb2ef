// Every call to the disk fails once, or from then on for good, during a day of 50 records.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <map>

#include "tests/faults/kiosk_day.h"
#include "tests/support/store_power_cut.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::DiskTrouble;
using test::must;

namespace {

using Kind = test::Step::Kind;

struct Outcome {
  bool reached = false;             // the call that was to fail came
  std::map<std::string, int> told;  // codes of the errors, and how often
  int reopened = 0;                 // how often only a new start made the store go on
  std::string wrong;                // empty: nothing was lost, nothing is different, the store went on
};

class Run {
 public:
  Run(test::KioskDay kiosk, test::DiskFault const& fault) : kiosk_(std::move(kiosk)), disk_(kiosk_.files()) {
    // Pages leave the cache all the time, so that reads fail too.
    options_ = {.cache_bytes = 16 * 4096, .base_vfs = disk_.name()};
    disk_.fail(fault);
    for_good_ = fault.times == UINT64_MAX;
  }

  Outcome live() {
    auto const plan = test::plan_fifty(60'000);
    for (std::size_t i = 0; i < plan.size() && outcome_.wrong.empty(); ++i) {
      if (i == plan.size() / 2) store_.reset();  // the program is started anew
      do_step(plan[i]);
    }
    // The fault is gone: the store must go on, and all must be there.
    outcome_.reached = disk_.failed();
    disk_.mend();
    mended_ = true;
    if (outcome_.wrong.empty()) do_step({Kind::kAppend, 1});
    if (outcome_.wrong.empty()) expect(kiosk_.difference(*store_, kiosk_.acknowledged()), "in the same life");
    if (outcome_.wrong.empty() && !test::is_whole(store_->database())) outcome_.wrong = "integrity_check";
    check_crash(disk_.content(), "after a kill");
    auto random = base::seeded_random(1);
    test::PowerCuts cuts(kiosk_.files(), disk_.operations());
    cuts.advance_to(disk_.operations().size());
    check_crash(cuts.cut(test::PowerCut::kDropsAll, *random), "after a power cut");
    return std::move(outcome_);
  }

 private:
  void expect(std::string const& difference, std::string_view when) {
    if (!difference.empty() && outcome_.wrong.empty()) outcome_.wrong = fmt::format("{}: {}", when, difference);
  }
  void note(base::Error const& error) {
    ++outcome_.told[error.code];
    failures_.push_back(base::describe(error));
  }

  bool open() {
    if (store_) return true;
    auto opened = store::KioskStore::open("/disk", kiosk_.key(), options_);
    if (!opened.ok()) {
      note(opened.error());
      return false;
    }
    store_.emplace(std::move(opened).value());
    test::DiskVfs::Calm const calm(disk_);
    expect(kiosk_.settle(*store_), "after a new start");
    return true;
  }

  bool try_step(test::Step const& step) {
    if (!open()) return false;
    auto const done = kiosk_.act(*store_, step);
    if (done.ok()) return true;
    note(done.error());
    if (store_->head().seq != kiosk_.acknowledged().records ||
        store_->logs().size() != kiosk_.acknowledged().closed.size() + 1)
      outcome_.wrong = "a failed step moved the head";
    return false;
  }

  void do_step(test::Step const& step) {
    if (try_step(step) || !outcome_.wrong.empty()) return;
    if (store_) {
      test::DiskVfs::Calm const calm(disk_);
      expect(kiosk_.difference(*store_, kiosk_.acknowledged()), "after a failed step");
    }
    bool const still_failing = for_good_ && !mended_ && disk_.failed();
    if (still_failing || !outcome_.wrong.empty() || try_step(step)) return;
    if (store_) ++outcome_.reopened;
    store_.reset();
    if (!try_step(step)) outcome_.wrong = "it does not go on: " + failures_.back();
  }

  void check_crash(test::Disk const& image, std::string_view when) {
    if (!outcome_.wrong.empty()) return;
    test::DiskVfs disk(image);
    auto opened = store::KioskStore::open("/disk", kiosk_.key(), {.base_vfs = disk.name()});
    if (!opened.ok()) return expect(base::describe(opened.error()), when);
    expect(kiosk_.difference(*opened, kiosk_.acknowledged()), when);
    if (auto const whole = opened->check_chains(); !whole.ok()) expect(base::describe(whole.error()), when);
    if (!test::is_whole(opened->database())) expect("integrity_check", when);
  }

  test::KioskDay kiosk_;
  test::DiskVfs disk_;
  store::OpenOptions options_;
  bool for_good_ = false, mended_ = false;
  std::optional<store::KioskStore> store_;
  Outcome outcome_;
  std::vector<std::string> failures_;
};

struct Found {
  std::uint64_t points = 0, wrong = 0;
  int reopened = 0;
  std::map<std::string, int> told;
  std::string first;
};

Found try_every_call(test::DiskFault fault) {
  Found found;
  test::KioskDay const kiosk(41);
  for (fault.after = 0;; ++fault.after) {
    auto const outcome = Run(kiosk, fault).live();
    if (!outcome.reached && outcome.wrong.empty()) return found;
    ++found.points;
    found.reopened += outcome.reopened;
    for (auto const& [code, times] : outcome.told) found.told[code] += times;
    if (outcome.wrong.empty()) continue;
    ++found.wrong;
    if (found.first.empty()) found.first = fmt::format("call {}: {}", fault.after, outcome.wrong);
  }
}

std::string codes(std::map<std::string, int> const& told) {
  std::string all;
  for (auto const& [code, times] : told) all += fmt::format(" {} {}x", code, times);
  return all;
}

}  // namespace

TEST_CASE("every call to the disk that fails is told, loses nothing, and the store goes on") {
  struct Case {
    char const* name;
    unsigned calls;
    DiskTrouble trouble;
    char const* code;
  };
  for (auto const& [name, calls, trouble, code] :
       {Case{"an I/O error", test::kAllCalls, DiskTrouble::kError, "store.failed"},
        {"a short read", test::kReads, DiskTrouble::kShort, "store.failed"},
        {"a full disk", test::kChanges | test::kOpens, DiskTrouble::kFull, "store.full"}}) {
    for (std::uint64_t const times : {std::uint64_t{1}, UINT64_MAX}) {
      auto const began = std::chrono::steady_clock::now();
      auto const found = try_every_call({.calls = calls, .trouble = trouble, .times = times});
      std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
      fmt::print("{} {}: {} points, {} wrong, {} times only a new start helped; told:{}; {:.0f} s\n", name,
                 times == 1 ? "once" : "for good", found.points, found.wrong, found.reopened, codes(found.told),
                 took.count());
      CAPTURE(found.first);
      CHECK(found.points > 50);
      CHECK(found.wrong == 0);
      // Told as what it is, and as nothing else. A read that falls short once is simply read again.
      bool const is_tried_again = trouble == DiskTrouble::kShort && times == 1;
      CHECK(found.told.size() == (is_tried_again ? 0 : 1));
      CHECK(found.told.contains(code) != is_tried_again);
    }
  }
}

TEST_CASE("writes that a disk passes off as done are found out") {
  auto const found = try_every_call({.calls = test::kWrites, .trouble = DiskTrouble::kSilent, .times = 1});
  fmt::print("control, a write that was never done: {} points, {} wrong\n", found.points, found.wrong);
  CHECK(found.wrong > found.points / 2);
}
