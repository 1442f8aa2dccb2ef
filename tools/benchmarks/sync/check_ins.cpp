#include "tools/benchmarks/sync/check_ins.h"

#include <cmath>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "sync/protocol/batch.h"
#include "tools/benchmarks/must.h"

namespace dga::benchmarks {
namespace {

constexpr double kMeanGapMs = 6'000;

// In (0, 1].
double unit(base::Random& random) {
  constexpr std::uint64_t kSteps = std::uint64_t{1} << 53;
  return static_cast<double>(random.below(kSteps) + 1) / static_cast<double>(kSteps);
}

}  // namespace

DoorClock::DoorClock(std::uint64_t seed) : random_(base::seeded_random(seed)) { next_person(); }

void DoorClock::next_person() {
  auto const gap = static_cast<std::int64_t>(-kMeanGapMs * std::log(unit(*random_)));
  wall_ms_ += gap;
  mono_ms_ += static_cast<std::uint64_t>(gap);
  late_ = random_->below(20) == 0 ? 1 : 0;
}

v1::Record DoorClock::check_in(std::uint64_t class_id, std::uint64_t pack_version) {
  v1::Record record;
  record.set_class_id(class_id);
  record.set_pack_version(pack_version);
  record.mutable_check_in()->set_participant(1 + random_->below(kPeople));
  record.mutable_check_in()->set_session(1);
  record.mutable_check_in()->set_method(v1::BADGE);
  return record;
}

BareLog::BareLog(base::DeviceId const& device, crypto::SigningKey const& signing, agent::Pinned const& pinned,
                 std::uint64_t class_id, std::uint64_t seed)
    : device_(device),
      signing_(signing),
      pinned_(pinned),
      class_id_(class_id),
      random_(base::seeded_random(seed)),
      door_(seed + 1),
      salt_(random_->draw<base::LogSalt>()),
      log_(crypto::log_id(device, salt_)),
      head_(crypto::chain_start(log_)) {}

base::Bytes BareLog::batch(std::uint32_t count) {
  protocol::Stretch stretch{device_, log_, salt_, next_seq_, {}, {}, head_, {}, 0, {}};
  for (std::uint32_t i = 0; i < count; ++i, ++next_seq_) {
    auto record = door_.check_in(class_id_, 1'731'300'000'000);
    if (next_seq_ == 1) {
      record.Clear();
      record.mutable_log_opened()->set_device_id(device_.bytes());
      record.mutable_log_opened()->set_log_salt(salt_.bytes());
    }
    door_.next_person();
    record.set_seq(next_seq_);
    record.mutable_at()->set_wall_ms(door_.wall_ms());
    record.mutable_at()->set_boot(1);
    record.mutable_at()->set_mono_ms(door_.mono_ms());
    stretch.records.push_back(record.SerializeAsString());
    head_ = crypto::chain_next(head_, next_seq_, crypto::hash({stretch.records.back()}));
  }
  stretch.head_hash = stretch.log_head_hash = head_;
  stretch.log_head_seq = next_seq_ - 1;
  return must(protocol::seal_batch(stretch, pinned_.box_key_id, pinned_.box, signing_, *random_));
}

}  // namespace dga::benchmarks
