#include "shared/base/clock.h"

#include <chrono>
#include <ctime>
#include <fstream>

namespace dga::base {
namespace {

class SystemClock : public Clock {
 public:
  std::int64_t wall_ms() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }
  std::uint64_t mono_ms() const override {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
  }
  std::string boot_id() const override {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
  }
};

class ShiftedClock final : public SystemClock {
 public:
  explicit ShiftedClock(std::int64_t wall_ms) : wall_at_start_(wall_ms), mono_at_start_(SystemClock::mono_ms()) {}
  // Runs on from the monotonic clock: a rehearsal's time is not disturbed by the machine's clock being set.
  std::int64_t wall_ms() const override {
    return wall_at_start_ + static_cast<std::int64_t>(mono_ms() - mono_at_start_);
  }
  bool simulated() const override { return true; }

 private:
  std::int64_t wall_at_start_;
  std::uint64_t mono_at_start_;
};

}  // namespace

std::unique_ptr<Clock> system_clock() { return std::make_unique<SystemClock>(); }
std::unique_ptr<Clock> clock_starting_at(std::int64_t wall_ms) { return std::make_unique<ShiftedClock>(wall_ms); }

}  // namespace dga::base
