#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "kiosk/app/upkeep.h"
#include "shared/base/mailbox.h"

namespace dga::app {

// What the store thread is asked.
namespace ask {
struct Unlock {
  crypto::SlotSecret secret;
};  // -> Unlocked or UnlockFailed
struct Serve {
  desk::Visit visit;
};  // -> Settled or StoreFailed
struct CheckPin {
  std::string pin;
};  // -> PinAccepted or PinRefused
struct SignOutStaff {
  std::uint32_t number = 0;
};
struct ListPresent {};  // -> PresentChanged
struct Work {
  std::function<void(Kiosk*)> work;
};  // for the sync thread; no kiosk before it is unlocked
struct LimitData {
  std::optional<std::uint64_t> most_bytes;
};  // -> LimitKept
struct TellTime {
  std::uint32_t session = 0;
  std::int64_t at_ms = 0;
  std::uint32_t staff = 0;
};  // -> ClockChanged, PresentChanged, TimeTold
struct BelieveClock {
  std::uint32_t staff = 0;
};                    // the same
struct TellClass {};  // -> ClassReplaced, after a new pack was kept
}  // namespace ask
using Ask = std::variant<ask::Unlock, ask::Serve, ask::CheckPin, ask::SignOutStaff, ask::ListPresent, ask::Work,
                         ask::LimitData, ask::TellTime, ask::BelieveClock, ask::TellClass>;

// The thread that owns the kiosk's database. All visits that wait are served in one commit; answers come in order,
// after it. At quiet moments it tells the counts, moves the WAL into the database and does what Upkeep does.
class StoreThread {
 public:
  // Called on the store thread with what one round has to say; must not wait for the store thread.
  using Deliver = std::function<void(std::vector<flow::Event>)>;

  // `kiosk`: already opened, or none (then ask::Unlock opens `folder`). The clock outlives the thread.
  StoreThread(std::filesystem::path folder, std::unique_ptr<Kiosk> kiosk, base::Clock const& clock, Deliver deliver,
              std::unique_ptr<store::DiskSpace> disk = store::system_disk_space());
  // Does what still waits, records the stop, moves the WAL, and ends.
  ~StoreThread();
  StoreThread(StoreThread const&) = delete;
  StoreThread& operator=(StoreThread const&) = delete;

  // False when too much waits; `one` then stays with the caller. Thread: any.
  [[nodiscard]] bool try_ask(Ask& one) { return mailbox_.try_send(one); }
  // Waits for room; false when the thread has ended. Thread: any but the UI's.
  [[nodiscard]] bool ask(Ask one) { return mailbox_.send(std::move(one)); }

 private:
  void run();
  void round(std::vector<Ask> asks);
  void serve(std::vector<desk::Visit> const& visits);
  void quiet();
  void upkeep();
  void tell_counts();
  void tell_limit(std::string error_code = {});
  void tell_clock();
  void told_time(base::Done const& kept);
  void started();
  void say(flow::Event event) { said_.push_back(std::move(event)); }
  void hand_over();

  void on(ask::Unlock& unlock);
  void on(ask::Serve&) {}  // all of a round are served together
  void on(ask::CheckPin& check);
  void on(ask::SignOutStaff& sign_out);
  void on(ask::ListPresent&);
  void on(ask::Work& work);
  void on(ask::LimitData& limit);
  void on(ask::TellTime& told);
  void on(ask::BelieveClock& again);
  void on(ask::TellClass&);

  std::filesystem::path folder_;
  std::unique_ptr<store::DiskSpace> disk_;  // until the kiosk is there
  std::unique_ptr<Kiosk> kiosk_;
  std::optional<Upkeep> upkeep_;  // there when the kiosk is
  base::Clock const* clock_;
  Deliver deliver_;
  base::Mailbox<Ask> mailbox_;
  std::vector<flow::Event> said_;
  flow::ClockView told_clock_;
  bool counts_stale_ = true;
  bool wal_stale_ = true;
  bool more_upkeep_ = false;
  bool serving_went_well_ = false;
  std::uint64_t counted_ms_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace dga::app
