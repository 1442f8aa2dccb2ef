#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kiosk/app/pin_lock.h"
#include "kiosk/desk/desk.h"
#include "kiosk/flow/event.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "shared/store/kiosk_folder.h"

namespace dga::app {

// An opened kiosk: the only SQLite handle, the desk over it, the lock on the PIN pad.
// Thread: one at a time; once it is given to the store thread, that one's only.
class Kiosk {
 public:
  // Unwraps the key (half a second for a passphrase), opens the database and replays the log.
  // The errors of store::open_kiosk and of the desk. The clock outlives the kiosk.
  [[nodiscard]] static base::Result<std::unique_ptr<Kiosk>> open(std::filesystem::path const& folder,
                                                                 crypto::SlotSecret const& secret,
                                                                 base::Clock const& clock);
  [[nodiscard]] static base::Result<std::unique_ptr<Kiosk>> open(std::filesystem::path const& folder,
                                                                 std::string_view passphrase, base::Clock const& clock);

  // Refused "kiosk.not_enrolled" or "kiosk.no_pack", with what to do, when nobody can be checked in.
  [[nodiscard]] base::Done ready() const;
  [[nodiscard]] bool enrolled() const { return enrolled_; }
  [[nodiscard]] std::string const& name() const { return name_; }
  [[nodiscard]] std::string const& centre_address() const { return centre_address_; }
  [[nodiscard]] desk::Desk& desk() { return *desk_; }
  [[nodiscard]] store::KioskStore& store() { return opened_.store; }
  [[nodiscard]] store::OpenKiosk const& opened() const { return opened_; }

  // A fact about the kiosk itself; `detail` holds no person's data.
  [[nodiscard]] base::Done record(v1::KioskEvent::Kind kind, std::string detail, std::uint32_t staff = 0);

  using PinAnswer = std::variant<flow::event::PinAccepted, flow::event::PinRefused>;
  // Up to 61 ms for each of the staff (Argon2id).
  [[nodiscard]] base::Result<PinAnswer> check_pin(std::string_view pin);

  [[nodiscard]] base::Result<flow::event::CountsChanged> counts();

 private:
  Kiosk(store::OpenKiosk opened, base::Clock const& clock);
  [[nodiscard]] base::Done remember_pin_lock();

  base::Clock const* clock_;
  store::OpenKiosk opened_;
  std::optional<desk::Desk> desk_;   // always there once open() has answered
  std::optional<PinLock> pin_lock_;  // the same
  bool enrolled_ = false;
  std::string name_, centre_address_;
};

}  // namespace dga::app
