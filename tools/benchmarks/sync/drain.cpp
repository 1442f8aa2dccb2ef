// N records of one kiosk, and of many kiosks at once: real programs, both ends durable.
#include "tools/benchmarks/sync/drain.h"

#include <nlohmann/json.hpp>
#include <span>

#include "tools/benchmarks/measure.h"
#include "tools/benchmarks/must.h"
#include "tools/benchmarks/sync/relay.h"

namespace dga::benchmarks {
namespace {

using nlohmann::ordered_json;

double of(std::vector<Drained> const& rounds, auto const& figure) {
  std::vector<double> figures;
  for (auto const& round : rounds) figures.push_back(static_cast<double>(figure(round)));
  return median(std::move(figures));
}

constexpr double kMegabyte = 1e6;

void print_head() {
  fmt::print("{:<34}{:>11}{:>19}{:>9}{:>8}{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}{:>7}\n", "medians", "records/s",
             "(lowest-highest)", "whole s", "B up", "B down", "requests", "cpu kiosk", "centre", "database", "MB kiosk",
             "centre");
}

void print_line(std::string const& what, std::vector<Drained> const& rounds, WireBytes const& wire) {
  auto const records = of(rounds, [](auto const& each) { return each.sent.acknowledged; });
  auto lowest = rounds.front().per_second(), highest = lowest;
  for (auto const& each : rounds) {
    lowest = std::min(lowest, each.per_second());
    highest = std::max(highest, each.per_second());
  }
  fmt::print("{:<34}{:>11.0f}{:>19}{:>9.2f}{:>8.2f}{:>8.2f}{:>9.0f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.1f}{:>7.1f}\n", what,
             of(rounds, [](auto const& each) { return each.per_second(); }),
             fmt::format("({:.0f}-{:.0f})", lowest, highest),
             of(rounds, [](auto const& each) { return each.whole_seconds; }), static_cast<double>(wire.up) / records,
             static_cast<double>(wire.down) / records, of(rounds, [](auto const& each) { return each.sent.requests; }),
             of(rounds, [](auto const& each) { return each.sent.processor_seconds; }),
             of(rounds, [](auto const& each) { return each.centre_seconds; }),
             of(rounds, [](auto const& each) { return each.postgresql_seconds; }),
             of(rounds, [](auto const& each) { return each.sender.peak_bytes; }) / kMegabyte,
             of(rounds, [](auto const& each) { return each.centre_peak_bytes; }) / kMegabyte);
  std::fflush(stdout);
}

ordered_json json_of(Drained const& each) {
  return {{"records_per_second", each.per_second()},
          {"seconds", each.sent.seconds},
          {"whole_seconds", each.whole_seconds},
          {"records", each.sent.acknowledged},
          {"requests", each.sent.requests},
          {"batches", each.sent.batches},
          {"batch_bytes", each.sent.batches_up},
          {"kiosk_processor_seconds", each.sent.processor_seconds},
          {"kiosk_process_processor_seconds", each.sender.processor_seconds},
          {"centre_processor_seconds", each.centre_seconds},
          {"postgresql_processor_seconds", each.postgresql_seconds},
          {"kiosk_peak_bytes", each.sender.peak_bytes},
          {"centre_peak_bytes", each.centre_peak_bytes}};
}

void measure(SyncPlan const& plan, Keeper keeper, std::string const& what, std::size_t kiosks, std::uint64_t each,
             ordered_json& report) {
  House house(plan.folder / "sync", keeper, plan.postgresql, kiosks);
  house.load_kiosks(each, kiosks);
  WireBytes wire;
  {
    auto const round = house.copy(kiosks);
    static_cast<void>(drain_once(plan, round, Wire::kCounted, &wire));
  }
  std::vector<Drained> rounds;
  ordered_json all = ordered_json::array();
  for (int i = 0; i < plan.rounds; ++i) {
    auto const round = house.copy(kiosks);
    rounds.push_back(drain_once(plan, round));
    all.push_back(json_of(rounds.back()));
  }
  print_line(what, rounds, wire);
  report[what] = {{"wire_bytes_up", wire.up},
                  {"wire_bytes_down", wire.down},
                  {"records_per_second", of(rounds, [](auto const& one) { return one.per_second(); })},
                  {"batch_bytes_per_record", of(rounds,
                                                [](auto const& one) {
                                                  return static_cast<double>(one.sent.batches_up) /
                                                         static_cast<double>(one.sent.acknowledged);
                                                })},
                  {"rounds", std::move(all)}};
}

std::vector<Keeper> keepers(SyncPlan const& plan) {
  if (plan.postgresql.empty()) return {Keeper::kSqlite};
  return {Keeper::kSqlite, Keeper::kPostgresql};
}

}  // namespace

namespace {

// `kiosks` against a centre that runs at `address`.
Drained send_from(SyncPlan const& plan, RunningCentre const& centre, std::string const& address,
                  std::span<std::filesystem::path const> kiosks, Keeper keeper) {
  std::vector<std::string> arguments{program("dga-bench"), "sync-sender", "--centre", address};
  for (auto const& kiosk : kiosks) arguments.push_back(kiosk.string());
  bool const postgresql = keeper == Keeper::kPostgresql;
  Drained drained;
  double const began = wall_seconds();
  Child sender(arguments);
  if (sender.read_line() != "ready") must(base::Done(base::storage("bench.sender", "the sender did not start")));
  double const centre_before = processor_seconds_of(centre.pid());
  double const database_before = postgresql ? processor_seconds_of_family(plan.postgresql_pid) : 0;
  sender.write_line("go");
  drained.sent = read_sent(sender.read_line());
  drained.centre_seconds = processor_seconds_of(centre.pid()) - centre_before;
  if (postgresql) drained.postgresql_seconds = processor_seconds_of_family(plan.postgresql_pid) - database_before;
  drained.sender = sender.finish();
  drained.whole_seconds = wall_seconds() - began;
  if (drained.sent.waiting != 0) must(base::Done(base::storage("bench.drain", "records were left over")));
  return drained;
}

Keeper keeper_of(House::Round const& round) { return round.database.empty() ? Keeper::kSqlite : Keeper::kPostgresql; }

}  // namespace

Drained drain_once(SyncPlan const& plan, House::Round const& round, Wire wire, WireBytes* counted) {
  RunningCentre centre(round);
  std::unique_ptr<Relay> relay;
  if (wire == Wire::kCounted) relay = std::make_unique<Relay>(centre.address());
  auto drained = send_from(plan, centre, relay ? relay->address() : centre.address(), round.kiosks, keeper_of(round));
  drained.centre_peak_bytes = centre.stop().peak_bytes;
  if (relay && counted != nullptr) *counted = {relay->up(), relay->down()};
  return drained;
}

Drained drain_warm(SyncPlan const& plan, House::Round const& round, double& first_answer_seconds) {
  RunningCentre centre(round);
  auto const kiosks = std::span(round.kiosks);
  first_answer_seconds = send_from(plan, centre, centre.address(), kiosks.last(1), keeper_of(round)).sent.seconds;
  auto drained = send_from(plan, centre, centre.address(), kiosks.first(kiosks.size() - 1), keeper_of(round));
  drained.centre_peak_bytes = centre.stop().peak_bytes;
  return drained;
}

void measure_drain(SyncPlan const& plan, ordered_json& report) {
  print_head();
  for (auto const keeper : keepers(plan))
    measure(plan, keeper, fmt::format("1 kiosk x {}, {}", plan.records, name_of(keeper)), 1, plan.records, report);
}

void measure_many(SyncPlan const& plan, ordered_json& report) {
  print_head();
  for (auto const keeper : keepers(plan))
    measure(plan, keeper, fmt::format("{} kiosks x {}, {}", plan.kiosks, plan.each, name_of(keeper)), plan.kiosks,
            plan.each, report);
}

}  // namespace dga::benchmarks
