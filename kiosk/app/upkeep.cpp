#include "kiosk/app/upkeep.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "shared/base/log.h"

namespace dga::app {
namespace {

using base::LogLevel;
using Level = flow::SpaceView::Level;

constexpr std::uint64_t kMegabyte = 1024 * 1024;
// Told in steps: people can do nothing with more.
constexpr std::uint64_t kCheckInsTold = 100;

void report(std::string_view event, base::Error const& error) {
  base::log(LogLevel::kError, event, {{"code", error.code}, {"what", base::describe(error)}});
}

Level level_of(store::Space::Level level) {
  switch (level) {
    case store::Space::Level::kPlenty: return Level::kPlenty;
    case store::Space::Level::kLow: return Level::kLow;
    case store::Space::Level::kReserve: return Level::kReserve;
    case store::Space::Level::kFull: return Level::kFull;
  }
  return Level::kFull;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kPlenty: return "plenty";
    case Level::kLow: return "low";
    case Level::kReserve: return "reserve";
    case Level::kFull: return "full";
  }
  return "";
}

}  // namespace

Upkeep::Upkeep(Kiosk& kiosk, std::filesystem::path const& folder, base::Clock const& clock,
               std::unique_ptr<store::DiskSpace> disk)
    : kiosk_(&kiosk), clock_(&clock), keeper_(kiosk.store(), folder, std::move(disk)), watch_(clock) {}

void Upkeep::jumped(std::int64_t ms) {
  base::log(LogLevel::kWarning, "clock.jumped", {{"ms", std::to_string(ms)}});
  if (auto done = kiosk_->record(v1::KioskEvent::CLOCK_JUMPED, std::to_string(ms) + " ms"); !done)
    report("clock.jump_not_recorded", done.error());
}

void Upkeep::started() {
  auto const last = kiosk_->store().last_stamp();
  auto const boot = kiosk_->store().setting("boot.id");
  if (last.ok() && boot.ok()) {
    if (auto const ms = watch_.began_after(*last, *boot == clock_->boot_id())) jumped(*ms);
  }
  std::string const detail = clock_->simulated() ? "simulated clock" : "";
  if (auto done = kiosk_->record(v1::KioskEvent::STARTED, detail); !done)
    report("kiosk.start_not_recorded", done.error());
  if (auto const wiped = kiosk_->store().wiped_at_ms(); wiped.ok()) view_.wiped_at_ms = *wiped;
  tend();
  look();
}

void Upkeep::before_work() {
  if (auto const ms = watch_.look()) jumped(*ms);
}

void Upkeep::after_work() {
  keeper_.was_not_full();
  tend();
  look();
}

void Upkeep::failed(std::string_view code) {
  if (code == "store.full") keeper_.was_full();
  look();
}

void Upkeep::tend() {
  // The disk being too full for it is no news: look() says so to people.
  if (auto done = keeper_.tend(); !done && done.error().code != "store.full")
    report("store.reserve_failed", done.error());
}

void Upkeep::look() {
  auto const space = keeper_.look();
  if (!space) return report("store.space_unknown", space.error());
  bool const was_plenty = view_.level == Level::kPlenty;
  Level const before = std::exchange(view_.level, level_of(space->level));
  view_.check_ins_left = space->check_ins_left / kCheckInsTold * kCheckInsTold;
  view_.free_megabytes = space->free_bytes / kMegabyte;
  if (before == view_.level) return;
  base::log(view_.level == Level::kPlenty ? LogLevel::kInfo : LogLevel::kWarning, "store.space",
            {{"level", std::string(name_of(view_.level))},
             {"check_ins_left", std::to_string(space->check_ins_left)},
             {"free_bytes", std::to_string(space->free_bytes)}});
  if (!was_plenty) return;
  auto const detail = fmt::format("{} MB free", view_.free_megabytes);
  if (auto done = kiosk_->record(v1::KioskEvent::DISK_LOW, detail); !done)
    report("store.disk_low_not_recorded", done.error());
}

bool Upkeep::wipe() {
  auto const centre_ms = kiosk_->store().centre_time_ms(*clock_);
  auto const wiped = centre_ms.ok() ? kiosk_->store().wipe(kiosk_->desk().needed_from(*centre_ms), *clock_)
                                    : base::Result<store::KioskStore::Wiped>(centre_ms.error());
  if (!wiped) {
    report("store.wipe_failed", wiped.error());
    return false;
  }
  if (wiped->records > 0) {
    view_.wiped_at_ms = clock_->wall_ms();
    base::log(LogLevel::kInfo, "store.wiped", {{"records", std::to_string(wiped->records)}});
  }
  if (wiped->more) return true;
  auto const due = kiosk_->store().scrub_due();
  if (!due) report("store.scrub_failed", due.error());
  if (!due || !*due) return false;
  if (auto done = kiosk_->store().scrub_log(); !done) report("store.scrub_failed", done.error());
  return false;
}

bool Upkeep::idle() {
  before_work();
  tend();
  bool const more = wipe();
  look();
  return more;
}

std::optional<flow::event::SpaceChanged> Upkeep::news() {
  // How many megabytes are free is of interest where they are few.
  auto view = view_;
  if (told_ && view.level == Level::kPlenty && told_->level == Level::kPlenty) {
    view.free_megabytes = told_->free_megabytes;
    view.check_ins_left = told_->check_ins_left;
  }
  if (told_ == view) return std::nullopt;
  told_ = view_;
  return flow::event::SpaceChanged{view_};
}

}  // namespace dga::app
