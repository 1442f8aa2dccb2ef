#pragma once

#include <filesystem>
#include <vector>

#include "shared/base/clock.h"
#include "shared/records/pack.pb.h"
#include "shared/store/kiosk_store.h"
#include "tests/fuzz/parties.h"

namespace dga::fuzz {

// Time stands still in the middle of the small class's first session.
class StandingClock final : public base::Clock {
 public:
  static constexpr std::int64_t kNow = 1'731'373'500'000;  // 2024-11-12T01:05:00Z
  explicit StandingClock(std::int64_t wall_ms = kNow) : wall_ms_(wall_ms) {}
  [[nodiscard]] std::int64_t wall_ms() const override { return wall_ms_; }
  [[nodiscard]] std::uint64_t mono_ms() const override { return 60'000; }
  [[nodiscard]] std::string boot_id() const override { return "the only boot"; }

 private:
  std::int64_t wall_ms_;
};

// Three people, two sessions, generated.
[[nodiscard]] v1::ClassPack small_pack();
// One record of every kind that a kiosk writes.
[[nodiscard]] std::vector<v1::Record> every_kind();

// A kiosk's database with every_kind() in its log, a pack, settings and a batch under way.
struct MadeKiosk {
  base::Bytes database;  // kiosk.db, sealed under known_key('d')
  std::vector<store::StoredRecord> log;
};
[[nodiscard]] MadeKiosk const& made_kiosk();

// Opens what stands in the folder, if it opens, and does what a kiosk does with it: everything is read, a record
// appended, the log moved into the database.
void use(std::filesystem::path const& folder);

}  // namespace dga::fuzz
