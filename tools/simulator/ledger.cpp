#include "tools/simulator/ledger.h"

#include <algorithm>
#include <set>

#include "shared/records/record.pb.h"

namespace dga::simulator {

void Ledger::wrote(base::LogId const& log, store::LogIdentity const& identity, store::StoredRecord const& record,
                   base::Digest const& previous, std::optional<std::uint64_t> at_ms) {
  logs_.try_emplace(log, identity);
  auto const [place, fresh] = records_.try_emplace({log, record.seq, record.hash});
  if (!fresh) return;
  auto& written = place->second;
  written.bytes = record.bytes;
  written.digest = record.digest;
  written.at_ms = at_ms;
  if (record.seq > 1) written.before = Place{log, record.seq - 1, previous};
  v1::Record parsed;
  written.time_sample = parsed.ParseFromString(record.bytes) && parsed.has_time_sample();
}

void Ledger::keep_acknowledged_only(std::vector<Place> const& places) {
  std::set<Place> const kept(places.begin(), places.end());
  for (auto& [place, written] : records_)
    if (!kept.contains(place)) written.acknowledged = false;
}

std::size_t Ledger::forks(base::LogId const& log) const {
  std::set<Place> goes_on;
  std::size_t ends = 0;
  auto const begin = records_.lower_bound({log, 0, {}});
  for (auto at = begin; at != records_.end() && at->first.log == log; ++at)
    if (at->second.before) goes_on.insert(*at->second.before);
  for (auto at = begin; at != records_.end() && at->first.log == log; ++at)
    if (!goes_on.contains(at->first)) ++ends;
  return ends == 0 ? 0 : ends - 1;
}

bool Ledger::is_child(base::LogId const& log) const {
  auto const first = records_.lower_bound({log, 1, {}});
  v1::Record opened;
  return first != records_.end() && first->first.log == log && opened.ParseFromString(first->second.bytes) &&
         !opened.log_opened().parent_log().empty();
}

std::vector<Place> Ledger::line_to(Place place) const {
  std::vector<Place> line{place};
  while (auto const& before = records_.at(line.back()).before) line.push_back(*before);
  std::reverse(line.begin(), line.end());
  return line;
}

}  // namespace dga::simulator
