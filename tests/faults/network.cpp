#include "tests/faults/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "shared/base/file.h"
#include "shared/crypto/slots.h"
#include "shared/store/kiosk_files.h"
#include "shared/store/kiosk_slots.h"
#include "sync/centre/database.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/receipt.h"
#include "tests/support/must.h"

namespace dga::network_test {

using test::must;

namespace {

constexpr char kPassphrase[] = "a passphrase of this test";
constexpr char const* kSettings[] = {"centre.address", "kiosk.name", "centre.enrolment"};

base::Bytes nonce_of(std::string const& request) {
  auto const body = support::body_of(request);
  if (support::target_of(request).ends_with("/batches")) return must(protocol::read_batch_header(body)).nonce();
  v1::SignedHeadQuery signed_query;
  v1::HeadQuery query;
  REQUIRE(signed_query.ParseFromString(std::string(body)));
  REQUIRE(query.ParseFromString(signed_query.query()));
  return query.nonce();
}

bool asks_for_receipt(std::string const& request) {
  auto const target = support::target_of(request);
  return target.ends_with("/batches") || target.ends_with("/head");
}

}  // namespace

std::vector<std::string> broken_promises(Told const& told) {
  std::vector<std::string> broken;
  std::uint64_t next = 1;
  for (auto const& row : told.rows) {
    if (row.seq < next)
      broken.push_back(fmt::format("the centre has record {} twice", row.seq));
    else if (row.seq > next)
      broken.push_back(fmt::format("the centre has record {} and not the one before it", row.seq));
    else if (row.seq > told.hashes.size() || row.hash != told.hashes[row.seq - 1])
      broken.push_back(fmt::format("record {} is another at the centre", row.seq));
    next = std::max(next, row.seq + 1);
  }
  if (next <= told.hashes.size())
    broken.push_back(fmt::format("of {} records the centre has {}", told.hashes.size(), next - 1));
  return broken;
}

std::vector<std::string> unequal_receipts(std::string const& request, std::vector<std::string> const& answers,
                                          crypto::SigningPublic const& centre) {
  std::vector<std::string> broken;
  std::string first;
  for (auto const& answer : answers) {
    auto receipt = protocol::verify_receipt(support::body_of(answer), centre);
    if (!receipt.ok()) {
      broken.push_back(fmt::format("a request sent again got status {} and no receipt", support::status_of(answer)));
      continue;
    }
    if (receipt->nonce() != nonce_of(request)) broken.push_back("a receipt does not repeat its request's nonce");
    receipt->clear_nonce();
    receipt->clear_centre_ms();
    auto const bytes = receipt->SerializeAsString();
    if (first.empty()) first = bytes;
    if (bytes != first) broken.push_back("the same request got another receipt");
  }
  return broken;
}

Schedule schedule_of(std::uint32_t seed) {
  std::mt19937 random(seed);
  Schedule schedule;
  schedule.knows_class = random() % 2 == 0;
  for (auto left = 1 + random() % 3; left > 0; --left) {
    auto& round = schedule.rounds.emplace_back();
    // Sometimes enough for several batches.
    round.records = random() % 12 == 0 ? 1000 + random() % 4000 : 1 + random() % 80;
    for (int exchange = 0; exchange < 8; ++exchange) {
      // All else waits for the answer to the first one: that mostly gets through.
      bool const quiet = random() % (exchange == 0 ? 4 : 2) > 0;
      auto const fault = quiet ? support::Fault::kNone : static_cast<support::Fault>(random() % support::kFaults);
      auto const at = static_cast<std::uint32_t>(random());
      round.plan.push_back({fault, at, static_cast<std::uint32_t>(random())});
    }
  }
  return schedule;
}

std::string describe(Schedule const& schedule) {
  std::string text;
  for (auto const& round : schedule.rounds) {
    text += fmt::format("{} records:", round.records);
    for (auto const& trouble : round.plan) text += fmt::format(" [{}]", support::name_of(trouble.fault));
    text += "; ";
  }
  return text;
}

World::World(std::string const& database) : centre_folder_(folder_ / "centre"), random_(base::system_random()) {
  std::vector<std::string> init{"centre", "init", "--data", centre_folder_};
  if (!database.empty()) init.insert(init.end(), {"--database", database});
  REQUIRE(dga(init).exit_code == 0);
  centre_ = std::make_unique<support::RunningCentre>(centre_folder_);
  int port = 0;
  auto const& address = centre_->address();
  std::from_chars(address.data() + address.rfind(':') + 1, address.data() + address.size(), port);
  proxy_ = std::make_unique<support::FaultyProxy>(port);
  centre_key_ = must(centre::read_keys(centre_folder_)).signing.public_key();
  enrol();
}

void World::enrol() {
  using nlohmann::json;
  auto const class_file = std::string(DGA_SOURCE_DIR) + "/assets/demo/class.json";
  REQUIRE(dga({"class", "create", class_file, "--data", centre_folder_}).exit_code == 0);
  auto const code = json::parse(dga({"kiosk", "code", "--data", centre_folder_, "--class", "1", "--name", "1",
                                     "--address", centre_->address(), "--json"})
                                    .out);
  auto const kiosk = folder_ / "enrolled";
  must(base::write_file(folder_ / "passphrase", std::string(kPassphrase) + "\n", base::FileAccess::kOwnerOnly));
  auto const digits = json::parse(dga({"kiosk", "enrol", "--data", kiosk, "--ticket-file", "-", "--passphrase-file",
                                       folder_ / "passphrase", "--name", "1", "--json"},
                                      code.at("ticket").get<std::string>() + "\n")
                                      .out);
  REQUIRE(
      dga({"kiosk", "confirm", "--data", centre_folder_, "--code", code.at("code_id"), "--digits", digits.at("digits")})
          .exit_code == 0);
  REQUIRE(sync(kiosk, {}) == 0);
  stranger_ = proxy_->answers().front();
  auto opened = must(store::open_kiosk(kiosk, kPassphrase));
  master_ = opened.master;
  for (auto const* name : kSettings) settings_[name] = must(opened.store.setting(name)).value();
  pack_version_ = must(opened.store.pack_version());
  pack_ = must(opened.store.pack()).value();
}

support::Ended World::dga(std::vector<std::string> arguments, std::string const& input) const {
  arguments.insert(arguments.begin(), support::bin("dga"));
  return support::run(arguments, input);
}

// The device has one identity and as many logs as there are schedules: each has a salt of its own, as if its database
// had been made anew.
std::string World::new_kiosk(std::uint32_t seed, bool knows_class) {
  constexpr std::uint32_t kGeneration = 1;
  auto const folder = folder_ / fmt::format("kiosk-{}", seed);
  std::filesystem::create_directory(folder);
  store::LogIdentity identity;
  identity.device = crypto::device_id(master_->signing().public_key());
  identity.salt = random_->draw<base::LogSalt>();
  identity.log = crypto::log_id(identity.device, identity.salt);
  auto const slots = must(
      crypto::wrap_with_passphrase(*master_, identity.log, kGeneration, kPassphrase, crypto::minimal_cost(), *random_));
  must(base::write_file(folder + "/" + std::string(store::kSlotsFile), slots, base::FileAccess::kOwnerOnly));
  ran_[seed].log = identity.log;
  auto const clock = base::system_clock();
  auto store = must(store::KioskStore::create(folder, master_->database(kGeneration), identity, "test", *clock));
  for (auto const& [name, value] : settings_) must(store.put_setting(name, value));
  if (knows_class) must(store.keep_pack(pack_version_, pack_));
  return folder;
}

store::KioskStore World::open(std::string const& kiosk) const {
  return must(store::KioskStore::open(kiosk, master_->database(1)));
}

void World::record(std::string const& kiosk, std::size_t records, std::mt19937& random) const {
  std::vector<v1::Record> drafts(records);
  for (auto& draft : drafts) {
    // Some for a class that this device does not serve: received, quarantined, and listed in receipts.
    draft.set_class_id(random() % 16 == 0 ? 9 : 1);
    draft.mutable_check_in()->set_participant(1 + random() % 2000);
    draft.mutable_check_in()->set_session(1 + random() % 6);
    draft.mutable_check_in()->set_method(v1::BADGE);
  }
  auto const clock = base::system_clock();
  auto store = open(kiosk);
  must(store.append(drafts, *clock));
}

int World::sync(std::string const& kiosk, std::vector<support::Trouble> const& plan) {
  support::Process sender({support::bin("dga"), "kiosk", "sync", "--data", kiosk, "--passphrase-file",
                           folder_ / "passphrase", "--centre", proxy_->address(), "--once", "--json"},
                          support::Process::Complaints::kDropped);
  proxy_->serve(sender.pid(), plan);
  return sender.wait();
}

// The centre itself is asked, past the proxy, whether it has what the kiosk was told that it has.
std::vector<std::string> World::check_acknowledged(std::string const& kiosk) {
  auto store = open(kiosk);
  auto const through = must(store.sync_state()).received_through;
  if (through == 0) return {};
  auto const& identity = store.identity();
  v1::HeadQuery query;
  query.set_device_id(identity.device.bytes());
  query.set_log_id(identity.log.bytes());
  query.set_log_salt(identity.salt.bytes());
  query.set_head_seq(through);
  query.set_head_hash(must(store.hash_at(through)).bytes());
  query.set_nonce(random_->draw<base::RequestNonce>().bytes());
  auto const body = protocol::sign_head_query(query, master_->signing());
  auto const answer =
      proxy_->ask(fmt::format("POST /api/v1/logs/{}/head HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                              "application/octet-stream\r\nContent-Length: {}\r\n\r\n{}",
                              identity.log.hex(), body.size(), body));
  auto const receipt = must(protocol::verify_receipt(support::body_of(answer), *centre_key_));
  if (receipt.received_through() == through) return {};
  return {fmt::format("{} were acknowledged, and the centre has {} of them", through, receipt.received_through())};
}

std::vector<std::string> World::ask_again(std::mt19937& random) {
  std::vector<std::string> broken;
  auto requests = proxy_->requests();
  std::erase_if(requests, [](auto const& request) { return !asks_for_receipt(request); });
  std::shuffle(requests.begin(), requests.end(), random);
  constexpr std::size_t kMost = 6;
  if (requests.size() > kMost) requests.resize(kMost);
  std::vector<std::string> answers;
  for (auto const& request : requests) answers.push_back(proxy_->ask(request));
  for (std::size_t at = 0; at < requests.size(); ++at) {
    auto const differ = unequal_receipts(requests[at], {answers[at], proxy_->ask(requests[at])}, *centre_key_);
    broken.insert(broken.end(), differ.begin(), differ.end());
  }
  return broken;
}

std::vector<std::string> World::run(std::uint32_t seed) { return run(seed, schedule_of(seed), {}); }

std::vector<std::string> World::run(std::uint32_t seed, Schedule const& schedule, Interference const& interfere) {
  std::vector<std::string> broken;
  auto const note = [&](std::vector<std::string> const& found) {
    broken.insert(broken.end(), found.begin(), found.end());
  };
  std::mt19937 random(seed ^ 0x9E3779B9U);
  auto const kiosk = new_kiosk(seed, schedule.knows_class);
  proxy_->begin(stranger_);
  for (auto const& round : schedule.rounds) {
    record(kiosk, round.records, random);
    auto const code = sync(kiosk, round.plan);
    constexpr int kKilled = 128 + 9;
    // Fine, refused, not reachable; never that its data are damaged, or that it was used wrongly.
    if (code != 0 && code != 1 && code != 4 && code != kKilled)
      broken.push_back(fmt::format("the kiosk ended with {}", code));
    note(check_acknowledged(kiosk));
    if (interfere) interfere(kiosk);
  }
  auto const code = sync(kiosk, {});
  if (code != 0) broken.push_back(fmt::format("on a good network the kiosk ended with {}", code));
  proxy_->release();
  note(check_acknowledged(kiosk));
  {
    auto store = open(kiosk);
    if (must(store.waiting()) != 0) broken.push_back("something still waits on the kiosk");
    must(store.replay(1, [&](store::StoredRecord const& stored) -> base::Result<bool> {
      ran_[seed].hashes.push_back(stored.hash);
      return true;
    }));
  }
  note(ask_again(random));
  note(proxy_->complaints());
  std::filesystem::remove_all(kiosk);
  return broken;
}

bool World::closes() const {
  auto const answer = dga({"reconcile", "--data", centre_folder_, "--json"});
  if (answer.exit_code != 0) return false;
  auto const statement = nlohmann::json::parse(answer.out);
  return statement.at("closes") == true && statement.at("parked") == 0 && statement.at("waiting") == 0 &&
         statement.at("recorded") ==
             statement.at("accepted").get<std::uint64_t>() + statement.at("quarantined").get<std::uint64_t>();
}

std::map<std::uint32_t, std::vector<std::string>> World::audit() const {
  auto const keys = must(centre::read_keys(centre_folder_));
  auto const store = must(centre::open_store(must(centre::database_of(centre_folder_)), keys, *random_));
  std::map<std::uint32_t, std::vector<std::string>> broken;
  for (auto const& [seed, log] : ran_) {
    Told told{log.hashes, {}};
    must(store->read([&told, &id = log.log](centre::Tables& tables) -> base::Done {
      constexpr std::uint64_t kBeyondAll = 1'000'000'000;
      TRY(told.rows, tables.logs.places(id, 1, kBeyondAll));
      return {};
    }));
    if (auto found = broken_promises(told); !found.empty()) broken.emplace(seed, std::move(found));
  }
  return broken;
}

std::uint64_t World::records_moved() const {
  std::uint64_t records = 0;
  for (auto const& [seed, log] : ran_) records += log.hashes.size();
  return records;
}

}  // namespace dga::network_test
