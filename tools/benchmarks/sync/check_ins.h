#pragma once

#include <memory>
#include <vector>

#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "shared/crypto/sign.h"
#include "shared/records/record.pb.h"
#include "sync/agent/pinned.h"

namespace dga::benchmarks {

inline constexpr std::uint32_t kPeople = 1'000;  // of the class whose check-ins are made here

// The clock of a kiosk at a door: people come one after another, at random moments, on average six seconds apart.
// The wall's and the monotonic clock are read one after the other, so they now and then differ by a millisecond more.
class DoorClock final : public base::Clock {
 public:
  explicit DoorClock(std::uint64_t seed);
  std::int64_t wall_ms() const override { return wall_ms_ + late_; }
  std::uint64_t mono_ms() const override { return mono_ms_; }
  std::string boot_id() const override { return "6d1f0b2c-90a4-4b51-9d1b-3c8f4fd1e3a7"; }
  void next_person();
  // A check-in by badge of a person drawn from the class; without what a store adds.
  [[nodiscard]] v1::Record check_in(std::uint64_t class_id, std::uint64_t pack_version);

 private:
  std::unique_ptr<base::Random> random_;
  std::int64_t wall_ms_ = 1'731'372'900'000;  // 2024-11-12T07:55:00+07:00
  std::uint64_t mono_ms_ = 1'234'567;
  std::int64_t late_ = 0;
};

// A log of a device that is known at the centre, without a store: what the centre is to hold beforehand.
class BareLog {
 public:
  BareLog(base::DeviceId const& device, crypto::SigningKey const& signing, agent::Pinned const& pinned,
          std::uint64_t class_id, std::uint64_t seed);
  [[nodiscard]] base::LogId const& id() const { return log_; }
  // The next `count` records, sealed.
  [[nodiscard]] base::Bytes batch(std::uint32_t count);

 private:
  base::DeviceId device_;
  crypto::SigningKey const& signing_;
  agent::Pinned const& pinned_;
  std::uint64_t class_id_;
  std::unique_ptr<base::Random> random_;
  DoorClock door_;
  base::LogSalt salt_;
  base::LogId log_;
  base::Digest head_;
  std::uint64_t next_seq_ = 1;
};

}  // namespace dga::benchmarks
