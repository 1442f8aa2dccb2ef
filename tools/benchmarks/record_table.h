#pragma once

#include <cstdint>
#include <string>

#include "shared/base/random.h"
#include "tools/benchmarks/contestant.h"

namespace dga::benchmarks {

// The log's table as shared/store/kiosk_schema.cpp has it, with what a check-in takes of it.
class RecordTable {
 public:
  static constexpr std::size_t kRecordBytes = 300;

  // Makes the table when it is not there.
  RecordTable(Store& store, std::uint64_t seed);
  void insert();  // the next record, within whatever transaction there is
  [[nodiscard]] Store& store() { return store_; }

 private:
  Store& store_;
  std::unique_ptr<base::Random> random_;
  sqlite3_stmt* insert_ = nullptr;
  std::int64_t next_ = 1;
  std::string bytes_;
};

}  // namespace dga::benchmarks
