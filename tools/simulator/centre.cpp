#include "tools/simulator/centre.h"

#include <fmt/format.h>

#include <utility>

#include "shared/crypto/hash.h"
#include "sync/centre/assembly.h"
#include "sync/centre/ingest/receipts.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "sync/protocol/receipt.h"
#include "tools/simulator/must.h"

namespace dga::simulator {
namespace {

// A start after a crash takes up to so long.
constexpr std::uint64_t kLongestDownMs = 3 * 60'000;
// A commit of a small batch is some ten operations; beyond, the request is over and nobody dies.
constexpr std::uint64_t kMostOperations = 25;

bool is_question(centre::Request const& request) {
  return request.path.ends_with("/batches") || request.path.ends_with("/head");
}

}  // namespace

SimulatedCentre::SimulatedCentre(World& world, std::uint64_t part)
    : world_(&world),
      dice_(world.plan().seed, part),
      random_(base::seeded_random(world.plan().seed * 7 + part)),
      clock_(world.time(), "centre"),
      disk_(world.begin().centre),
      backup_(world.begin().centre) {
  start();
}
SimulatedCentre::~SimulatedCentre() = default;

void SimulatedCentre::start() {
  if (centre_) return;
  auto const& keys = world_->begin().keys;
  auto store =
      must(centre::SqliteStore::open("centre.db", keys.database, {.cache_bytes = kCacheBytes, .base_vfs = disk_.vfs()}),
           "open the centre's database again");
  store_ = store.get();
  centre_ = must(centre::assemble_centre({"/nowhere", keys, std::move(store), kAdminToken}, clock_, *random_),
                 "start the centre again");
  world_->tell("centre: started");
}

void SimulatedCentre::stop() {
  centre_.reset();
  store_ = nullptr;
}

void SimulatedCentre::crash() {
  auto const how = dice_.chance(world_->plan().power_cuts) ? Ending::kPowerCut : Ending::kKilled;
  stop();
  disk_.end(how, dice_);
  if (how == Ending::kPowerCut) clock_.boot();
  world_->tell("centre: {}", how == Ending::kPowerCut ? "power cut" : "killed");
  world_->later(dice_.between(1'000, kLongestDownMs), [this] { start(); });
}

std::optional<centre::Response> SimulatedCentre::handle(centre::Request const& request) {
  if (!centre_) return std::nullopt;
  bool const in_danger = !world_->settling() && dice_.chance(world_->plan().centre_crashes);
  if (in_danger) disk_.die_after(dice_.between(0, kMostOperations));
  auto response = centre_->handle(request);
  if (disk_.dead() || (in_danger && dice_.chance(200))) {  // the latter: before the answer left
    if (!disk_.dead()) disk_.die_after(0);
    crash();
    return std::nullopt;
  }
  if (in_danger) disk_.spare();
  watch(request, response);
  return response;
}

void SimulatedCentre::watch(centre::Request const& request, centre::Response const& response) {
  if (!is_question(request) || response.status != 200) return;
  auto const receipt = protocol::verify_receipt(response.body, world_->begin().keys.signing.public_key());
  if (!receipt.ok()) return world_->violated("receipts", "the centre's own receipt does not verify");
  auto& spoken = spoken_[{receipt->centre_epoch(), crypto::hash({request.path, request.body}).bytes()}];
  if (receipt->received_through() < spoken.through)
    world_->violated("receipts", fmt::format("received_through fell from {} to {} in epoch {}", spoken.through,
                                             receipt->received_through(), receipt->centre_epoch()));
  spoken = {receipt->received_through(), receipt->received_hash()};
}

base::Bytes SimulatedCentre::coordinator(std::string method, std::string path, base::Bytes body, std::string type,
                                         std::map<std::string, std::string> query) {
  centre::Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.query = std::move(query);
  request.content_type = std::move(type);
  request.bearer = kAdminToken;
  request.body = std::move(body);
  for (;;) {
    start();
    auto response = handle(request);
    if (!response) continue;
    if (response->status < 300) return std::move(response->body);
    throw Broken(fmt::format("{} as the coordinator: {} {}", request.path, response->status, response->body));
  }
}

void SimulatedCentre::back_up() {
  backup_ = disk_.content();
  world_->tell("centre: backed up");
}

void SimulatedCentre::restore() {
  stop();
  disk_.insert(*backup_);
  start();
  must(store_->write([&](centre::Tables& tables) { return centre::open_epoch(tables, clock_.wall_ms()); }),
       "open a new epoch");
  ++restores_;
  std::vector<Place> kept;
  for (auto const& row : rows()) kept.push_back(row.place);
  world_->ledger().keep_acknowledged_only(kept);
  world_->tell("centre: restored, {} records kept", kept.size());
  if (people_ > kPeople) import_roster(kPeople + 1, people_);
  for (auto const& device : revoked_) coordinator("POST", "/api/v1/devices/" + device.hex() + "/revoke");
}

void SimulatedCentre::revoke(base::DeviceId const& device) {
  coordinator("POST", "/api/v1/devices/" + device.hex() + "/revoke");
  revoked_.push_back(device);
  world_->tell("centre: revoked {}", device.hex());
}

void SimulatedCentre::import_roster(std::uint64_t first, std::uint64_t last) {
  coordinator("POST", "/api/v1/classes/1/roster", roster_csv(first, last), "text/csv", {{"confirm", "1"}});
  people_ = last;
  world_->tell("centre: {} people on the roster", last);
}

std::vector<StoredRow> SimulatedCentre::rows() {
  std::vector<StoredRow> found;
  must(store_->read([&](centre::Tables& tables) -> base::Done {
    TRY(auto const logs, tables.logs.logs());
    for (auto const& log : logs) {
      TRY(auto const branches, tables.logs.branches(log.id));
      for (auto const& branch : branches)
        TRY_DO(
            tables.logs.replay(log.id, branch.number, 0, branch.head_seq, [&](centre::LogRow const& row) -> base::Done {
              found.push_back({{log.id, row.seq, row.hash}, row.bytes, row.digest, row.reason});
              return {};
            }));
    }
    return {};
  }),
       "read the centre's rows");
  return found;
}

}  // namespace dga::simulator
