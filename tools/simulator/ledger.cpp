#include "tools/simulator/ledger.h"

#include <algorithm>
#include <set>

#include "shared/records/record.pb.h"

namespace dga::simulator {

void Ledger::wrote(base::LogId const& log, store::LogIdentity const& identity, store::StoredRecord const& record,
                   base::Digest const& previous) {
  logs_.try_emplace(log, identity);
  auto const [place, fresh] = records_.try_emplace({log, record.seq, record.hash});
  if (!fresh) return;
  auto& written = place->second;
  written.bytes = record.bytes;
  written.digest = record.digest;
  if (record.seq > 1) written.before = Place{log, record.seq - 1, previous};
  v1::Record parsed;
  written.time_sample = parsed.ParseFromString(record.bytes) && parsed.has_time_sample();
}

void Ledger::keep_acknowledged_only(std::vector<Place> const& places) {
  std::set<Place> const kept(places.begin(), places.end());
  for (auto& [place, written] : records_)
    if (!kept.contains(place)) written.acknowledged = false;
}

std::vector<Place> Ledger::line_to(Place place) const {
  std::vector<Place> line{place};
  while (auto const& before = records_.at(line.back()).before) line.push_back(*before);
  std::reverse(line.begin(), line.end());
  return line;
}

}  // namespace dga::simulator
