#include "tools/benchmarks/record_table.h"

namespace dga::benchmarks {

RecordTable::RecordTable(Store& store, std::uint64_t seed)
    : store_(store), random_(base::seeded_random(seed)), bytes_(kRecordBytes, '\0') {
  store.run(
      "CREATE TABLE IF NOT EXISTS record (place INTEGER PRIMARY KEY, bytes BLOB, digest BLOB NOT NULL, "
      "hash BLOB NOT NULL, facts INTEGER NOT NULL)");
  insert_ = store.prepare("INSERT INTO record (place, bytes, digest, hash, facts) VALUES (?, ?, ?, ?, ?)");
  auto* const last = store.prepare("SELECT coalesce(max(place), 0) FROM record");
  if (store.step(last)) next_ = store.calls().column_int64(last, 0) + 1;
  while (store.step(last)) {}
}

void RecordTable::insert() {
  random_->fill(bytes_.data(), bytes_.size());
  auto const& calls = store_.calls();
  calls.bind_int64(insert_, 1, next_);
  calls.bind_blob(insert_, 2, bytes_.data(), static_cast<int>(bytes_.size()), SQLITE_STATIC);
  calls.bind_blob(insert_, 3, bytes_.data(), 32, SQLITE_STATIC);
  calls.bind_blob(insert_, 4, bytes_.data() + 32, 32, SQLITE_STATIC);
  calls.bind_int64(insert_, 5, next_);
  while (store_.step(insert_)) {}
  ++next_;
}

}  // namespace dga::benchmarks
