#include <atomic>
#include <new>
#include <thread>

#include "tests/sync/centre/every_store.h"

// What every store must do: units of work.
using namespace dga;
using namespace dga::centre;

TEST_CASE_TEMPLATE("a unit of work is kept whole, and one that fails leaves nothing", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) { return tables.settings.put_setting("kept", "1"); });
  auto const failed = at.store->write([](Tables& tables) -> base::Done {
    TRY_DO(tables.settings.put_setting("kept", "2"));
    TRY_DO(tables.settings.put_setting("lost", "1"));
    return base::refused("test.no", "the test changed its mind");
  });
  CHECK(failed.error().code == "test.no");
  at.reopen();
  at.read([](Tables& tables) -> base::Done {
    CHECK(tables.settings.setting("kept").value() == "1");
    CHECK_FALSE(tables.settings.setting("lost").value());
    return {};
  });
  CHECK(at.store->probe().ok());
}

TEST_CASE_TEMPLATE("a unit of work that throws leaves nothing, and the next one is served", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  auto const failed = at.store->write([](Tables& tables) -> base::Done {
    TRY_DO(tables.settings.put_setting("lost", "1"));
    throw std::bad_alloc();
  });
  CHECK(failed.error().code == "store.failed");
  at.write([](Tables& tables) { return tables.settings.put_setting("kept", "1"); });
  at.read([](Tables& tables) -> base::Done {
    CHECK(tables.settings.setting("kept").value());
    CHECK_FALSE(tables.settings.setting("lost").value());
    return {};
  });
}

TEST_CASE_TEMPLATE("units of work from many threads are all kept, and the ones that fail spoil no other", Maker,
                   EVERY_STORE) {
  Emptied<Maker> at;
  constexpr int kThreads = 8, kUnits = 25;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (int unit = 0; unit < kUnits; ++unit) {
        auto const name = std::to_string(thread) + "." + std::to_string(unit);
        auto const done = at.store->write([&](Tables& tables) -> base::Done {
          TRY_DO(tables.settings.put_setting(name, "x"));
          // Counted within the transaction: no unit may see half of another.
          TRY(auto const before, tables.settings.setting("count"));
          TRY_DO(tables.settings.put_setting("count", std::to_string(std::stoi(before.value_or("0")) + 1)));
          return unit % 5 == 4 ? base::Done(base::refused("test.no", "every fifth")) : base::Done();
        });
        refused += done.ok() ? 0 : 1;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(refused == kThreads * kUnits / 5);
  at.reopen();
  at.read([&](Tables& tables) -> base::Done {
    CHECK(tables.settings.setting("count").value() == std::to_string(kThreads * kUnits * 4 / 5));
    CHECK(tables.settings.setting("3.3").value());
    CHECK_FALSE(tables.settings.setting("3.4").value());
    return {};
  });
}
