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
    open_line(log, branch);
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

void AttendanceProjection::open_line(base::LogId const& log, Branch const& branch) {
  auto& lines = lines_[log];
  if (lines.contains(branch.number)) return;
  // Branches are read by number: a parent's records before the fork have all been read.
  auto const parent = lines.find(branch.parent);
  bool const inherits = branch.fork_at != 0 && parent != lines.end();
  auto clock = inherits ? parent->second.clock.before(branch.fork_at) : course::LineClock();
  lines.emplace(branch.number, Line{std::move(clock), {}});
}

void AttendanceProjection::correct_times() {
  for (auto const& log : std::exchange(moved_, {})) correct_times(lines_[log]);
}

void AttendanceProjection::correct_times(Lines& lines) {
  // The same record on two branches is one fact: the earlier of its times counts, whichever branch is read first.
  std::map<std::pair<ClassBook*, course::RecordKey>, std::int64_t> shared;
  for (auto& [branch, line] : lines) {
    for (auto const& hangs : line.presences) {
      auto& presence = hangs.book->records[hangs.place];
      auto const time = line.clock.time_of(hangs.seq, hangs.reading);
      presence.within_ms = time.within_ms;
      bool const moves = std::exchange(presence.record.at_ms, time.at_ms) != time.at_ms;
      if (lines.size() == 1) {
        if (moves) hangs.book->book.set_time(presence.record.key, time.at_ms);
        continue;
      }
      auto const [known, fresh] = shared.try_emplace({hangs.book, presence.record.key}, time.at_ms);
      if (!fresh) known->second = std::min(known->second, time.at_ms);
    }
  }
  for (auto const& [of, at_ms] : shared) of.first->book.set_time(of.second, at_ms);
}

Done AttendanceProjection::take(Tables& tables, base::LogId const& log, std::uint32_t branch, LogRow const& row) {
  if (row.reason != 0 || !row.bytes || !record_.ParseFromString(*row.bytes)) return {};
  auto& line = lines_[log][branch];
  auto const reading = course::clock_reading(record_.at());
  if (reading) line.clock.add(row.seq, *reading);
  if (record_.has_time_sample())
    if (auto const sample = course::centre_reading(record_.time_sample()))
      line.clock.add_sample(row.seq, record_.time_sample().boot(), *sample);
  if (!record_.has_check_in() && !record_.has_departure() && !record_.has_void_()) return {};
  TRY(auto* const book, book_of(tables, record_.class_id()));
  if (record_.has_void_()) {
    if (auto const key = voided_by(record_.void_())) {
      if constexpr (base::kPlantedBug == base::PlantedBug::kVoidMustFollow)
        if (std::none_of(book->records.begin(), book->records.end(), [&](auto const& each) {
              return each.record.key.log == key->log && each.record.key.seq == key->seq;
            }))
          return {};
      book->book.add_void(*key);
      book->voids.insert(*key);
    }
  } else if (auto const presence = presence_of(record_, {log, row.seq, row.digest})) {
    book->book.add(*presence);
    if (reading) line.presences.push_back({row.seq, *reading, book, book->records.size()});
    book->records.push_back({*presence, presence->at_ms, std::nullopt});
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
    found = books_.emplace(class_id, ClassBook{course::AttendanceBook(simulated), {}, {}}).first;
  }
  return &found->second;
}

}  // namespace dga::centre
