#include <algorithm>
#include <utility>

#include "kiosk/desk/desk_inside.h"

namespace dga::desk {
namespace {

constexpr std::int64_t kArrivalsStepMs = 5 * 60'000;
// The staff's list is paged by hand: nobody turns more pages than this.
constexpr std::size_t kMostPresentLines = 1'000;

}  // namespace

std::optional<std::uint32_t> Desk::Inside::session_to_show(Now const& now) const {
  if (auto open = course::session_now(book->timetable(), now.at_ms, now.chosen).open) return open;
  course::SessionTimes const* last = nullptr;
  for (auto const& session : book->timetable().sessions)
    if (!session.cancelled && session.end_ms < now.at_ms && (!last || session.end_ms > last->end_ms)) last = &session;
  return last ? std::optional(last->id) : std::nullopt;
}

std::uint64_t Desk::count_present() {
  if (!inside_->view) return 0;
  auto const session = inside_->session_to_show(inside_->now());
  if (!session) return 0;
  if (!inside_->counted || inside_->counted->session != *session) {
    auto const& visitors = inside_->book->visitors(*session);
    auto const here = std::count_if(visitors.begin(), visitors.end(),
                                    [&](std::uint64_t one) { return inside_->book->here(one, *session).has_value(); });
    inside_->counted = Inside::Counted{*session, static_cast<std::uint64_t>(here)};
  }
  return inside_->counted->present;
}

Desk::Presence Desk::presence() const {
  Presence presence;
  if (!inside_->view) return presence;
  Now const now = inside_->now();
  auto const session = inside_->session_to_show(now);
  if (!session) return presence;
  auto const& timetable = inside_->book->timetable();
  auto const times = std::find_if(timetable.sessions.begin(), timetable.sessions.end(),
                                  [&](auto const& one) { return one.id == *session; });
  std::int64_t const opens_ms = times->start_ms - timetable.opens_before_ms;

  std::vector<std::pair<std::int64_t, std::uint64_t>> arrivals;
  for (std::uint64_t participant : inside_->book->visitors(*session))
    if (auto const here = inside_->book->here(participant, *session)) arrivals.emplace_back(here->at_ms, participant);
  std::sort(arrivals.rbegin(), arrivals.rend());
  presence.in_session = arrivals.size();
  presence.arrivals_per_5_minutes.resize(
      static_cast<std::size_t>((std::min(now.at_ms, times->end_ms) - opens_ms) / kArrivalsStepMs) + 1);
  for (auto const& [at_ms, participant] : arrivals) {
    auto const step = static_cast<std::size_t>((at_ms - opens_ms) / kArrivalsStepMs);
    if (step < presence.arrivals_per_5_minutes.size()) ++presence.arrivals_per_5_minutes[step];
    if (presence.lines.size() >= kMostPresentLines) continue;
    flow::PresentLine line;
    line.at_ms = at_ms;
    line.late = at_ms > times->start_ms + timetable.grace_ms;
    if (auto place = inside_->roster.by_number(participant)) {
      v1::RosterEntry const& entry = inside_->pack().roster(static_cast<int>(*place));
      line.name = entry.name();
      line.agency = entry.agency();
    }
    presence.lines.push_back(std::move(line));
  }
  return presence;
}

}  // namespace dga::desk
