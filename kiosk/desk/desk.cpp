#include "kiosk/desk/desk.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "kiosk/desk/moment.h"
#include "kiosk/desk/present_time.h"
#include "kiosk/desk/register.h"
#include "kiosk/desk/roster.h"

namespace dga::desk {
namespace {

constexpr std::int64_t kArrivalsStepMs = 5 * 60'000;
// The staff's list is paged by hand: nobody turns more pages than this.
constexpr std::size_t kMostPresentLines = 1'000;

// One instant: what the clocks read, and what time that is.
struct Now {
  Moment moment;
  std::int64_t at_ms = 0;
  std::optional<std::uint32_t> chosen;  // the session that the staff named
};

// What a record says of the time.
std::optional<PresentTime::Word> word_in(v1::Record const& record, std::uint64_t class_id) {
  using Source = flow::ClockView::Source;
  if (record.has_time_sample()) {
    auto const& sample = record.time_sample();
    return PresentTime::Word{Source::kCentre, sample.boot(), sample.mono_received(), sample.centre_ms(), 0};
  }
  auto const& control = record.session_control();
  bool const named = control.action() == v1::SessionControl::SESSION_OVERRIDE && control.told_ms() != 0;
  if (!named && control.action() != v1::SessionControl::OVERRIDE_ENDED) return std::nullopt;
  // The time holds for every class, the session for its own.
  return PresentTime::Word{named ? Source::kStaff : Source::kOwn, record.at().boot(), record.at().mono_ms(),
                           named ? control.told_ms() : record.at().wall_ms(),
                           named && record.class_id() == class_id ? control.session() : 0};
}

// One visit while it is being decided.
struct Case {
  flow::Outcome outcome;
  v1::Method method = v1::METHOD_UNSPECIFIED;
  std::optional<std::size_t> draft;  // its own record, or that of the same person a moment before
};

}  // namespace

struct Desk::Inside {
  store::KioskStore* store;
  base::Clock const* clock;
  std::shared_ptr<flow::ClassView> view;  // none before a pack came
  bool names_ready = false;
  Roster roster;
  std::optional<Register> book;
  PresentTime times;
  // How many are in a session, kept up as they come: counting 100,000 anew takes long.
  struct Counted {
    std::uint32_t session = 0;
    std::uint64_t present = 0;
  };
  std::optional<Counted> counted;
  std::optional<store::RecordPlace> first_needed;  // as needed_from(), whatever the time

  v1::ClassPack const& pack() const { return view->pack; }
  base::Done load();
  struct Replayed {
    std::vector<store::RecordPlace> who_came;
    bool again = false;  // of some the time was heard after they were taken in
  };
  [[nodiscard]] base::Result<Replayed> replay_into(Register& fresh_book, std::uint64_t class_id);
  [[nodiscard]] v1::Stamp stamp_of(base::Clock const& at) const;
  [[nodiscard]] Now now() const;
  [[nodiscard]] base::Done keep_word(v1::SessionControl const& word, std::uint32_t staff);
  [[nodiscard]] std::optional<store::RecordPlace> first_unknown(Register const& fresh_book, v1::ClassPack const& pack,
                                                                std::vector<store::RecordPlace> const& replayed) const;
  Case begin(Visit const& visit) const;
  void decide(Case& one, Now const& now, std::vector<v1::Record>& drafts,
              std::unordered_map<std::uint64_t, std::size_t>& in_this_call) const;
  void finish(Case& one, Now const& now) const;
  std::optional<std::uint32_t> session_to_show(Now const& now) const;
};

base::Done Desk::Inside::load() {
  TRY(auto bytes, store->pack());
  if (!bytes) return {};  // and none is ever taken away

  auto fresh = std::make_shared<flow::ClassView>();
  if (!fresh->pack.ParseFromString(*bytes))
    return base::damaged("pack.damaged", "the class pack kept in the kiosk's database cannot be read",
                         "connect the kiosk to the centre, or import a pack again");
  base::Bytes().swap(*bytes);
  fresh->timetable = course::timetable_of(fresh->pack.class_());
  // Stamps made under --at count in a rehearsal, and for as long as the clock is still a simulated one.
  auto const simulated = fresh->pack.class_().rehearsal() || clock->simulated() ? course::SimulatedStamps::kCount
                                                                                : course::SimulatedStamps::kLeftOut;
  auto const class_id = fresh->pack.class_().id();
  Register fresh_book(fresh->timetable, class_id, simulated);
  TRY(auto replayed, replay_into(fresh_book, class_id));
  if (replayed.again) {
    fresh_book = Register(fresh->timetable, class_id, simulated);
    TRY(replayed, replay_into(fresh_book, class_id));
  }
  auto const needed = first_unknown(fresh_book, fresh->pack, replayed.who_came);
  fresh_book.add(fresh->pack);

  roster = Roster(fresh->pack);
  book = std::move(fresh_book);
  view = std::move(fresh);
  names_ready = false;
  counted.reset();
  first_needed = needed;
  return {};
}

// All logs, oldest first; gives the places of the records that say who came.
base::Result<Desk::Inside::Replayed> Desk::Inside::replay_into(Register& fresh_book, std::uint64_t class_id) {
  Replayed replayed;
  std::optional<v1::Stamp> last;  // of those who came
  v1::Record record;
  for (auto const& log : store->logs()) {
    TRY_DO(store->replay(log.number, 1, [&](store::StoredRecord const& stored) -> base::Result<bool> {
      if (stored.erased) return true;
      if (!record.ParseFromString(stored.bytes))
        return base::damaged("store.damaged", "record " + std::to_string(stored.seq) + " of the log cannot be read",
                             "keep the file and call the coordinator");
      if (auto const word = word_in(record, class_id)) {
        auto const before_ms = last ? times.time_of(*last) : 0;
        times.add(*word);
        if (last && times.time_of(*last) != before_ms) replayed.again = true;
      }
      fresh_book.add(log.identity.log, record, stored.digest, times.time_of(record.at()));
      bool const says_who_came = record.has_check_in() || record.has_departure() || record.has_void_();
      if (says_who_came && record.class_id() == class_id) {
        replayed.who_came.push_back({log.number, stored.seq});
        last = record.at();
      }
      return true;
    }));
  }
  return replayed;
}

// The centre takes a log's records in order and puts all that count into its packs: a fact of record n in one says that
// everything up to n was looked at when it was made. Where a log forked only facts of this kiosk's branch say so.
std::optional<store::RecordPlace> Desk::Inside::first_unknown(Register const& fresh_book, v1::ClassPack const& pack,
                                                              std::vector<store::RecordPlace> const& replayed) const {
  std::map<base::LogId, std::uint64_t> known_through;
  for (v1::KnownFact const& fact : pack.facts())
    if (auto const log = base::LogId::from(fact.log_id()); log && fresh_book.says(fact))
      known_through[*log] = std::max(known_through[*log], fact.seq());
  auto const logs = store->logs();
  for (auto const& place : replayed)
    if (place.seq > known_through[logs[static_cast<std::size_t>(place.log) - 1].identity.log]) return place;
  return std::nullopt;
}

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

std::optional<std::uint32_t> Desk::Inside::session_to_show(Now const& now) const {
  if (auto open = course::session_now(book->timetable(), now.at_ms, now.chosen).open) return open;
  course::SessionTimes const* last = nullptr;
  for (auto const& session : book->timetable().sessions)
    if (!session.cancelled && session.end_ms < now.at_ms && (!last || session.end_ms > last->end_ms)) last = &session;
  return last ? std::optional(last->id) : std::nullopt;
}

// As the store would stamp a record; before a boot's first one it has no number, and nobody has said anything in it.
v1::Stamp Desk::Inside::stamp_of(base::Clock const& at) const {
  v1::Stamp stamp;
  stamp.set_wall_ms(at.wall_ms());
  stamp.set_boot(store->boot_now(at).value_or(0));
  stamp.set_mono_ms(at.mono_ms());
  stamp.set_simulated(at.simulated());
  return stamp;
}

Now Desk::Inside::now() const {
  Moment const moment(*clock);
  auto const word = times.view(stamp_of(moment));
  auto const at_ms = word.source == flow::ClockView::Source::kOwn ? moment.wall_ms() : word.at_ms;
  return {moment, at_ms, word.session != 0 ? std::optional(word.session) : std::nullopt};
}

// The log holds it, and every start reads it there.
base::Done Desk::Inside::keep_word(v1::SessionControl const& word, std::uint32_t staff) {
  v1::Record draft;
  draft.set_class_id(pack().class_().id());
  draft.set_pack_version(pack().pack_version());
  draft.set_staff(staff);
  *draft.mutable_session_control() = word;
  TRY_DO(store->append({draft}, Moment(*clock)));
  return load();
}

Desk::Desk(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Desk::Desk(Desk&&) noexcept = default;
Desk& Desk::operator=(Desk&&) noexcept = default;
Desk::~Desk() = default;

base::Result<Desk> Desk::open(store::KioskStore& store, base::Clock const& clock) {
  auto inside = std::make_unique<Inside>();
  inside->store = &store;
  inside->clock = &clock;
  TRY_DO(inside->load());
  return Desk(std::move(inside));
}

base::Done Desk::reload_pack() { return inside_->load(); }

std::string Desk::zone() const { return inside_->view ? inside_->pack().class_().zone() : "UTC"; }

flow::ClockView Desk::clock() const { return inside_->times.view(inside_->stamp_of(*inside_->clock)); }

base::Done Desk::look_at_clock() {
  TRY(auto const heard, inside_->store->last_centre_time());
  if (!heard) return {};
  auto const before = clock();
  bool const news =
      inside_->times.add({flow::ClockView::Source::kCentre, heard->boot, heard->mono_ms, heard->centre_ms, 0});
  // Most often the centre says what the clock shows: then nothing that is known changes.
  if (!news || before.source == clock().source) return {};
  return inside_->load();
}

base::Done Desk::tell_time(std::uint32_t session, std::int64_t at_ms, std::uint32_t staff) {
  auto const unknown = base::refused("session.unknown", "was told a session or a time that the class does not have",
                                     "choose one of the timetable's");
  if (!inside_->view) return unknown;
  auto const& timetable = inside_->book->timetable();
  auto const found = std::find_if(timetable.sessions.begin(), timetable.sessions.end(),
                                  [&](auto const& one) { return one.id == session && !one.cancelled; });
  if (found == timetable.sessions.end() || !course::is_valid_at(timetable, *found, at_ms)) return unknown;
  // The centre would refuse by its own time whoever was let in by another.
  auto const heard = inside_->times.by_centre(inside_->stamp_of(*inside_->clock));
  if (heard && !course::is_valid_at(timetable, *found, *heard))
    return base::refused("session.not_now", "was told a session that is not now, by the centre's time",
                         "choose the one that it is, or have the centre's clock and the timetable looked at");
  v1::SessionControl named;
  named.set_session(session);
  named.set_action(v1::SessionControl::SESSION_OVERRIDE);
  named.set_told_ms(at_ms);
  return inside_->keep_word(named, staff);
}

base::Done Desk::name_no_session(std::uint32_t staff) {
  auto const named = clock().session;
  if (named == 0 || !inside_->view) return {};
  v1::SessionControl ended;
  ended.set_session(named);
  ended.set_action(v1::SessionControl::OVERRIDE_ENDED);
  return inside_->keep_word(ended, staff);
}

bool Desk::has_class() const { return inside_->view != nullptr; }

std::shared_ptr<flow::ClassView const> Desk::a_class() const {
  // Made when somebody wants to look for names: a door without a screen never does.
  if (inside_->view && !inside_->names_ready) {
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(inside_->pack().roster_size()));
    for (v1::RosterEntry const& entry : inside_->pack().roster()) names.push_back(entry.name());
    inside_->view->names = text::NameIndex(names);
    inside_->names_ready = true;
  }
  return inside_->view;
}

base::Result<std::vector<flow::Outcome>> Desk::serve(std::vector<Visit> const& visits) {
  if (!inside_->view)
    return base::refused("kiosk.no_pack", "this kiosk holds no class yet",
                         "connect it to the centre, or import a pack");
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

std::optional<store::RecordPlace> Desk::needed_from(std::optional<std::int64_t> centre_ms) const {
  if (!inside_->first_needed || !inside_->view || !centre_ms) return inside_->first_needed;
  auto const& sessions = inside_->book->timetable().sessions;
  bool const over =
      std::all_of(sessions.begin(), sessions.end(), [&](auto const& session) { return session.end_ms < *centre_ms; });
  return over ? std::nullopt : inside_->first_needed;
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
