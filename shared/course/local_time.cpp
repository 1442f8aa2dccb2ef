#include "shared/course/local_time.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <stdexcept>

namespace dga::course {
namespace {

using std::chrono::milliseconds;

// Nothing for a zone that the system doesn't have.
date::time_zone const* zone_called(std::string_view name) {
  try {
    return name.empty() ? nullptr : date::locate_zone(std::string(name));
  } catch (std::exception const&) {
    return nullptr;
  }
}

struct Local {
  date::year_month_day day;
  int hour = 0, minute = 0, second = 0;
  int offset_minutes = 0;
};

// In UTC where the zone is unknown: a time of day must not be lost for want of a file of the system.
Local local(std::int64_t utc_ms, std::string_view zone) {
  date::sys_time<milliseconds> const at{milliseconds{utc_ms}};
  auto const seconds = date::floor<std::chrono::seconds>(at);
  std::chrono::seconds offset{0};
  if (auto const* found = zone_called(zone)) offset = found->get_info(seconds).offset;
  auto const shifted = seconds + offset;
  auto const day = date::floor<date::days>(shifted);
  date::hh_mm_ss<std::chrono::seconds> const time{shifted - day};
  return {date::year_month_day{day}, static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()), static_cast<int>(offset.count() / 60)};
}

int year_of(Local const& at) { return static_cast<int>(at.day.year()); }
unsigned month_of(Local const& at) { return static_cast<unsigned>(at.day.month()); }
unsigned day_of(Local const& at) { return static_cast<unsigned>(at.day.day()); }

// Takes fixed characters and fixed numbers of digits off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') {
        good_ = false;
        return 0;
      }
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) { good_ = take(any_of) && good_; }
  // Digits of a fraction as milliseconds; what is finer is dropped.
  int fraction_ms() {
    int ms = 0, weight = 100;
    bool any = false;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      ms += weight * (rest_.front() - '0');
      weight /= 10;
      any = true;
      rest_.remove_prefix(1);
    }
    good_ = good_ && any;
    return ms;
  }
  bool good() const { return good_; }
  bool done() const { return good_ && rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::optional<date::sys_days> read_day(Reader& reader) {
  int const year = reader.digits(4);
  reader.expect("-");
  auto const month = static_cast<unsigned>(reader.digits(2));
  reader.expect("-");
  auto const day = static_cast<unsigned>(reader.digits(2));
  date::year_month_day const date{date::year{year}, date::month{month}, date::day{day}};
  if (!reader.good() || !date.ok()) return std::nullopt;
  return date::sys_days{date};
}

std::optional<std::int64_t> instant(std::string_view text) {
  Reader reader(text);
  auto const day = read_day(reader);
  if (!day) return std::nullopt;
  reader.expect("Tt ");
  int const hour = reader.digits(2);
  reader.expect(":");
  int const minute = reader.digits(2);
  reader.expect(":");
  int const second = reader.digits(2);
  int const ms = reader.take(".") ? reader.fraction_ms() : 0;
  int offset = 0;
  if (!reader.take("Zz")) {
    int const sign = reader.front() == '-' ? -1 : 1;
    reader.expect("+-");
    int const hours = reader.digits(2);
    reader.expect(":");
    int const minutes = reader.digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = sign * (hours * 60 + minutes);
  }
  if (!reader.done() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  auto const whole = day->time_since_epoch() + std::chrono::hours{hour} + std::chrono::minutes{minute - offset} +
                     std::chrono::seconds{second} + milliseconds{ms};
  return std::chrono::duration_cast<milliseconds>(whole).count();
}

}  // namespace

base::Result<std::int64_t> read_instant(std::string_view text) {
  if (auto const ms = instant(text)) return *ms;
  return base::usage("time.invalid", fmt::format("\"{}\" is no instant", text.substr(0, 40)),
                     "Write it as 2024-11-12T07:55:00+07:00");
}

std::string write_instant(std::int64_t utc_ms, std::string_view zone) {
  auto const at = local(utc_ms, zone);
  int const offset = at.offset_minutes < 0 ? -at.offset_minutes : at.offset_minutes;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", year_of(at), month_of(at), day_of(at), at.hour,
                     at.minute, at.second, at.offset_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
}

std::string clock_time(std::int64_t utc_ms, std::string_view zone) {
  auto const at = local(utc_ms, zone);
  return fmt::format("{:02}:{:02}", at.hour, at.minute);
}

std::string calendar_day(std::int64_t utc_ms, std::string_view zone) {
  auto const at = local(utc_ms, zone);
  return fmt::format("{:02}/{:02}/{:04}", day_of(at), month_of(at), year_of(at));
}

std::string iso_day(std::int64_t utc_ms, std::string_view zone) {
  auto const at = local(utc_ms, zone);
  return fmt::format("{:04}-{:02}-{:02}", year_of(at), month_of(at), day_of(at));
}

int hour_of(std::int64_t utc_ms, std::string_view zone) { return local(utc_ms, zone).hour; }

bool is_zone(std::string_view name) { return zone_called(name) != nullptr; }

base::Result<std::int64_t> days_between(std::string_view earlier, std::string_view later) {
  std::int64_t days = 0;
  for (auto const& [text, sign] : {std::pair(earlier, -1), std::pair(later, 1)}) {
    Reader reader(text);
    auto const day = read_day(reader);
    if (!day || !reader.done())
      return base::usage("time.invalid", fmt::format("\"{}\" is no date", text.substr(0, 40)),
                         "Write it as 2026-11-22");
    days += sign * day->time_since_epoch().count();
  }
  return days;
}

std::int64_t same_hour_after(std::int64_t utc_ms, std::int64_t days, std::string_view zone) {
  date::sys_time<milliseconds> const at{milliseconds{utc_ms}};
  auto const* found = zone_called(zone);
  if (found == nullptr) return utc_ms + days * 86'400'000;
  auto const there = found->to_local(at) + date::days{days};
  // An hour that a change of clocks skips or repeats: the first that can be meant.
  return found->to_sys(there, date::choose::earliest).time_since_epoch().count();
}

}  // namespace dga::course
