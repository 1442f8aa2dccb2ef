#pragma once

#include <cstdint>

namespace dga::simulator {

inline constexpr std::size_t kMostKiosks = 3;  // enrolled at dawn; clones come on top
inline constexpr std::uint64_t kSpanMs = 30 * 60'000;

// What a seed is about: how much is recorded, and which troubles there are. Chances in a thousand; a trouble that a
// seed does not have is 0, so that many seeds show one or two troubles alone.
struct Plan {
  std::uint64_t seed = 0;
  std::size_t kiosks = 1;
  std::uint64_t records = 10;  // of a kiosk, about
  std::uint64_t most_in_batch = 10;

  // For each exchange.
  std::uint32_t lost_requests = 0, lost_replies = 0, duplicates = 0, late_copies = 0, old_replies = 0;
  std::uint32_t cut_requests = 0, cut_replies = 0, flipped = 0, portals = 0, failures = 0, too_large = 0;
  // A link is down for a while, so often in its day.
  std::uint32_t outages = 0;

  // For each request at the centre; for each turn and record of a kiosk.
  std::uint32_t centre_crashes = 0, kiosk_crashes = 0;
  std::uint32_t power_cuts = 500;  // of crashes

  // So many times in the whole.
  std::uint32_t kiosk_restores = 0, centre_restores = 0, clones = 0, revocations = 0, clock_jumps = 0,
                roster_changes = 0, parcels = 0, backups = 0, newcomers = 0;
  // So many of the kiosks never see the network: couriers carry all that they have.
  std::uint32_t unconnected = 0;
  // 1: after the first day the kiosks stand in a cupboard for a month, and then there is another one.
  std::uint32_t months = 0;
};
[[nodiscard]] Plan draw_plan(std::uint64_t seed);

}  // namespace dga::simulator
