// Power cuts while a kiosk is being made, and one after another.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "shared/store/kiosk_files.h"
#include "tests/faults/kiosk_day.h"
#include "tests/support/store_power_cut.h"
#include "tests/support/store_sql.h"

using namespace dga;
using test::must;
using test::PowerCut;

TEST_CASE("a power cut while a kiosk is made leaves a whole kiosk or none") {
  test::KioskDay const kiosk(21);
  test::DiskVfs disk;
  store::OpenOptions const options{.base_vfs = disk.name()};
  must(store::make_kiosk_database(std::filesystem::path("/disk") / store::kUnfinishedDatabase, kiosk.key(),
                                  kiosk.identity(), "1", kiosk.clock, options));
  // What publish_kiosk() does to the folder.
  disk.rename(std::string(store::kUnfinishedDatabase), std::string(store::kKioskDatabase));
  disk.sync_folder();
  auto const operations = disk.operations();
  REQUIRE(operations.size() > 20);

  auto random = base::seeded_random(22);
  test::PowerCuts cuts({}, operations);
  int images = 0, whole = 0, none = 0;
  for (std::size_t count = 0; count <= operations.size(); ++count) {
    cuts.advance_to(count);
    for (int round = 0; round < (test::is_long() ? 40 : 8); ++round) {
      auto const how = round == 0   ? PowerCut::kKeepsAll
                       : round == 1 ? PowerCut::kDropsAll
                       : round % 2  ? PowerCut::kTears
                                    : PowerCut::kPicks;
      auto const image = cuts.cut(how, *random);
      ++images;
      if (!image.contains(std::string(store::kKioskDatabase))) {
        CHECK(count < operations.size());
        ++none;
        continue;
      }
      CAPTURE(count);
      CAPTURE(round);
      ++whole;
      disk.insert(image);
      auto store = store::KioskStore::open("/disk", kiosk.key(), options);
      if (!store.ok()) FAIL(base::describe(store.error()));
      CHECK(store->head().seq == 1);
      CHECK(test::is_whole(store->database()));
    }
  }
  fmt::print("power loss while a kiosk is made: {} images, {} with a whole kiosk, {} without\n", images, whole, none);
  CHECK(whole > 0);
  CHECK(none > 0);
}

TEST_CASE("power cuts one after another lose nothing and are not taken for damage") {
  // Each life starts from what the last cut left: torn tails, frames of earlier lives, a half-done checkpoint.
  for (std::uint64_t seed = 31; seed < (test::is_long() ? 41U : 32U); ++seed) {
    CAPTURE(seed);
    test::KioskDay kiosk(seed);
    auto random = base::seeded_random(seed);
    test::DiskVfs disk(kiosk.files());
    store::OpenOptions const options{.cache_bytes = 8 * 4096, .base_vfs = disk.name()};
    // What was promised before the cut, and what it would have been one step later.
    auto content = kiosk.acknowledged(), next = content;
    for (int life = 0; life < 150; ++life) {
      CAPTURE(life);
      auto const before = disk.content();
      disk.insert(before);
      std::vector<std::pair<std::size_t, test::KioskContent>> moments;
      {
        auto store = store::KioskStore::open("/disk", kiosk.key(), options);
        if (!store.ok()) FAIL(base::describe(store.error()));
        // What was promised is there as it was written; a step that was under way is there whole or not at all.
        auto difference = kiosk.difference(*store, content);
        if (!difference.empty()) difference = kiosk.difference(*store, next);
        REQUIRE(difference == "");
        must(store->check_chain(1));
        must(kiosk.adopt(*store));
        moments.push_back({0, kiosk.acknowledged()});
        for (auto const& step : test::plan_day(random->below(1'000'000), random->below(9))) {
          must(kiosk.act(*store, step));
          moments.push_back({disk.operations().size(), kiosk.acknowledged()});
        }
      }
      auto const operations = disk.operations();
      auto const count = random->below(operations.size() + 1);
      test::PowerCuts cuts(before, operations);
      cuts.advance_to(count);
      std::size_t promised = 0;
      while (promised + 1 < moments.size() && moments[promised + 1].first <= count) ++promised;
      content = moments[promised].second;
      next = moments[std::min(promised + 1, moments.size() - 1)].second;
      disk.insert(cuts.cut(random->below(2) ? PowerCut::kPicks : PowerCut::kTears, *random));
    }
    CHECK(content.records > 200);
  }
}
