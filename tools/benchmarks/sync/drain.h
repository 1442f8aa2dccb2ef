#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tools/benchmarks/sync/house.h"
#include "tools/benchmarks/sync/sender.h"

namespace dga::benchmarks {

struct SyncPlan {
  std::filesystem::path folder;  // on the disk that is measured
  std::string postgresql;        // a server's address with the database "postgres"; empty: SQLite only
  pid_t postgresql_pid = 0;
  int rounds = 5;
  std::uint64_t records = 100'000;
  std::size_t kiosks = 64;
  std::uint64_t each = 500;
  int seconds = 60;  // of the memory's part
};

// One drain, whatever it was.
struct Drained {
  Sent sent;
  double whole_seconds = 0;  // of the sender's process, from its start to its end
  Cost sender;
  double centre_seconds = 0, postgresql_seconds = 0;  // of the processors, while it was sent
  std::uint64_t centre_peak_bytes = 0;
  [[nodiscard]] double per_second() const { return static_cast<double>(sent.acknowledged) / sent.seconds; }
};
enum class Wire { kDirect, kCounted /* through a relay that counts: not for times */ };
struct WireBytes {
  std::uint64_t up = 0, down = 0;
};
[[nodiscard]] Drained drain_once(SyncPlan const& plan, House::Round const& round, Wire wire = Wire::kDirect,
                                 WireBytes* counted = nullptr);
// The same by a centre that has been at work: another kiosk, the last of the round, asked it before. How long that
// took, the first question after a start.
[[nodiscard]] Drained drain_warm(SyncPlan const& plan, House::Round const& round, double& first_answer_seconds);

// N records of one kiosk, and of many at once, by SQLite and by PostgreSQL.
void measure_drain(SyncPlan const& plan, nlohmann::ordered_json& report);
void measure_many(SyncPlan const& plan, nlohmann::ordered_json& report);
// What a record costs with 10^4, 10^5 and 10^6 of others at the centre already.
void measure_growth(SyncPlan const& plan, nlohmann::ordered_json& report);
// The centre's memory while 200 connections send batches of 256 KiB.
void measure_memory(SyncPlan const& plan, nlohmann::ordered_json& report);

}  // namespace dga::benchmarks
