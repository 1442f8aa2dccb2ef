#include "shared/store/kiosk_retention.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <new>

#include "shared/records/kinds.h"
#include "shared/store/kiosk_schema.h"
#include "shared/store/kiosk_store.h"
#include "shared/store/memory.h"
#include "shared/store/wal_room.h"

namespace dga::store {
namespace {

constexpr std::string_view kMarks = "retention.time_marks";
// Whether the database's log may still hold frames of what was wiped.
constexpr std::string_view kScrubDue = "retention.scrub_due";
// A position: all records up to there that tell of a person are erased, or were never to be.
constexpr std::string_view kWipedThrough = "retention.wiped_through", kWipedAt = "retention.wiped_at_ms";

template <typename Number>
bool take(std::string_view& text, Number& number) {
  auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return true;
}

template <typename Number>
std::optional<Number> number_in(std::optional<base::Bytes> const& setting) {
  Number number = 0;
  std::string_view text = setting ? *setting : std::string_view();
  return take(text, number) ? std::optional(number) : std::nullopt;
}

// Half a mark's distance early, so that nothing is kept longer for want of a mark.
constexpr std::int64_t kKeptMs = (kLongestKept - kTimeMarkEvery).count();

}  // namespace

std::uint64_t position_of(RecordPlace const& place) {
  return static_cast<std::uint64_t>(place_of(place.log - 1, place.seq));
}

RecordPlace place_at(std::uint64_t position) {
  auto const place = static_cast<std::int64_t>(position);
  return {(place >> kSeqBits) + 1, seq_of(place)};
}

std::vector<TimeMark> read_time_marks(base::ByteView setting) {
  std::vector<TimeMark> marks;
  std::string_view text = setting;
  for (TimeMark mark;
       take(text, mark.position) && take(text, mark.centre_ms) && take(text, mark.boot) && take(text, mark.mono_ms);)
    marks.push_back(mark);
  return marks;
}

std::string write_time_marks(std::span<TimeMark const> marks) {
  std::string text;
  for (auto const& mark : marks)
    text += fmt::format("{} {} {} {}\n", mark.position, mark.centre_ms, mark.boot, mark.mono_ms);
  return text;
}

void add_time_mark(std::vector<TimeMark>& marks, TimeMark const& newer) {
  std::erase_if(marks, [&](TimeMark const& mark) { return mark.centre_ms > newer.centre_ms; });
  auto const last = marks.size();
  if (last >= 2 && newer.centre_ms - marks[last - 2].centre_ms < kTimeMarkEvery.count()) marks.pop_back();
  marks.push_back(newer);
  // Of those that are old enough the last says all that the others say.
  while (marks.size() >= 2 && marks[1].centre_ms <= newer.centre_ms - kKeptMs) marks.erase(marks.begin());
}

std::uint64_t kept_long_enough(std::span<TimeMark const> marks, std::int64_t now_ms) {
  std::uint64_t through = 0;
  for (auto const& mark : marks)
    if (mark.centre_ms <= now_ms - kKeptMs) through = std::max(through, mark.position - 1);
  return through;
}

base::Done KioskStore::note_centre_time(LogNumber log, v1::Record const& sample) {
  TRY(auto const setting_now, setting(kMarks));
  auto marks = read_time_marks(setting_now.value_or(""));
  auto const& said = sample.time_sample();
  add_time_mark(marks, {position_of({log, sample.seq()}), said.centre_ms(), said.boot(), said.mono_received()});
  return put_setting(kMarks, write_time_marks(marks));
}

base::Result<std::optional<std::int64_t>> KioskStore::centre_time_ms(base::Clock const& clock) try {
  TRY(auto const setting_now, setting(kMarks));
  auto const marks = read_time_marks(setting_now.value_or(""));
  if (marks.empty()) return std::optional<std::int64_t>();
  auto const& last = marks.back();
  bool const this_boot = clock.boot_id() == boot_.id && boot_.count == last.boot && clock.mono_ms() > last.mono_ms;
  return std::optional(last.centre_ms +
                       (this_boot ? static_cast<std::int64_t>(clock.mono_ms() - last.mono_ms) : std::int64_t{0}));
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<std::optional<KioskStore::CentreTime>> KioskStore::last_centre_time() try {
  TRY(auto const setting_now, setting(kMarks));
  auto const marks = read_time_marks(setting_now.value_or(""));
  if (marks.empty()) return std::optional<CentreTime>();
  return std::optional(CentreTime{marks.back().centre_ms, marks.back().boot, marks.back().mono_ms});
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<std::uint64_t> KioskStore::wipeable_through() {
  std::uint64_t through = 0;
  for (auto const& log : logs_) {
    TRY(auto const sync, sync_state(log.number));
    auto const seq = std::min({sync.durable_through, sync.received_through, log.head.seq});
    through = position_of({log.number, seq});
    // The next log's turn comes when all of this one may go: they are gone through in order.
    if (seq < log.head.seq) break;
  }
  return through;
}

base::Result<KioskStore::Wiped> KioskStore::wipe(std::optional<RecordPlace> needed_from, base::Clock const& clock,
                                                 std::size_t most) try {
  TRY(auto const now_ms, centre_time_ms(clock));
  if (!now_ms) return Wiped{};
  TRY(auto const marks, setting(kMarks));
  TRY(auto const wiped_setting, setting(kWipedThrough));
  auto done = place_at(number_in<std::uint64_t>(wiped_setting).value_or(0));
  TRY(auto limit, wipeable_through());
  limit = std::min(limit, kept_long_enough(read_time_marks(marks.value_or("")), *now_ms));
  if (needed_from) limit = std::min(limit, position_of(*needed_from) - 1);
  if (limit <= position_of(done)) return Wiped{};
  TRY(auto const* log, log_of(done.log));
  if (done.seq >= log->head.seq && done.log < newest()) {
    done = {done.log + 1, 0};
    TRY(log, log_of(done.log));
  }
  auto const last = std::min<std::uint64_t>(done.seq + most, log->head.seq);
  auto const through = std::min(limit, position_of({done.log, last}));
  auto const through_seq = place_at(through).seq;

  std::vector<std::uint64_t> seqs;
  TRY_DO(replay(done.log, done.seq + 1, [&](StoredRecord const& stored) -> base::Result<bool> {
    if (stored.seq > through_seq) return false;
    v1::Record record;
    // What cannot be read may tell of somebody.
    if (!stored.erased && (!record.ParseFromString(stored.bytes) || records::tells_of_a_person(record)))
      seqs.push_back(stored.seq);
    return true;
  }));
  auto const erase = [&]() -> base::Done {
    TRY(auto statement, database_.prepare("UPDATE record SET bytes = NULL WHERE place = ?"));
    for (auto const seq : seqs) {
      statement.bind(1, place_of(done.log, seq));
      TRY_DO(statement.run());
    }
    if (!seqs.empty()) {
      TRY_DO(put_setting(kWipedAt, std::to_string(clock.wall_ms())));
      TRY_DO(put_setting(kScrubDue, "1"));  // with them: a crash must not leave their old frames for good
    }
    return put_setting(kWipedThrough, std::to_string(through));
  };
  std::vector<v1::Record> drafts;
  if (!seqs.empty()) {
    auto& event = *drafts.emplace_back().mutable_kiosk_event();
    event.set_kind(v1::KioskEvent::WIPED);
    event.set_detail(fmt::format("{} records", seqs.size()));
  }
  TRY_DO(append(std::move(drafts), clock, erase));
  return Wiped{seqs.size(), through < limit};
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::scrub_log() try {
  int const result = scrub_wal(database_.handle());
  // A reader holds frames back: it stays due.
  if (result == SQLITE_BUSY) return {};
  if (result != SQLITE_OK) return database_.failure("overwrite the log");
  TRY(bool const due, scrub_due());
  return due ? put_setting(kScrubDue, "") : base::Done();
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<bool> KioskStore::scrub_due() try {
  TRY(auto const found, setting(kScrubDue));
  return found && !found->empty();
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<std::optional<std::int64_t>> KioskStore::wiped_at_ms() try {
  TRY(auto const found, setting(kWipedAt));
  return number_in<std::int64_t>(found);
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
