#include <algorithm>
#include <map>
#include <utility>

#include "kiosk/desk/desk_inside.h"
#include "shared/course/true_time.h"

namespace dga::desk {
namespace {

using Source = flow::ClockView::Source;

// What a record says of the time.
std::optional<PresentTime::Word> word_in(v1::Record const& record, std::uint64_t class_id) {
  if (record.has_time_sample()) {
    auto const& sample = record.time_sample();
    return PresentTime::Word{Source::kCentre, sample.boot(), sample.mono_received(), sample.centre_ms(), 0};
  }
  auto const word = course::staffs_word(record);
  if (!word) return std::nullopt;
  bool const named = word->told_ms.has_value();
  // The time holds for every class, the session for its own.
  return PresentTime::Word{named ? Source::kStaff : Source::kOwn, record.at().boot(), record.at().mono_ms(),
                           word->told_ms.value_or(record.at().wall_ms()),
                           named && record.class_id() == class_id ? record.session_control().session() : 0};
}

}  // namespace

std::optional<Desk::Inside::Arrival> Desk::Inside::unconfirmed_arrival(v1::Stamp const& at, PresentTime const& by) {
  if (at.simulated() || by.by_centre(at)) return std::nullopt;
  return Arrival{at.wall_ms(), at.boot(), at.mono_ms(), by.time_of(at)};
}

bool Desk::Inside::moved(std::vector<Arrival> const& arrivals, PresentTime const& by) {
  v1::Stamp at;
  return std::any_of(arrivals.begin(), arrivals.end(), [&](Arrival const& one) {
    at.set_wall_ms(one.wall_ms);
    at.set_boot(one.boot);
    at.set_mono_ms(one.mono_ms);
    return by.time_of(at) != one.at_ms;
  });
}

base::Done Desk::Inside::load() {
  behind = true;
  // Made anew: which session the staff named depends on whose class the pack is of.
  PresentTime fresh_times;
  TRY(auto const heard, store->last_centre_time());
  if (heard) fresh_times.add(PresentTime::word_of(*heard));
  TRY(auto bytes, store->pack());
  if (!bytes) {  // and none is ever taken away
    times = std::move(fresh_times);
    behind = false;
    return {};
  }

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
  TRY(auto replayed, replay_into(fresh_book, fresh_times, class_id));
  if (moved(replayed.unconfirmed, fresh_times)) {
    fresh_book = Register(fresh->timetable, class_id, simulated);
    TRY(replayed, replay_into(fresh_book, fresh_times, class_id));
  }
  std::erase_if(replayed.unconfirmed, [&](Arrival const& one) { return one.boot != store->boot_now(*clock); });
  replayed.unconfirmed.shrink_to_fit();
  auto const needed = first_unknown(fresh_book, fresh->pack, replayed.who_came);
  fresh_book.add(fresh->pack);

  roster = Roster(fresh->pack);
  book = std::move(fresh_book);
  view = std::move(fresh);
  names_ready = false;
  counted.reset();
  first_needed = needed;
  times = std::move(fresh_times);
  said = std::move(replayed.said);
  unconfirmed = std::move(replayed.unconfirmed);
  behind = false;
  return {};
}

// All logs, oldest first; gives the places of the records that say who came.
base::Result<Desk::Inside::Replayed> Desk::Inside::replay_into(Register& fresh_book, PresentTime& fresh_times,
                                                               std::uint64_t class_id) const {
  Replayed replayed;
  v1::Record record;
  for (auto const& log : store->logs()) {
    TRY_DO(store->replay(log.number, 1, [&](store::StoredRecord const& stored) -> base::Result<bool> {
      if (stored.erased) return true;
      if (!record.ParseFromString(stored.bytes))
        return base::damaged("store.damaged", "record " + std::to_string(stored.seq) + " of the log cannot be read",
                             "keep the file and call the coordinator");
      if (auto const word = word_in(record, class_id)) {
        fresh_times.add(*word);
        if (word->source != Source::kCentre) replayed.said = Said{log.number, record};
      }
      fresh_book.add(log.identity.log, record, stored.digest, fresh_times.time_of(record.at()));
      bool const says_who_came = record.has_check_in() || record.has_departure() || record.has_void_();
      if (says_who_came && record.class_id() == class_id) {
        replayed.who_came.push_back({log.number, stored.seq});
        if (auto const arrival = unconfirmed_arrival(record.at(), fresh_times))
          replayed.unconfirmed.push_back(*arrival);
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

}  // namespace dga::desk
