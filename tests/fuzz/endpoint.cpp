#include "tests/fuzz/endpoint.h"

#include "shared/base/log.h"
#include "sync/centre/assembly.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "tests/fuzz/couriers.h"
#include "tests/fuzz/input.h"

namespace dga::fuzz {
namespace {

constexpr char kFile[] = "centre.db";
constexpr char kToken[] = "the coordinator's own";
constexpr std::size_t kCacheBytes = 1024 * 1024;
// Two sessions around the time at which the clock stands.
constexpr char kClass[] = R"json({
 "id": 1, "programme": "DGA", "course_vi": "Lớp thử", "course_en": "A class for a try", "venue": "Huế",
 "zone": "Asia/Ho_Chi_Minh", "threshold": 80,
 "sessions": [
  {"id": 1, "start": "2024-11-12T08:00:00+07:00", "end": "2024-11-12T11:30:00+07:00", "kind": "lecture"},
  {"id": 2, "start": "2024-11-12T13:30:00+07:00", "end": "2024-11-12T17:00:00+07:00", "kind": "lecture"}
 ]
})json";

std::unique_ptr<centre::SqliteStore> store_on(test::DiskVfs& disk, store::OpenMode mode) {
  auto opened = centre::SqliteStore::open(kFile, couriers().keys.database,
                                          {.mode = mode, .cache_bytes = kCacheBytes, .base_vfs = disk.name()});
  require(opened.ok(), "the harness's centre opens its database");
  return std::move(opened).value();
}

}  // namespace

Endpoint::Endpoint() : random_(base::seeded_random(4)) {
  base::set_up_logging(base::LogFormat::kText, base::LogLevel::kError);  // refusals are what all of this is about
  {
    auto const store = store_on(disk_, store::OpenMode::kCreate);
    require(centre::found_centre(*store, couriers().keys, parties().root, StandingClock::kNow).ok(),
            "the harness's centre is founded");
  }
  open();
  centre::Request request{.method = "POST",
                          .path = "/api/v1/classes",
                          .query = {},
                          .content_type = "application/json",
                          .bearer = kToken,
                          .accept_language = {},
                          .body = kClass};
  require(centre_->handle(request).status == 201, "the harness's centre has a class");
  auto const& known = couriers().known;
  auto const assigned = store_->write([&](centre::Tables& tables) -> base::Done {
    TRY_DO(tables.devices.put_device({known.device, known.signing.public_key().bytes(), known.box.public_key().bytes(),
                                      "1", centre::DeviceState::kActive, StandingClock::kNow}));
    return tables.devices.assign(known.device, 1, StandingClock::kNow);
  });
  require(assigned.ok(), "the harness's centre knows a kiosk");
  centre_.reset();
  founded_ = disk_.content();
  begin_anew();
}

Endpoint::~Endpoint() = default;

void Endpoint::open() {
  auto store = store_on(disk_, store::OpenMode::kExisting);
  store_ = store.get();
  auto assembled = centre::assemble_centre({"/nowhere", couriers().keys, std::move(store), kToken}, clock_, *random_);
  require(assembled.ok(), "the harness's centre starts");
  centre_ = std::move(assembled).value();
}

void Endpoint::begin_anew() {
  centre_.reset();
  disk_.insert(founded_);
  disk_.forget();
  open();
}

centre::Response Endpoint::take(base::ByteView bundle) {
  disk_.forget();
  return centre_->handle({.method = "POST",
                          .path = "/api/v1/bundles",
                          .query = {},
                          .content_type = "application/octet-stream",
                          .bearer = {},
                          .accept_language = {},
                          .body = base::Bytes(bundle)});
}

Standing Endpoint::look() {
  Standing standing;
  auto const read = store_->read([&](centre::Tables& tables) -> base::Done {
    TRY(auto const devices, tables.devices.devices());
    for (auto const& device : devices) standing.devices.insert(device.id);
    TRY(auto const logs, tables.logs.logs());
    for (auto const& log : logs) {
      TRY(auto const parked, tables.logs.parked(log.id));
      for (auto const& batch : parked) standing.parked.insert(batch.id);
      TRY(auto const branches, tables.logs.branches(log.id));
      for (auto const& branch : branches)
        TRY_DO(
            tables.logs.replay(log.id, branch.number, 0, branch.head_seq, [&](centre::LogRow const& row) -> base::Done {
              bool const first = standing.rows.insert({log.id, row.seq, row.hash, row.digest, row.bytes}).second;
              require(first, "a place of a log is stored once");
              return {};
            }));
    }
    return {};
  });
  require(read.ok(), "the harness looks into its centre's store");
  return standing;
}

}  // namespace dga::fuzz
