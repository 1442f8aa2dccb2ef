#include "kiosk/desk/desk.h"

#include <algorithm>
#include <utility>

#include "kiosk/desk/desk_inside.h"

namespace dga::desk {

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
base::Done Desk::Inside::keep_word(v1::Record word) {
  word.set_pack_version(pack().pack_version());
  TRY_DO(store->append({std::move(word)}, Moment(*clock)));
  return load();
}

std::optional<v1::Record> Desk::Inside::standing_word() const {
  if (!said || said->record.session_control().action() != v1::SessionControl::SESSION_OVERRIDE) return std::nullopt;
  bool const of_this_boot = said->record.at().boot() == store->boot_now(*clock);
  return of_this_boot ? std::optional(said->record) : std::nullopt;
}

base::Done Desk::Inside::say_again() {
  // What was said last may not have been read yet, and may take this word back. The door stays open meanwhile.
  if (behind && !load().ok()) return {};
  auto word = standing_word();
  auto const newest = store->logs().back().number;
  if (!word || said->log == newest) return {};
  Moment const moment(*clock);
  word->mutable_session_control()->set_told_ms(times.time_of(stamp_of(moment)));
  TRY(auto const stored, store->append({*word}, moment));
  if (word->ParseFromString(stored.front().bytes)) said = Said{newest, *std::move(word)};
  return {};
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
  Inside& inside = *inside_;
  if (inside.behind) TRY_DO(inside.load());
  TRY(auto const heard, inside.store->last_centre_time());
  auto with_it = inside.times;
  if (heard && with_it.add(PresentTime::word_of(*heard))) {
    // What the clock shows now says nothing of those who came before: somebody may have set it since. Most often nobody
    // did, and the centre moves nobody.
    if (Inside::moved(inside.unconfirmed, with_it)) {
      TRY_DO(inside.load());
    } else {
      inside.times = std::move(with_it);
      if (heard->boot == inside.store->boot_now(*inside.clock)) inside.unconfirmed.clear();
    }
  }
  return inside.view ? inside.say_again() : base::Done();
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
  v1::Record word;
  word.set_class_id(inside_->pack().class_().id());
  word.set_staff(staff);
  v1::SessionControl& named = *word.mutable_session_control();
  named.set_session(session);
  named.set_action(v1::SessionControl::SESSION_OVERRIDE);
  named.set_told_ms(at_ms);
  return inside_->keep_word(std::move(word));
}

base::Done Desk::name_no_session(std::uint32_t staff) {
  auto word = inside_->standing_word();
  if (!word || !inside_->view) return {};
  // Of the class that it was said for: a session of another one would be no session of this.
  word->set_staff(staff);
  word->mutable_session_control()->set_action(v1::SessionControl::OVERRIDE_ENDED);
  word->mutable_session_control()->clear_told_ms();
  return inside_->keep_word(*std::move(word));
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

std::optional<store::RecordPlace> Desk::needed_from(std::optional<std::int64_t> centre_ms) const {
  if (!inside_->first_needed || !inside_->view || !centre_ms) return inside_->first_needed;
  auto const& sessions = inside_->book->timetable().sessions;
  bool const over =
      std::all_of(sessions.begin(), sessions.end(), [&](auto const& session) { return session.end_ms < *centre_ms; });
  return over ? std::nullopt : inside_->first_needed;
}

}  // namespace dga::desk
