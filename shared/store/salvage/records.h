#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "shared/store/kiosk_store.h"
#include "shared/store/salvage/page_versions.h"

namespace dga::salvage {

// Whether a record that was found fits the ones around it.
enum class Link {
  kProven,  // h(seq) follows from the record before it, which was found too (or is the log's beginning)
  kCut,     // the record before it was not found
  kBroken,  // it was found, and this one does not follow from it
};

// A record that still is what was written: H(bytes) is its digest, and its bytes name the seq of its place.
struct FoundRecord {
  std::int64_t log = 1;  // the log's number in the database
  store::StoredRecord record;
  Place place;                  // of the version that it was read from
  std::vector<Place> overflow;  // of the pages that hold the rest of a long one
  bool promised = true;         // false: only in frames that no commit vouches for
  Link link = Link::kCut;
};

// A stretch of records, both ends included.
struct SeqRange {
  std::int64_t log = 1;
  std::uint64_t first = 0, last = 0;
};

struct FoundRecords {
  std::vector<FoundRecord> records;  // by log, then by seq
  std::map<std::int64_t, store::LogIdentity> logs;
  std::vector<SeqRange> missing;  // between 1 and the last one found of each log
  // False when a page or frame is lost that may have held records behind the last one found: then nobody can say where
  // the log ended, and a log that went on from there would give their seqs to others.
  bool end_is_known = true;
  std::vector<SeqRange> cut;  // found, but not tied to the one before them
  // Rows that are shaped as records and are none: their bytes are not what was hashed, or stand in another's place.
  std::uint64_t refused_rows = 0;
};

// Every record that still verifies, from whatever pages and frames still open; SQLite has no part in it.
// The newest promised version of a record wins: one that was erased stays erased.
[[nodiscard]] FoundRecords find_records(PageVersions const& pages);

}  // namespace dga::salvage
