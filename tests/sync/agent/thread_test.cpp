#include "sync/agent/thread.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using namespace std::chrono_literals;
using test_agent::Road;
using test_agent::World;

namespace {

// What a sync thread has reported, for a test that waits for something to be among it.
class Reports {
 public:
  void add(Progress const& progress) {
    {
      std::lock_guard const lock(mutex_);
      all_.push_back(progress);
    }
    added_.notify_all();
  }
  // The first report from `from` on that `wanted` holds for, and how many there were by then; fails after ten seconds.
  template <typename Wanted>
  std::size_t wait_for(std::size_t from, Wanted wanted) {
    std::unique_lock lock(mutex_);
    auto const found = [&] {
      for (std::size_t i = from; i < all_.size(); ++i)
        if (wanted(all_[i])) return i + 1;
      return std::size_t{0};
    };
    REQUIRE(added_.wait_for(lock, 10s, [&] { return found() != 0; }));
    return found();
  }
  std::size_t count() {
    std::lock_guard const lock(mutex_);
    return all_.size();
  }
  Progress at(std::size_t i) {
    std::lock_guard const lock(mutex_);
    return all_.at(i);
  }

 private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::vector<Progress> all_;
};

bool up_to_date(Progress const& progress) { return progress.phase == Progress::Phase::kUpToDate; }
bool waiting(Progress const& progress) { return progress.phase == Progress::Phase::kWaiting; }

}  // namespace

TEST_CASE("the sync thread sends what there is and says when nothing waits any more") {
  World world;
  world.outbox.add_many(3, 20);
  Reports reports;
  SyncThread sync(world.parts(), [&](Progress const& progress) { reports.add(progress); });
  std::jthread thread([&](std::stop_token stop) { sync.run(stop); });
  auto const last = reports.at(reports.wait_for(0, up_to_date) - 1);
  thread.request_stop();
  thread.join();
  CHECK(world.all_arrived());
  CHECK(last.waiting == 0);
  CHECK(last.received_through == 3);
  CHECK(last.round_trip_ms == 20);
  CHECK(last.problem.empty());
  CHECK(reports.at(0).phase == Progress::Phase::kSending);
}

TEST_CASE("a problem is reported with the time of the next try and a person may have it sooner") {
  World world;
  world.outbox.add_many(3, 20);
  {
    test_agent::PretendCentre::Fate fate;
    fate.instead = Reply{503, "", "", 3600s};
    world.centre.next(Road::kHead, fate);
  }
  Reports reports;
  SyncThread sync(world.parts(), [&](Progress const& progress) { reports.add(progress); });
  std::jthread thread([&](std::stop_token stop) { sync.run(stop); });
  auto const count = reports.wait_for(0, waiting);
  auto const report = reports.at(count - 1);
  CHECK(report.problem == "sync.busy");
  CHECK(report.fault == base::Fault::kUnreachable);
  CHECK(report.waiting == 3);
  REQUIRE(report.next_try_ms.has_value());
  CHECK(*report.next_try_ms >= 3'600'000);
  sync.nudge(SyncThread::Nudge::kAsked);
  reports.wait_for(count, up_to_date);
  thread.request_stop();
  thread.join();
  CHECK(world.all_arrived());
}

TEST_CASE("what is recorded while a try is waited for is counted and tried no sooner") {
  World world;
  {
    test_agent::PretendCentre::Fate fate;
    fate.instead = Reply{503, "", "", 3600s};
    world.centre.next(Road::kHead, fate);
  }
  Reports reports;
  std::atomic<bool> added = false;
  SyncThread sync(world.parts(), [&](Progress const& progress) {
    if (waiting(progress) && !added.exchange(true)) world.outbox.add_many(2, 20);
    reports.add(progress);
  });
  std::jthread thread([&](std::stop_token stop) { sync.run(stop); });
  auto const count = reports.wait_for(0, waiting);
  sync.nudge(SyncThread::Nudge::kRecorded);
  reports.wait_for(count, [](Progress const& progress) { return waiting(progress) && progress.waiting == 2; });
  thread.request_stop();
  thread.join();
  CHECK(world.centre.order.size() == 1);
}

TEST_CASE("a nudge wakes a thread that has nothing to do") {
  World world;
  Reports reports;
  // Records are added on the sync thread itself, as the store's own thread would between two steps.
  std::atomic<bool> add = false;
  SyncThread sync(world.parts(), [&](Progress const& progress) {
    if (up_to_date(progress) && !add.exchange(true)) world.outbox.add_many(2, 20);
    reports.add(progress);
  });
  std::jthread thread([&](std::stop_token stop) { sync.run(stop); });
  auto const count = reports.wait_for(0, up_to_date);
  sync.nudge(SyncThread::Nudge::kRecorded);
  reports.wait_for(count,
                   [](Progress const& progress) { return up_to_date(progress) && progress.received_through == 2; });
  thread.request_stop();
  thread.join();
  CHECK(world.all_arrived());
}

TEST_CASE("a stop ends a sync thread that waits") {
  World world;
  Reports reports;
  SyncThread sync(world.parts(), [&](Progress const& progress) { reports.add(progress); });
  std::jthread thread([&](std::stop_token stop) { sync.run(stop); });
  reports.wait_for(0, up_to_date);
  thread.request_stop();
  thread.join();
  CHECK(reports.count() >= 1);
}
