#include <algorithm>
#include <map>
#include <utility>

#include "kiosk/desk/desk_inside.h"

namespace dga::desk {
namespace {

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

}  // namespace

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

}  // namespace dga::desk
