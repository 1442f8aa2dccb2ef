#include "sync/centre/store/postgresql/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace dga::centre::postgresql {

Failure failure_of(std::string_view sqlstate) {
  using namespace std::string_view_literals;
  // Serialisation failure, deadlock.
  if (sqlstate == "40001" || sqlstate == "40P01") return Failure::kConflict;
  if (sqlstate == "23505") return Failure::kDuplicate;
  if (sqlstate == "53100") return Failure::kFull;
  // Shut down by its administrator, crashed, starting up, idle for too long; too many connections; a primary that has
  // become a standby meanwhile.
  constexpr std::array kAway{"57P01"sv, "57P02"sv, "57P03"sv, "57P05"sv, "25P03"sv, "53300"sv, "25006"sv};
  bool const away = std::find(kAway.begin(), kAway.end(), sqlstate) != kAway.end();
  if (away || sqlstate.starts_with("08")) return Failure::kLost;
  return Failure::kOther;
}

base::Error error_of(Failure failure, std::string_view sqlstate) {
  switch (failure) {
    case Failure::kLost:
      return base::unreachable("store.unreachable", "could not reach the centre's PostgreSQL server",
                               "Check that it runs and accepts connections; nothing that was acknowledged is lost");
    case Failure::kConflict:
      return base::storage("store.busy", "other units of work kept changing the same rows of the centre's database",
                           "Try again in a moment");
    case Failure::kFull:
      return base::storage("store.full", "no space is left for the centre's database",
                           "Free space on the PostgreSQL server's disk; nothing that was recorded is lost");
    case Failure::kNone:
    case Failure::kDuplicate:
    case Failure::kOther: break;
  }
  return base::storage("store.failed",
                       fmt::format("PostgreSQL refused a statement of the centre (SQLSTATE {})",
                                   sqlstate.empty() ? "unknown" : sqlstate),
                       "Look into the PostgreSQL server's log");
}

}  // namespace dga::centre::postgresql
