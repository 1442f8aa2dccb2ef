// Memory runs out at every allocation of a day of 50 records, SQLite's and ours, once and for good.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <new>

#include "tests/faults/kiosk_day.h"
#include "tests/faults/shortage.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::Armed;
using test::must;
using test::shortage;
using test::take_over_sqlite;

namespace {

using Kind = test::Step::Kind;

class Run {
 public:
  explicit Run(test::KioskDay kiosk) : kiosk_(std::move(kiosk)) {
    for (auto const& [name, content] : kiosk_.files()) test::put_file_content(scratch_ / name, content);
  }

  // What went wrong; empty when nothing was lost, every failure was told, and the store went on.
  std::string live() {
    auto const plan = test::plan_fifty(20'000);
    for (std::size_t i = 0; i < plan.size() && wrong_.empty(); ++i) {
      if (i == plan.size() / 2) close();  // the program is started anew
      do_step(plan[i]);
    }
    if (wrong_.empty() && store_) read_all();
    // Memory is there again.
    shortage.times = 0;
    if (wrong_.empty()) do_step({Kind::kAppend, 1});
    if (wrong_.empty()) expect(kiosk_.difference(*store_, kiosk_.acknowledged()), "in the same life");
    test::StoreScratch crashed;
    test::copy_database(scratch_ / "kiosk.db", crashed / "kiosk.db");
    close();
    for (auto const* folder : {&crashed, &scratch_}) {
      if (!wrong_.empty()) break;
      auto opened = store::KioskStore::open(folder->path(), kiosk_.key());
      if (!opened.ok()) return base::describe(opened.error());
      expect(kiosk_.difference(*opened, kiosk_.acknowledged()), folder == &crashed ? "after a kill" : "at the end");
      if (auto const whole = opened->check_chains(); !whole.ok()) expect(base::describe(whole.error()), "the chain");
      if (!test::is_whole(opened->database())) expect("integrity_check", "at the end");
    }
    return wrong_;
  }
  std::map<std::string, int> const& told() const { return told_; }

 private:
  void expect(std::string const& difference, std::string_view when) {
    if (!difference.empty() && wrong_.empty()) wrong_ = fmt::format("{}: {}", when, difference);
  }
  void note(base::Error const& error) {
    ++told_[error.code];
    last_ = base::describe(error);
    if (error.next.empty() || error.what.empty()) wrong_ = "an error without words";
  }
  void close() {
    Armed const armed;
    store_.reset();
  }

  bool open() {
    if (store_) return true;
    {
      auto const folder = scratch_.path();
      auto const key = kiosk_.key();
      Armed const armed;
      auto opened = store::KioskStore::open(folder, key, options_);
      shortage.armed = false;
      if (!opened.ok()) {
        note(opened.error());
        return false;
      }
      store_.emplace(std::move(opened).value());
    }
    expect(kiosk_.settle(*store_), "after a new start");
    return true;
  }

  bool try_step(test::Step const& step) {
    if (!open()) return false;
    base::Done done;
    try {
      kiosk_.before_call = [] { shortage.armed = true; };
      kiosk_.after_call = [] { shortage.armed = false; };
      done = kiosk_.act(*store_, step);
    } catch (std::bad_alloc const&) {
      shortage.armed = false;
      wrong_ = "an exception left the store";
      return false;
    }
    if (done.ok()) return true;
    note(done.error());
    if (store_->head().seq != kiosk_.acknowledged().records ||
        store_->logs().size() != kiosk_.acknowledged().closed.size() + 1)
      wrong_ = "a failed step moved the head";
    return false;
  }

  void do_step(test::Step const& step) {
    if (try_step(step) || !wrong_.empty()) return;
    if (store_) expect(kiosk_.difference(*store_, kiosk_.acknowledged()), "after a failed step");
    bool const still_failing = shortage.times != 0;
    if (still_failing || !wrong_.empty() || try_step(step)) return;
    wrong_ = "it does not go on: " + last_;
  }

  void read_all() {
    std::function<base::Result<bool>(store::StoredRecord const&)> const each = [](auto const&) { return true; };
    Armed const armed;
    auto const replayed = store_->replay(1, each);
    auto const checked = store_->check_chain(1);
    shortage.armed = false;
    for (auto const* done : {&replayed, &checked})
      if (!done->ok()) note(done->error());
  }

  test::KioskDay kiosk_;
  test::StoreScratch scratch_;
  store::OpenOptions const options_{.cache_bytes = 32 * 4096};
  std::optional<store::KioskStore> store_;
  std::map<std::string, int> told_;
  std::string wrong_, last_;
};

struct Found {
  std::uint64_t points = 0, wrong = 0;
  std::map<std::string, int> told;
  std::string first;
};

Found try_every(std::uint64_t times, std::uint64_t stride) {
  Found found;
  test::KioskDay const kiosk(51);
  for (std::uint64_t after = 0;; after += stride) {
    shortage = {.after = after, .times = times};
    Run run(kiosk);
    auto const wrong = run.live();
    bool const struck = shortage.struck;
    shortage = {};
    if (!struck) return found;
    ++found.points;
    for (auto const& [code, count] : run.told()) found.told[code] += count;
    if (wrong.empty()) continue;
    ++found.wrong;
    if (found.first.empty()) found.first = fmt::format("allocation {}: {}", after, wrong);
  }
}

}  // namespace

TEST_CASE("a shortage strikes SQLite's allocations and ours, one by one") {
  take_over_sqlite();
  shortage = {.after = 1, .times = 2};
  void *first = nullptr, *second = nullptr, *third = nullptr;
  bool thrown = false;
  {
    Armed const armed;
    first = sqlite3_malloc(10);
    second = sqlite3_malloc(10);
    try {
      ::operator delete(::operator new(10));
    } catch (std::bad_alloc const&) {
      thrown = true;
    }
    third = sqlite3_malloc(10);
  }
  CHECK(first != nullptr);
  CHECK(second == nullptr);
  CHECK(thrown);
  CHECK(third != nullptr);
  for (auto* memory : {first, third}) sqlite3_free(memory);
  shortage = {};
}

TEST_CASE("every allocation that fails is told as no memory, loses nothing, and the store goes on") {
  take_over_sqlite();
  for (std::uint64_t const times : {std::uint64_t{1}, UINT64_MAX}) {
    auto const began = std::chrono::steady_clock::now();
    auto const found = try_every(times, test::is_long() ? 1 : 7);
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
    std::string told;
    for (auto const& [code, count] : found.told) told += fmt::format(" {} {}x", code, count);
    fmt::print("no memory {}: {} points, {} wrong; told:{}; {:.0f} s\n", times == 1 ? "once" : "for good", found.points,
               found.wrong, told, took.count());
    CAPTURE(found.first);
    CHECK(found.points > 100);
    CHECK(found.wrong == 0);
    CHECK(found.told.size() == 1);
    CHECK(found.told.contains("store.no_memory"));
  }
}
