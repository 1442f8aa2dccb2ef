#include "kiosk/app/store_thread.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "tests/kiosk/desk/small_class.h"

using namespace dga::desk_test;
using namespace dga;

namespace {

// What the thread said, waited for.
class Heard {
 public:
  app::StoreThread::Deliver deliver() {
    return [this](std::vector<flow::Event> events) {
      std::lock_guard lock(mutex_);
      for (auto& event : events) {
        if (auto* failed = std::get_if<flow::event::UnlockFailed>(&event)) codes_.push_back(failed->code);
        if (auto* kept = std::get_if<flow::event::LimitKept>(&event)) {
          limits_.push_back(kept->budget);
          limit_error_ = kept->error_code;
        }
        if (auto* told = std::get_if<flow::event::TimeTold>(&event)) told_.push_back(told->error_code);
      }
      more_.notify_all();
    };
  }
  std::vector<std::string> codes(std::size_t wanted) {
    std::unique_lock lock(mutex_);
    REQUIRE(more_.wait_for(lock, std::chrono::seconds(60), [&] { return codes_.size() >= wanted; }));
    return codes_;
  }
  std::vector<std::optional<flow::SyncView::Budget>> limits(std::size_t wanted) {
    std::unique_lock lock(mutex_);
    REQUIRE(more_.wait_for(lock, std::chrono::seconds(60), [&] { return limits_.size() >= wanted; }));
    return limits_;
  }
  // Of the last of them.
  std::string limit_error(std::size_t wanted) {
    static_cast<void>(limits(wanted));
    std::lock_guard lock(mutex_);
    return limit_error_;
  }
  std::vector<std::string> told(std::size_t wanted) {
    std::unique_lock lock(mutex_);
    REQUIRE(more_.wait_for(lock, std::chrono::seconds(60), [&] { return told_.size() >= wanted; }));
    return told_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<std::string> codes_, told_;
  std::vector<std::optional<flow::SyncView::Budget>> limits_;
  std::string limit_error_;
};

// An open kiosk with the small class, and its store's thread.
struct AtTheDoor {
  AtTheDoor() {
    make_kiosk(folder / "kiosk", small_pack(), clock);
    auto kiosk = app::Kiosk::open(folder / "kiosk", kPassphrase, clock);
    REQUIRE(kiosk.ok());
    thread.emplace(folder / "kiosk", std::move(kiosk).value(), clock, heard.deliver());
  }
  bool ask(app::Ask one) { return thread->ask(std::move(one)); }

  support::TemporaryFolder folder;
  DoorClock clock;
  Heard heard;
  std::optional<app::StoreThread> thread;
};

}  // namespace

TEST_CASE("a kiosk that is not enrolled says so as often as it is asked to unlock") {
  support::TemporaryFolder folder;
  DoorClock clock;
  auto random = base::seeded_random(1);
  constexpr char kWords[] = "eight or more";
  {
    auto const made = store::create_kiosk(folder / "kiosk", kWords, crypto::minimal_cost(), "0", clock, *random);
    REQUIRE(made.ok());
  }
  Heard heard;
  app::StoreThread thread(folder / "kiosk", nullptr, clock, heard.deliver());
  for (std::size_t times = 1; times <= 3; ++times) {
    REQUIRE(thread.ask(app::ask::Unlock{crypto::Passphrase(kWords)}));
    CHECK(heard.codes(times) == std::vector<std::string>(times, "kiosk.not_enrolled"));
  }
}

TEST_CASE("a limit on data is kept over restarts, told at each start, and taken away again") {
  support::TemporaryFolder folder;
  DoorClock clock;
  make_kiosk(folder / "kiosk", small_pack(), clock);
  auto const opened = [&] {
    auto kiosk = app::Kiosk::open(folder / "kiosk", kPassphrase, clock);
    REQUIRE(kiosk.ok());
    return std::move(kiosk).value();
  };
  {
    Heard heard;
    app::StoreThread thread(folder / "kiosk", opened(), clock, heard.deliver());
    CHECK_FALSE(heard.limits(1).back());
    REQUIRE(thread.ask(app::ask::LimitData{5'000'000}));
    auto const kept = heard.limits(2).back();
    REQUIRE(kept);
    CHECK(kept->most_bytes == 5'000'000);
  }
  Heard heard;
  app::StoreThread thread(folder / "kiosk", opened(), clock, heard.deliver());
  REQUIRE(heard.limits(1).back());
  CHECK(heard.limits(1).back()->most_bytes == 5'000'000);
  REQUIRE(thread.ask(app::ask::LimitData{}));
  CHECK_FALSE(heard.limits(2).back());
}

TEST_CASE_FIXTURE(AtTheDoor,
                  "a limit that the disk does not take is told with the reason, and the one that holds beside it") {
  REQUIRE(ask(app::ask::LimitData{5'000'000}));
  CHECK(heard.limit_error(2).empty());
  REQUIRE(ask(app::ask::Work{[](app::Kiosk* one) {
    auto refuse = one->store().database().prepare("PRAGMA query_only = 1");
    REQUIRE(refuse.ok());
    REQUIRE(refuse->step().ok());
  }}));
  REQUIRE(ask(app::ask::LimitData{1'000'000}));
  CHECK(heard.limit_error(3).starts_with("store."));
  REQUIRE(heard.limits(3).back());
  CHECK(heard.limits(3).back()->most_bytes == 5'000'000);
}

TEST_CASE_FIXTURE(AtTheDoor, "whether a session that the staff named is kept is told each time") {
  REQUIRE(ask(app::ask::TellTime{9, at_hour(8, 0), 2}));
  REQUIRE(ask(app::ask::TellTime{1, at_hour(8, 0), 2}));
  REQUIRE(ask(app::ask::BelieveClock{2}));
  CHECK(heard.told(3) == std::vector<std::string>{"session.unknown", "", ""});
}
