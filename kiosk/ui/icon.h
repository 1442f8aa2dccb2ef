#pragma once

namespace dga::ui {

// Drawn with lines and curves, so that they are sharp at every size.
enum class Icon {
  kNone,
  kTick,
  kClock,
  kHourglass,
  kCross,
  kExclamation,
  kQuestion,
  kBack,
  kNext,
  kUp,
  kDown,
  kShift,
  kErase,
  kSearch,
  kPerson,
  kPeople,
  kSync,
  kDevice,
  kSignOut,
  kLock,
  kQr,
  kGlobe,
  kShield,
  kWrench,
  kCalendar,
  kContrast,
};

}  // namespace dga::ui
