#include "sync/centre/projection/attendance.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "shared/base/planted.h"
#include "sync/centre/ingest/replay.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

// Some 50 ms of reading.
constexpr std::uint64_t kPortionRows = 20'000;

std::optional<course::PresenceRecord> presence_of(v1::Record const& record, course::RecordKey const& key) {
  course::PresenceRecord presence;
  presence.at_ms = record.at().wall_ms();
  presence.simulated = record.at().simulated();
  presence.key = key;
  if (record.has_check_in()) {
    presence.participant = record.check_in().participant();
    presence.session = record.check_in().session();
  } else if (record.has_departure()) {
    presence.participant = record.departure().participant();
    presence.session = record.departure().session();
    presence.departure = true;
  }
  // A walk-in is nobody's number before a coordinator says whose.
  if (presence.participant == 0) return std::nullopt;
  return presence;
}

std::optional<course::RecordKey> voided_by(v1::Void const& a_void) {
  auto const log = base::LogId::from(a_void.log_id());
  if (!log) return std::nullopt;
  return course::RecordKey{*log, a_void.seq(), base::Digest::from(a_void.record_hash())};
}

}  // namespace

bool ClassBook::voided(course::RecordKey const& key) const {
  return voids.contains(key) || voids.contains({key.log, key.seq, std::nullopt});
}

Done AttendanceProjection::look(Store& store, std::uint64_t class_id,
                                std::function<void(ClassBook const&)> const& show) {
  std::lock_guard lock(mutex_);
  base::Done done;
  bool half_read = false;  // such books would count things twice
  for (bool caught_up = false; done.ok() && !caught_up;) {
    done = store.read([&](Tables& tables) -> Done {
      if (std::exchange(half_read, true)) forget();  // the store calls again
      TRY(caught_up, catch_up(tables));
      half_read = false;
      if (!caught_up) return {};
      TRY(auto const* book, book_of(tables, class_id));
      show(*book);
      return {};
    });
  }
  if (!done.ok()) forget();
  return done;
}

void AttendanceProjection::forget() {
  lines_.clear();  // first: they point into the books
  moved_.clear();
  books_.clear();
  read_through_.clear();
}

Result<bool> AttendanceProjection::catch_up(Tables& tables) {
  TRY(auto const now, interpretation(tables));
  if (now != interpretation_) {
    forget();
    interpretation_ = now;
  }
  std::uint64_t left = kPortionRows;
  TRY(auto const branches, tables.logs.all_branches());
  for (auto const& each : branches) {
    auto const& log = each.log;
    auto const& branch = each.branch;
    auto const begin = branch.fork_at == 0 ? 0 : branch.fork_at - 1;
    auto& through = read_through_.try_emplace({log, branch.number}, begin).first->second;
    if (through >= branch.head_seq) continue;
    TRY_DO(open_line(tables, log, branch));
    moved_.insert(log);
    auto const until = through + std::min(left, branch.head_seq - through);
    TRY_DO(tables.logs.replay(log, branch.number, through, until,
                              [&](LogRow const& row) { return take(tables, log, branch.number, row); }));
    left -= until - through;
    through = until;
    if (left == 0) return false;
  }
  correct_times();
  return true;
}

Done AttendanceProjection::open_line(Tables& tables, base::LogId const& log, Branch const& branch) {
  auto& lines = lines_[log];
  if (lines.contains(branch.number)) return {};
  Line line;
  if (branch.fork_at != 0) {
    TRY(auto const branches, tables.logs.branches(log));
    line.inherits = path_to(branches, branch.parent, branch.fork_at - 1);
  }
  // Read once more: a fork is rare, and what its line inherits ends within what its parent has said.
  for (auto part = line.inherits.rbegin(); part != line.inherits.rend(); ++part)
    TRY_DO(tables.logs.replay(log, part->branch, part->from - 1, part->through, [&](LogRow const& row) -> Done {
      if (read(row)) note_clocks(row.seq, line.clock);
      return {};
    }));
  lines.emplace(branch.number, std::move(line));
  return {};
}

bool AttendanceProjection::read(LogRow const& row) {
  return row.reason == 0 && row.bytes && record_.ParseFromString(*row.bytes);
}

std::optional<course::ClockReading> AttendanceProjection::note_clocks(std::uint64_t seq, course::LineClock& clock) {
  auto const reading = course::clock_reading(record_.at());
  if (reading) clock.add(seq, *reading);
  if (reading)
    if (auto const word = course::staffs_word(record_)) clock.add_word(seq, *reading, *word);
  if (record_.has_time_sample())
    if (auto sample = course::centre_reading(record_.time_sample())) {
      if constexpr (base::kPlantedBug == base::PlantedBug::kSampleMisread) sample->centre_ms += 60'000;
      clock.add_sample(seq, record_.time_sample().boot(), *sample);
    }
  return reading;
}

void AttendanceProjection::correct_times() {
  for (auto const& log : std::exchange(moved_, {})) {
    for (auto const& [branch, line] : lines_[log])
      for (auto const& hangs : line.presences) hangs.book->facts_digest.reset();
    correct_times(lines_[log]);
  }
}

void AttendanceProjection::correct_times(Lines& lines) {
  if (lines.size() == 1) {
    auto& [branch, line] = *lines.begin();
    for (auto const& hangs : line.presences) {
      auto& presence = hangs.book->records[hangs.place];
      auto const time = line.clock.time_of(hangs.seq, hangs.reading);
      presence.within_ms = time.within_ms;
      presence.by = time.by;
      if (std::exchange(presence.record.at_ms, time.at_ms) != time.at_ms &&
          base::kPlantedBug != base::PlantedBug::kMergedByStamp)
        hangs.book->book.set_time(presence.record.key, time.at_ms);
    }
    return;
  }
  // What was recorded before a fork lies on every line that goes on from there, and each of them may know more of its
  // time. The narrowest bound counts, else the earlier time: which branch arrived first must not matter.
  auto const better = [](course::TrueTime const& one, course::TrueTime const& other) {
    auto const width = [](auto const& time) { return time.within_ms.value_or(UINT64_MAX); };
    return std::pair(width(one), one.at_ms) < std::pair(width(other), other.at_ms);
  };
  std::map<Line::Hangs const*, course::TrueTime> best;
  auto const consider = [&](Line const& of, Line& along, std::uint64_t through) {
    for (auto const& hangs : of.presences) {
      if (hangs.seq > through) break;
      auto const time = along.clock.time_of(hangs.seq, hangs.reading);
      auto const [known, fresh] = best.try_emplace(&hangs, time);
      if (!fresh && better(time, known->second)) known->second = time;
    }
  };
  for (auto& [branch, line] : lines) {
    consider(line, line, UINT64_MAX);
    for (auto const& part : line.inherits)
      if (auto const parent = lines.find(part.branch); parent != lines.end())
        consider(parent->second, line, part.through);
  }
  // The same record on two branches is one fact, and counts at the better of its times.
  std::map<std::pair<ClassBook*, course::RecordKey>, course::TrueTime> facts;
  for (auto const& [hangs, time] : best) {
    auto& presence = hangs->book->records[hangs->place];
    presence.record.at_ms = time.at_ms;
    presence.within_ms = time.within_ms;
    presence.by = time.by;
    auto const [known, fresh] = facts.try_emplace({hangs->book, presence.record.key}, time);
    if (!fresh && better(time, known->second)) known->second = time;
  }
  for (auto const& [of, time] : facts) of.first->book.set_time(of.second, time.at_ms);
}

Done AttendanceProjection::take(Tables& tables, base::LogId const& log, std::uint32_t branch, LogRow const& row) {
  if (!read(row)) return {};
  auto& line = lines_[log][branch];
  auto const reading = note_clocks(row.seq, line.clock);
  if (!record_.has_check_in() && !record_.has_departure() && !record_.has_void_()) return {};
  TRY(auto* const book, book_of(tables, record_.class_id()));
  if (record_.has_void_()) {
    if (auto const key = voided_by(record_.void_())) {
      if constexpr (base::kPlantedBug == base::PlantedBug::kVoidMustFollow)
        if (std::none_of(book->records.begin(), book->records.end(), [&](auto const& each) {
              return each.record.key.log == key->log && each.record.key.seq == key->seq;
            }))
          return {};
      book->facts_digest.reset();
      book->book.add_void(*key);
      book->voids.insert(*key);
    }
  } else if (auto const presence = presence_of(record_, {log, row.seq, row.digest})) {
    book->facts_digest.reset();
    book->book.add(*presence);
    if (reading) line.presences.push_back({row.seq, *reading, book, book->records.size()});
    book->records.push_back({*presence, presence->at_ms, std::nullopt, course::TrueTime::By::kClocks});
  }
  return {};
}

Result<ClassBook*> AttendanceProjection::book_of(Tables& tables, std::uint64_t class_id) {
  auto found = books_.find(class_id);
  if (found == books_.end()) {
    // Rehearsals only: elsewhere a simulated stamp has been quarantined, and is left out here once more.
    TRY(auto const row, tables.classes.a_class(class_id));
    v1::Class a_class;
    bool const rehearsal = row && a_class.ParseFromString(row->bytes) && a_class.rehearsal();
    auto const simulated = rehearsal ? course::SimulatedStamps::kCount : course::SimulatedStamps::kLeftOut;
    found = books_.emplace(class_id, ClassBook{course::AttendanceBook(simulated), {}, {}, {}}).first;
  }
  return &found->second;
}

}  // namespace dga::centre
