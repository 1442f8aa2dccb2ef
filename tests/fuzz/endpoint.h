#pragma once

#include <memory>
#include <set>
#include <tuple>

#include "sync/centre/api.h"
#include "sync/centre/store/store.h"
#include "tests/fuzz/kiosk.h"
#include "tests/support/store_disk_vfs.h"

namespace dga::fuzz {

// What stands in a centre's store, read from the store and not through what is tested.
struct Standing {
  struct Row {
    base::LogId log;
    std::uint64_t seq = 0;
    base::Digest hash, digest;
    std::optional<base::Bytes> bytes;
    auto operator<=>(Row const&) const = default;
  };
  std::set<Row> rows;
  std::set<base::DeviceId> devices;
  std::set<base::Digest> parked;  // H(SealedBatch)
  bool operator==(Standing const&) const = default;
};

// The couriers' centre: the real one over its real SQLite store, on a disk in memory.
class Endpoint {
 public:
  Endpoint();
  ~Endpoint();
  Endpoint(Endpoint const&) = delete;
  Endpoint& operator=(Endpoint const&) = delete;
  // POST /api/v1/bundles
  [[nodiscard]] centre::Response take(base::ByteView bundle);
  [[nodiscard]] Standing look();
  // As it was founded, whatever came since.
  void begin_anew();

 private:
  void open();
  StandingClock clock_;
  std::unique_ptr<base::Random> random_;
  test::DiskVfs disk_;
  test::Disk founded_;
  centre::Store* store_ = nullptr;  // the centre's
  std::unique_ptr<centre::Centre> centre_;
};

}  // namespace dga::fuzz
