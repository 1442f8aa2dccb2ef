#include "tools/simulator/centre.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "shared/crypto/hash.h"
#include "sync/centre/assembly.h"
#include "sync/centre/backup/position.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/receipt.h"
#include "tools/simulator/must.h"

namespace dga::simulator {
namespace {

using nlohmann::json;

// A start after a crash takes up to so long.
constexpr std::uint64_t kLongestDownMs = 3 * 60'000;
// A commit of a small batch is some ten operations; beyond, the request is over and nobody dies.
constexpr std::uint64_t kMostOperations = 25;

// How a copy's name begins that the centre makes in its folder.
constexpr char kBackupCopy[] = "backup-";

std::string backup_name(std::size_t number) { return fmt::format("kept-{}", number); }

centre::Request as_coordinator(std::string method, std::string path, base::Bytes body, std::string type,
                               std::map<std::string, std::string> query) {
  centre::Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.query = std::move(query);
  request.content_type = std::move(type);
  request.bearer = kAdminToken;
  request.body = std::move(body);
  return request;
}

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
      folder_(world.begin()) {
  start();
}
SimulatedCentre::~SimulatedCentre() = default;

void SimulatedCentre::start() {
  if (centre_) return;
  auto const& keys = world_->begin().keys;
  disk_.take_out(kBackupCopy);  // as Centre::open does in its folder
  auto store =
      must(centre::SqliteStore::open("centre.db", keys.database, {.cache_bytes = kCacheBytes, .base_vfs = disk_.vfs()}),
           "open the centre's database again");
  store_ = store.get();
  centre_ = must(centre::assemble_centre({folder_.path(), keys, std::move(store), kAdminToken}, clock_, *random_),
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
  bool const in_danger = !world_->settling() && !calm_ && dice_.chance(world_->plan().centre_crashes);
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
  // The kiosk verifies the signature; once more for the watch would be 7 % of what a world costs.
  v1::SignedReceipt wrapped;
  v1::Receipt receipt;
  if (!wrapped.ParseFromString(response.body) || !receipt.ParseFromString(wrapped.receipt()))
    return world_->violated("receipts", "the centre's answer is no receipt");
  auto& spoken = spoken_[{receipt.centre_epoch(), crypto::hash({request.path, request.body}).bytes()}];
  if (receipt.received_through() < spoken.through)
    world_->violated("receipts", fmt::format("received_through fell from {} to {} in epoch {}", spoken.through,
                                             receipt.received_through(), receipt.centre_epoch()));
  spoken = {receipt.received_through(), receipt.received_hash()};
  if (receipt.durable_through() > 0) check_durable(receipt);
}

// What a receipt calls durable stands in a backup that was noted since the last restore.
void SimulatedCentre::check_durable(v1::Receipt const& receipt) {
  Place place{*base::LogId::from(receipt.log_id()), receipt.received_through(),
              *base::Digest::from(receipt.received_hash())};
  for (auto const* written = world_->ledger().find(place); place.seq > receipt.durable_through();
       written = world_->ledger().find(place)) {
    if (written == nullptr || !written->before) return;  // told by another check
    place = *written->before;
  }
  if (!durable_.contains(place))
    world_->violated("backups", fmt::format("record {} of log {} is called durable, and stands in no backup", place.seq,
                                            place.log.hex()));
}

centre::Response SimulatedCentre::insist(centre::Request const& request) {
  for (;;) {
    start();
    if (auto response = handle(request)) return *std::move(response);
  }
}

base::Bytes SimulatedCentre::coordinator(std::string method, std::string path, base::Bytes body, std::string type,
                                         std::map<std::string, std::string> query) {
  auto const request =
      as_coordinator(std::move(method), std::move(path), std::move(body), std::move(type), std::move(query));
  auto response = insist(request);
  if (response.status < 300) return std::move(response.body);
  throw Broken(fmt::format("{} as the coordinator: {} {}", request.path, response.status, response.body));
}

std::size_t SimulatedCentre::back_up() {
  coordinator("POST", "/api/v1/backups");
  auto const copies = disk_.take_out(kBackupCopy);
  if (copies.size() != 1) throw Broken(fmt::format("a backup left {} copies", copies.size()));
  auto const number = backups_.size() + 1;
  auto contents = folder_.keep(copies.begin()->second, backup_name(number));
  Backup backup{std::move(contents.position), {}};
  for (auto const& head : backup.position.heads)
    for (std::optional<Place> place = Place{head.log, head.seq, head.hash}; place;) {
      auto const* written = world_->ledger().find(*place);
      if (written == nullptr || !backup.places.insert(*place).second) break;
      place = written->before;
    }
  backups_.push_back(std::move(backup));
  world_->tell("centre: backup {} holds {} records", number, contents.records);
  return number;
}

void SimulatedCentre::note_backup(std::size_t number) {
  auto& backup = backups_.at(number - 1);
  auto const position = centre::position_json(backup.position).dump();
  auto const answer = insist(as_coordinator("POST", "/api/v1/backups/noted", position, "application/json", {}));
  world_->tell("centre: backup {} noted, answered {}", number, answer.status);
  if (answer.status != 200) {
    auto const now = json::parse(coordinator("GET", "/api/v1/position"))["epoch"].get<std::uint64_t>();
    if (now == backup.position.epoch) throw Broken("note a backup: " + answer.body);
    return;  // the centre was restored meanwhile
  }
  backup.noted = true;
  last_noted_ = std::max(last_noted_, number);
  durable_.insert(backup.places.begin(), backup.places.end());
}

bool SimulatedCentre::safely_backed_up(Place const& place) const {
  return last_noted_ > 0 && backups_[last_noted_ - 1].places.contains(place);
}

void SimulatedCentre::restore() {
  stop();
  auto number = std::max<std::size_t>(last_noted_, 1);
  if (backups_.empty()) {
    number = 0;
    if (restores_ == 0) folder_.keep(world_->begin().centre.at("centre.db"), backup_name(number));
  } else {
    number = dice_.between(number, backups_.size());
  }
  auto const restored = folder_.restore(disk_.content(), backup_name(number), clock_);
  disk_.insert(restored.disk);
  durable_.clear();
  start();
  ++restores_;
  epoch_ = restored.what.epoch.epoch;
  std::vector<Place> kept;
  for (auto const& row : rows()) kept.push_back(row.place);
  world_->ledger().keep_acknowledged_only(kept);
  world_->tell("centre: restored from backup {}, {} records kept, {} devices kept out by the trust list", number,
               kept.size(), restored.what.epoch.revoked);
  if (people_ > kPeople) import_roster(kPeople + 1, people_);
  for (int tries = 3; tries > 0; --tries) world_->later(dice_.between(60'000, kSpanMs / 2), [this] { assign_again(); });
}

void SimulatedCentre::revoke(base::DeviceId const& device) {
  folder_.make();
  auto const answer = insist(as_coordinator("POST", "/api/v1/devices/" + device.hex() + "/revoke", {}, {}, {}));
  world_->tell("centre: revokes {}, answered {}", device.hex(), answer.status);
  if (answer.status == 404) return;  // enrolled after the backup that this centre comes from, and not heard since
  if (answer.status != 200) throw Broken("revoke a device: " + answer.body);
  revoked_.try_emplace(device, world_->now());
}

Enrolled SimulatedCentre::enrol(std::string const& name) {
  calm_ = true;
  auto enrolled = enrol_kiosk(
      name,
      [this](std::string const& path, base::Bytes body, std::string type) {
        return coordinator("POST", path, std::move(body), std::move(type));
      },
      ActorClock(world_->time(), "kiosk " + name), *random_);
  calm_ = false;
  world_->tell("centre: enrolled kiosk {}", name);
  return enrolled;
}

void SimulatedCentre::assign_again() {
  // The marks of their keys, as the kiosks show them.
  std::map<std::string, std::string> marks;
  auto const read = [&](Enrolled const& kiosk) {
    auto const known = protocol::verify_certificate(kiosk.certificate, world_->begin().keys.signing.public_key());
    if (known.ok()) marks[base::to_hex(known->device_id())] = protocol::keys_mark(known->ed25519(), known->x25519());
  };
  for (auto const& kiosk : world_->begin().kiosks) read(kiosk);
  for (auto const& kiosk : world_->newcomers()) read(kiosk);
  auto const answer = json::parse(coordinator("GET", "/api/v1/devices"));
  for (auto const& device : answer["devices"]) {
    if (device["state"] != "unconfirmed") continue;
    auto const id = device["device"].get<std::string>();
    world_->tell("centre: confirms {} again, for its class", id);
    coordinator("POST", "/api/v1/devices/" + id + "/confirm", json{{"class", kClass}, {"keys", marks[id]}}.dump(),
                "application/json");
  }
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
