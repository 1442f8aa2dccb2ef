#pragma once

#include <cstdint>
#include <string>

#include "shared/base/random.h"
#include "shared/store/kiosk_store.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "tests/support/store_scratch.h"

// What make.cpp writes into a golden kiosk and a golden centre, and golden_test.cpp expects to find. Changing any of it
// makes the files in the folders beside this one unreadable to the tests: they stay as they are.
namespace dga::golden {

inline constexpr std::uint64_t kSeed = 7;
inline constexpr std::uint64_t kPackVersion = 12;
inline constexpr std::int64_t kWallMs = 1'731'373'500'000;
inline constexpr std::size_t kRecords = 141;  // LogOpened, 100 check-ins, 20 time samples, 20 long answers
inline constexpr std::size_t kErased = 10;    // of them
inline constexpr char kOutboundBatch[] = "a sealed batch, as it was";

inline crypto::Key32 kiosk_key() { return test::store_key('g'); }
inline crypto::Key32 centre_key() { return test::store_key('c'); }

inline store::LogIdentity identity() {
  auto const random = base::seeded_random(kSeed);
  store::LogIdentity made;
  made.device = random->draw<base::DeviceId>();
  made.salt = random->draw<base::LogSalt>();
  made.log = crypto::log_id(made.device, made.salt);
  return made;
}

inline test::StoreClock clock() {
  test::StoreClock clock;
  clock.wall = kWallMs;
  clock.mono = 60'000;
  clock.boot = "golden-boot";
  return clock;
}

// The drafts after record 1, in their order; every 12th transaction is long enough for overflow pages.
inline std::vector<v1::Record> drafts() {
  std::vector<v1::Record> all;
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto& check_in = all.emplace_back();
    check_in.set_class_id(1);
    check_in.mutable_check_in()->set_participant(100 + i);
    check_in.mutable_check_in()->set_session(1 + static_cast<std::uint32_t>(i % 6));
    check_in.mutable_check_in()->set_method(i % 3 == 0 ? v1::NAME : v1::BADGE);
    if (i % 5 == 0) all.emplace_back().mutable_time_sample()->set_centre_ms(kWallMs + static_cast<std::int64_t>(i));
    if (i % 5 == 1) {
      auto& answers = *all.emplace_back().mutable_self_assessment();
      answers.set_participant(100 + i);
      answers.set_form_id("before");
      for (int question = 0; question < (i % 15 == 1 ? 40 : 3); ++question) {
        auto& answer = *answers.add_answers();
        answer.set_question("q" + std::to_string(question));
        answer.set_text(std::string(150, static_cast<char>('a' + question % 26)));
      }
    }
  }
  return all;
}

inline store::SyncState sync_state() { return {100, 90, 1'731'000'000, 0, 2, false, kWallMs + 5}; }
inline base::Bytes pack() {
  base::Bytes octets(5000, '\0');
  base::seeded_random(kSeed + 1)->fill(octets.data(), octets.size());
  return octets;
}

}  // namespace dga::golden
