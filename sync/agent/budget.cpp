#include "sync/agent/budget.h"

#include <charconv>
#include <string>

namespace dga::agent {
namespace {

// "most used day", a most of 0: no limit holds now; missing: there never was one.
constexpr std::string_view kSetting = "sync.budget";

std::int64_t today(base::Clock const& clock) {
  constexpr std::int64_t kHourMs = 3'600'000, kDayMs = 24 * kHourMs;
  return (clock.wall_ms() + 7 * kHourMs) / kDayMs;
}

base::Done put(store::KioskStore& store, base::Clock const& clock, Budget const& budget) {
  return store.put_setting(kSetting, std::to_string(budget.most_bytes) + ' ' + std::to_string(budget.used_bytes) + ' ' +
                                         std::to_string(today(clock)));
}

template <typename Number>
bool take(std::string_view& text, Number& number) {
  auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return true;
}

// Also where its limit was taken away.
base::Result<std::optional<Budget>> read_counted(store::KioskStore& store, base::Clock const& clock) {
  TRY(auto const setting, store.setting(kSetting));
  std::string_view text = setting ? *setting : std::string_view();
  Budget budget;
  std::int64_t day = 0;
  if (!take(text, budget.most_bytes) || !take(text, budget.used_bytes) || !take(text, day))
    return std::optional<Budget>();
  if (day != today(clock)) budget.used_bytes = 0;
  return std::optional(budget);
}

}  // namespace

base::Result<std::optional<Budget>> read_budget(store::KioskStore& store, base::Clock const& clock) {
  TRY(auto counted, read_counted(store, clock));
  if (counted && counted->most_bytes == 0) counted.reset();
  return counted;
}

base::Done set_budget(store::KioskStore& store, base::Clock const& clock, std::optional<std::uint64_t> most_bytes) {
  TRY(auto const before, read_counted(store, clock));
  return put(store, clock, {most_bytes.value_or(0), before ? before->used_bytes : 0});
}

base::Done spend(store::KioskStore& store, base::Clock const& clock, std::uint64_t bytes) {
  TRY(auto counted, read_counted(store, clock));
  if (!counted) return {};
  counted->used_bytes += bytes;
  return put(store, clock, *counted);
}

}  // namespace dga::agent
