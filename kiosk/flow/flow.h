#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "kiosk/flow/event.h"
#include "kiosk/flow/state.h"

namespace dga::flow {

struct Instant {
  std::int64_t wall_ms = 0;  // UTC by the kiosk's clock
  std::uint64_t mono_ms = 0;
};

// experience.md: how long things stay.
inline constexpr std::uint64_t kResultStaysMs = 2'500;
inline constexpr std::uint64_t kResultStaysWhenOthersWaitMs = 1'000;  // long enough for a colour, an icon and a name
inline constexpr std::uint64_t kResultStaysWhenManyWaitMs =
    250;  // a burst: the records are durable, the queue must end
inline constexpr std::size_t kManyWait = 16;
inline constexpr std::uint64_t kIdleMs = 20'000;          // then "Are you still there?"
inline constexpr std::uint64_t kIdleAtPhoneMs = 120'000;  // who carries a phone has no hand on the screen
inline constexpr std::uint64_t kStillThereMs = 15'000;    // then home, everything typed wiped
inline constexpr std::size_t kMostQueuedScans = 256;      // ten a second for a quarter of a minute and more

inline constexpr std::uint32_t kMostAsked = 32;   // check-ins with the store at one time: a commit takes them all
inline constexpr std::size_t kLongestQuery = 64;  // code points
inline constexpr std::size_t kLongestPassphrase = 256;
inline constexpr std::size_t kLongestPin = 12;

// What happens: (state, event, now) -> state and effects. Pure: no input or output, no clock of its own.
// A scan is accepted on every screen that participants see: it goes to the store at once (so that its time is the time
// of the scan and a power cut takes nothing), and its outcome is shown in its turn: none lost, none merged.
[[nodiscard]] std::vector<Effect> step(State& state, Event const& event, Instant now);

// The SignedReceipt of a scan that is a receipt's code (protocol.md, "QR"), check digits and all; nothing for any
// other.
[[nodiscard]] std::optional<base::Bytes> receipt_in(std::string_view scan);

// How long the result that is shown now stays, in all; shorter while others wait for theirs.
[[nodiscard]] std::uint64_t result_stays_ms(State const& state);

// False when so many wait that whoever can hold scans back (a pipe) should.
[[nodiscard]] bool has_room_for_scan(State const& state);

// When, on the monotonic clock, the next Tick changes something (a clock on the screen does every minute); nothing
// while the kiosk may sleep.
[[nodiscard]] std::optional<std::uint64_t> next_tick_ms(State const& state);

}  // namespace dga::flow
