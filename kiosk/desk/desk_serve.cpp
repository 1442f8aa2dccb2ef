#include <algorithm>
#include <utility>

#include "kiosk/desk/desk_inside.h"

namespace dga::desk {

Case Desk::Inside::begin(Visit const& visit) const {
  Case one;
  flow::Outcome& outcome = one.outcome;
  std::optional<std::uint32_t> place;
  if (auto const* by_name = std::get_if<ByName>(&visit)) {
    place = roster.by_number(by_name->participant);
    if (!place) {
      outcome.verdict = flow::Verdict::kUnknown;
      return one;
    }
    outcome.participant = by_name->participant;
    one.method = v1::NAME;
  } else {
    Reading const reading = read_scan(std::get_if<ByScan>(&visit)->text, pack(), roster);
    switch (reading.kind) {
      case Reading::Kind::kNotABadge: outcome.verdict = flow::Verdict::kNotABadge; return one;
      case Reading::Kind::kBadBadge: outcome.verdict = flow::Verdict::kBadBadge; return one;
      case Reading::Kind::kUnknownCitizen: outcome.verdict = flow::Verdict::kUnknown; return one;
      case Reading::Kind::kPerson: break;
    }
    outcome.participant = reading.participant;
    place = reading.roster_place;
    one.method = reading.method;
  }
  outcome.known = place.has_value();
  if (place) {
    v1::RosterEntry const& entry = pack().roster(static_cast<int>(*place));
    outcome.name = entry.name();
    outcome.agency = entry.agency();
    outcome.province = entry.province();
  }
  return one;
}

void Desk::Inside::decide(Case& one, Now const& now, std::vector<v1::Record>& drafts,
                          std::unordered_map<std::uint64_t, std::size_t>& in_this_call) const {
  flow::Outcome& outcome = one.outcome;
  if (outcome.participant == 0) return;
  course::SessionNow const session = course::session_now(book->timetable(), now.at_ms, now.chosen);
  if (!session.open) {
    outcome.verdict = session.next ? flow::Verdict::kNotOpen : flow::Verdict::kClosed;
    outcome.session = session.next.value_or(0);
    outcome.opens_at_ms = session.opens_at_ms;
    return;
  }
  outcome.session = *session.open;
  outcome.verdict = flow::Verdict::kAlready;
  if (auto const here = book->here(outcome.participant, outcome.session)) {
    outcome.seq = here->seq;
    outcome.at_ms = here->at_ms;
    return;
  }
  auto const [place, first] = in_this_call.emplace(outcome.participant, drafts.size());
  one.draft = place->second;
  if (!first) return;
  outcome.verdict = flow::Verdict::kCheckedIn;
  v1::Record& draft = drafts.emplace_back();
  draft.set_class_id(pack().class_().id());
  draft.set_pack_version(pack().pack_version());
  v1::CheckIn& check_in = *draft.mutable_check_in();
  check_in.set_participant(outcome.participant);
  check_in.set_session(outcome.session);
  check_in.set_method(one.method);
  check_in.set_unrostered(!outcome.known);
}

void Desk::Inside::finish(Case& one, Now const& now) const {
  flow::Outcome& outcome = one.outcome;
  if (outcome.participant == 0) return;
  course::Attendance const attendance = book->attendance(outcome.participant, now.at_ms);
  outcome.standing = attendance.standing;
  outcome.attended = attendance.attended;
  outcome.n = attendance.n;
  if (outcome.verdict != flow::Verdict::kCheckedIn) return;
  auto const in_rule = std::find_if(attendance.sessions.begin(), attendance.sessions.end(),
                                    [&](auto const& session) { return session.session == outcome.session; });
  if (in_rule != attendance.sessions.end()) {
    if (in_rule->late) outcome.verdict = flow::Verdict::kLate;
    return;
  }
  // A session that is no part of the rule: late all the same for whoever stands at the door.
  for (auto const& session : book->timetable().sessions)
    if (session.id == outcome.session && outcome.at_ms > session.start_ms + book->timetable().grace_ms)
      outcome.verdict = flow::Verdict::kLate;
}

base::Result<std::vector<flow::Outcome>> Desk::serve(std::vector<Visit> const& visits) {
  if (!inside_->view)
    return base::refused("kiosk.no_pack", "this kiosk holds no class yet",
                         "connect it to the centre, or import a pack");
  TRY_DO(inside_->say_again());  // before anybody whom it lets in
  Now const now = inside_->now();
  std::vector<Case> cases;
  std::vector<v1::Record> drafts;
  std::unordered_map<std::uint64_t, std::size_t> in_this_call;
  for (Visit const& visit : visits) {
    cases.push_back(inside_->begin(visit));
    inside_->decide(cases.back(), now, drafts, in_this_call);
  }
  if (!drafts.empty()) {
    TRY(auto const stored, inside_->store->append(std::move(drafts), now.moment));
    if (!inside_->first_needed)
      inside_->first_needed = store::RecordPlace{inside_->store->logs().back().number, stored.front().seq};
    for (store::StoredRecord const& one : stored) {
      v1::Record record;
      if (!record.ParseFromString(one.bytes)) continue;
      inside_->book->add(inside_->store->identity().log, record, one.digest, inside_->times.time_of(record.at()));
      if (auto const arrival = Inside::unconfirmed_arrival(record.at(), inside_->times))
        inside_->unconfirmed.push_back(*arrival);
      if (inside_->counted && inside_->counted->session == record.check_in().session()) ++inside_->counted->present;
    }
    for (Case& one : cases)
      if (one.draft) {
        one.outcome.seq = stored[*one.draft].seq;
        one.outcome.at_ms = now.at_ms;
      }
  }
  std::vector<flow::Outcome> outcomes;
  outcomes.reserve(cases.size());
  for (Case& one : cases) {
    inside_->finish(one, now);
    outcomes.push_back(std::move(one.outcome));
  }
  return outcomes;
}

}  // namespace dga::desk
