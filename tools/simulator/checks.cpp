#include "tools/simulator/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "sync/protocol/receipt.pb.h"
#include "tools/simulator/centre.h"
#include "tools/simulator/checks_devices.h"
#include "tools/simulator/checks_logs.h"
#include "tools/simulator/checks_times.h"
#include "tools/simulator/kiosk.h"
#include "tools/simulator/reference.h"

namespace dga::simulator {
namespace {

using nlohmann::json;

std::string name_of(Place const& place) {
  return fmt::format("{}:{}:{}", place.log.hex().substr(0, 8), place.seq, place.hash.hex().substr(0, 8));
}

class Checks {
 public:
  explicit Checks(World& world) : world_(world), rows_(world.centre().rows()) {
    for (auto const& row : rows_) by_place_[row.place].push_back(&row);
    for (auto const& kiosk : world_.kiosks())
      for (auto const& place : kiosk->lines(SimulatedKiosk::Ends::kToLastFact)) live_.insert(place);
  }

  void arrived() {
    for (auto const& [place, written] : world_.ledger().records()) {
      bool const kept = live_.contains(place);
      if (!kept && !written.acknowledged) continue;
      auto const found = by_place_.find(place);
      if (found == by_place_.end())
        world_.violated("arrived", fmt::format("{} is not at the centre, and it was {}", name_of(place),
                                               written.acknowledged ? "acknowledged" : "kept by a kiosk"));
      else if (found->second.front()->bytes != written.bytes || found->second.front()->digest != written.digest)
        world_.violated("arrived", name_of(place) + " has other bytes at the centre");
    }
  }

  void once() {
    for (auto const& [place, rows] : by_place_) {
      if (rows.size() > 1) world_.violated("once", name_of(place) + " is there more than once");
      if (world_.ledger().find(place) == nullptr) world_.violated("once", name_of(place) + " was written by nobody");
    }
  }

  void forks() {
    std::multiset<std::pair<std::string, std::uint64_t>> expected, named;
    std::map<std::pair<base::LogId, std::uint64_t>, std::map<base::Digest, int>> children;
    for (auto const& [place, rows] : by_place_)
      if (auto const* written = world_.ledger().find(place))
        ++children[{place.log, place.seq}][written->before ? written->before->hash : base::Digest{}];
    for (auto const& [where, by_parent] : children)
      for (auto const& [parent, ways] : by_parent)
        for (int extra = 1; extra < ways; ++extra) expected.emplace(where.first.hex(), where.second);
    auto const whole = statement();
    for (auto const& line : whole["logs"]) {
      bool const arrived = line["accepted"].get<std::uint64_t>() + line["quarantined"].get<std::uint64_t>() > 0;
      if (line["fork_at"] != 0 && arrived)
        named.emplace(line["log"].get<std::string>(), line["fork_at"].get<std::uint64_t>());
    }
    if (expected == named) return;
    std::string text = "expected";
    for (auto const& [log, seq] : expected) text += fmt::format(" {}:{}", log.substr(0, 8), seq);
    text += "; named";
    for (auto const& [log, seq] : named) text += fmt::format(" {}:{}", log.substr(0, 8), seq);
    world_.violated("forks", text);
  }

  void statement_closes() {
    auto const whole = statement();
    std::uint64_t received = 0;
    for (auto const& line : whole["logs"]) {
      received += line["accepted"].get<std::uint64_t>() + line["quarantined"].get<std::uint64_t>();
      if (!line["closes"].get<bool>()) world_.violated("statement", "does not close: " + line.dump());
    }
    if (received != rows_.size())
      world_.violated("statement", fmt::format("counts {} records and there are {}", received, rows_.size()));
    auto const lost = logs_that_lost(), forked = logs_that_forked();
    std::map<base::LogId, std::uint64_t> samples;
    for (auto const& [place, written] : world_.ledger().records())
      if (!by_place_.contains(place) && written.time_sample) ++samples[place.log];
    for (auto const& line : whole["logs"]) {
      auto const log = *base::LogId::from(*base::from_hex(line["log"].get<std::string>()));
      // A head that was signed for stays recorded, and waiting, although a restored folder may have lost what it was.
      if (lost.contains(log)) continue;
      if (line["parked"] != 0) world_.violated("statement", "something stays parked: " + line.dump());
      // Where a head's line left a known one is only known from the points that its query named: an upper bound.
      if (!forked.contains(log) && line["waiting"].get<std::uint64_t>() > samples[log])
        world_.violated("statement",
                        fmt::format("more waits than the {} time samples that may: {}", samples[log], line.dump()));
    }
  }

  void others() {
    check_wiped(world_, rows_);
    check_children(world_, rows_);
    check_carried(world_, rows_);
    check_revoked(world_, rows_);
    check_learned(world_, rows_);
    check_times(world_, rows_);
    check_merged(world_, rows_);
  }

  void same_as_reference() {
    auto const reference = perfect_run(world_, rows_);
    auto const here = results_of(world_.centre());
    if (here.records != reference.records)
      world_.violated("export",
                      "differs from a perfect run's at line " + first_difference(here.records, reference.records));
    if (here.attendance != reference.attendance)
      world_.violated("attendance", "differs from a perfect run's at line " +
                                        first_difference(here.attendance, reference.attendance));
  }

 private:
  [[nodiscard]] json statement() { return json::parse(world_.centre().coordinator("GET", "/api/v1/reconciliation")); }

  // Written once, and kept by nobody: neither here nor at the end of a live kiosk's log.
  // Of which something is nowhere any more.
  [[nodiscard]] std::set<base::LogId> logs_that_lost() const {
    std::set<Place> kept;
    for (auto const& kiosk : world_.kiosks())
      for (auto const& place : kiosk->lines(SimulatedKiosk::Ends::kWithTimeSamples)) kept.insert(place);
    std::set<base::LogId> logs;
    for (auto const& [place, written] : world_.ledger().records())
      if (!by_place_.contains(place) && !kept.contains(place)) logs.insert(place.log);
    return logs;
  }

  [[nodiscard]] std::set<base::LogId> logs_that_forked() const {
    std::set<std::pair<base::LogId, std::uint64_t>> seen;
    std::set<base::LogId> logs;
    for (auto const& [place, written] : world_.ledger().records())
      if (!seen.emplace(place.log, place.seq).second) logs.insert(place.log);
    return logs;
  }

  static std::string first_difference(std::string const& a, std::string const& b) {
    auto const [at, other] =
        std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin());
    auto const line = std::count(a.begin(), at, '\n') + 1;
    auto const whole = [&](std::string const& text, std::size_t from) {
      auto const start = from == 0 ? 0 : text.rfind('\n', from - 1) + 1;
      return text.substr(start, text.find('\n', from) - start);
    };
    auto const from = static_cast<std::size_t>(at - a.begin());
    return fmt::format("{}:\n    {}\n    {}", line, whole(a, std::min(from, a.size())),
                       whole(b, std::min(from, b.size())));
  }

  World& world_;
  std::vector<StoredRow> const rows_;
  std::map<Place, std::vector<StoredRow const*>> by_place_;
  std::set<Place> live_;
};

}  // namespace

void check(World& world) {
  Checks checks(world);
  checks.arrived();
  checks.once();
  checks.forks();
  checks.statement_closes();
  checks.others();
  checks.same_as_reference();
}

}  // namespace dga::simulator
