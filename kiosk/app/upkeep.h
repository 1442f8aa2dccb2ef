#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "kiosk/app/clock_watch.h"
#include "kiosk/app/kiosk.h"
#include "shared/store/kiosk_space.h"

namespace dga::app {

// What a kiosk does for itself beside serving people: it keeps room for check-ins, wipes what it no longer may keep,
// and notices clocks that jump. Failures are logged and tried again later; none stops the kiosk.
// Thread: the store thread's only.
class Upkeep {
 public:
  // The kiosk, which lies in `folder`, and the clock outlive it.
  Upkeep(Kiosk& kiosk, std::filesystem::path const& folder, base::Clock const& clock,
         std::unique_ptr<store::DiskSpace> disk);

  // Records the start, and a clock that was moved meanwhile; makes the reserve where there is none.
  void started();
  // Before anything is stamped: a jump stands in the log before what was recorded under the new time.
  void before_work();
  // After people were served: room in a rush. Looks anew at how much there is.
  void after_work();
  // What was to be recorded was not.
  void failed(std::string_view code);
  // One bounded step of what can wait for a quiet moment; true when there is more of it.
  [[nodiscard]] bool idle();

  // How much room there is, where people should be told something else than the last time.
  [[nodiscard]] std::optional<flow::event::SpaceChanged> news();

 private:
  void tend();
  void look();
  void jumped(std::int64_t ms);
  [[nodiscard]] bool wipe();

  Kiosk* kiosk_;
  base::Clock const* clock_;
  store::SpaceKeeper keeper_;
  ClockWatch watch_;
  flow::SpaceView view_;
  std::optional<flow::SpaceView> told_;
};

}  // namespace dga::app
