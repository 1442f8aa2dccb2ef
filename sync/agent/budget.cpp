#include "sync/agent/budget.h"

#include <charconv>
#include <string>

namespace dga::agent {
namespace {

// "most used day"; empty or missing: no limit.
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

}  // namespace

base::Result<std::optional<Budget>> read_budget(store::KioskStore& store, base::Clock const& clock) {
  TRY(auto const setting, store.setting(kSetting));
  std::string_view text = setting ? *setting : std::string_view();
  Budget budget;
  std::int64_t day = 0;
  if (!take(text, budget.most_bytes) || !take(text, budget.used_bytes) || !take(text, day))
    return std::optional<Budget>();
  if (day != today(clock)) budget.used_bytes = 0;
  return std::optional(budget);
}

base::Done set_budget(store::KioskStore& store, base::Clock const& clock, std::optional<std::uint64_t> most_bytes) {
  if (!most_bytes) return store.put_setting(kSetting, "");
  TRY(auto const before, read_budget(store, clock));
  return put(store, clock, {*most_bytes, before ? before->used_bytes : 0});
}

base::Done spend(store::KioskStore& store, base::Clock const& clock, std::uint64_t bytes) {
  TRY(auto budget, read_budget(store, clock));
  if (!budget) return {};
  budget->used_bytes += bytes;
  return put(store, clock, *budget);
}

}  // namespace dga::agent
