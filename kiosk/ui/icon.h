#pragma once

namespace dga::ui {

// Drawn with lines and curves, so that they are sharp at every size.
enum class Icon {
  kNone,
  kTick,
  kClock,  // its hands, for a disc
  kClockFace,
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
  kParcel,  // carried by hand
  kStick,   // a USB stick, written to
  kPhone,
  kLetters,  // large text
  kGauge,    // how much may be spent
};

}  // namespace dga::ui
