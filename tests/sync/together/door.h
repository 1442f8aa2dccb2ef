#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kiosk/desk/desk.h"
#include "shared/crypto/keys.h"
#include "shared/store/kiosk_folder.h"
#include "shared/text/badge.h"
#include "sync/agent/enrol.h"
#include "sync/agent/session.h"
#include "sync/agent/store_outbox.h"
#include "tests/support/must.h"
#include "tests/support/postgresql_cluster.h"
#include "tests/sync/centre/house.h"

// Both ends as they are, in one program: a kiosk's encrypted store, its desk and its agent, and the centre's own
// endpoint. Only the wire between them is a call.
namespace dga::together {

using test::must;

// Where the centre keeps what it knows.
struct CentreOnSqlite {
  static std::string database() { return {}; }
};
struct CentreOnPostgresql {
  static std::string database() { return support::PostgresqlCluster::shared().make_database(); }
};
#define EVERY_CENTRE CentreOnSqlite, CentreOnPostgresql

// A kiosk's clocks: the centre's, unless a test says otherwise.
class KioskClock final : public base::Clock {
 public:
  explicit KioskClock(base::Clock const& true_clock) : true_(&true_clock), boot(true_clock.boot_id()) {}
  std::int64_t wall_ms() const override { return true_->wall_ms() + ahead_ms; }
  std::uint64_t mono_ms() const override { return true_->mono_ms(); }
  std::string boot_id() const override { return boot; }

 private:
  base::Clock const* true_;

 public:
  std::int64_t ahead_ms = 0;
  std::string boot;
};

// A wire to the centre in this program.
class Wire final : public agent::Transport {
 public:
  explicit Wire(support::House& house) : house_(&house) {}
  base::Result<agent::Reply> exchange(agent::Request const& request, std::stop_token) override {
    if (cut) return base::unreachable("net.timeout", "the wire is cut");
    auto answer = house_->ask(request.method, request.path, request.body, request.content_type, request.bearer);
    if (change_pack && request.path == "/api/v1/packs" && answer.status == 200) change_pack(answer.body);
    return agent::Reply{answer.status, answer.content_type, std::move(answer.body), {}};
  }
  std::function<void(base::Bytes&)> change_pack;  // what happens to a pack on its way
  bool cut = false;

 private:
  support::House* house_;
};

// A kiosk at a door, enrolled for class 1.
class Door {
 public:
  Door(support::House& house, std::string const& name, std::uint64_t seed)
      : clock(house.clock), wire(house), random_(base::seeded_random(seed)) {
    kiosk.emplace(must(store::create_kiosk(folder(), kPassphrase, crypto::minimal_cost(), "0.1.0", clock, *random_)));
    auto const code = house.post("/api/v1/enrolment-codes",
                                 {{"name", name}, {"class", 1}, {"address", "http://127.0.0.1:8080"}}, 201);
    auto const ticket = must(protocol::read_ticket(code["ticket"].get<std::string>()));
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06u",
                  must(agent::enrol(wire, ticket, *kiosk, name, "0.1.0", clock, *random_)));
    house.post("/api/v1/enrolments/" + code["code_id"].get<std::string>() + "/confirm", {{"digits", digits}});
    sync();
    desk.emplace(must(desk::Desk::open(kiosk->store, clock)));
  }
  // As after the program was ended and started.
  void reopen() {
    desk.reset();
    kiosk.reset();
    kiosk.emplace(must(store::open_kiosk(folder(), kPassphrase)));
    desk.emplace(must(desk::Desk::open(kiosk->store, clock)));
  }
  agent::SyncOutcome try_to_sync() {
    auto pinned = must(agent::read_pinned(kiosk->store));
    agent::StoreOutbox outbox(kiosk->store, clock);
    auto outcome = agent::sync_once({outbox, wire, clock, *random_, pinned, kiosk->signing, kiosk->box});
    if (desk) must(desk->reload_pack());
    return outcome;
  }
  void sync() {
    auto const outcome = try_to_sync();
    if (outcome.problem) FAIL(base::describe(*outcome.problem));
    CHECK(outcome.waiting == 0);
  }
  v1::ClassPack pack() {
    v1::ClassPack read;
    REQUIRE(read.ParseFromString(must(kiosk->store.pack()).value()));
    return read;
  }
  flow::Outcome scan(std::uint64_t participant) {
    auto const tag = crypto::badge_tag(pack().badge_key(), participant);
    auto outcomes = must(desk->serve({desk::ByScan{text::write_badge({participant, tag})}}));
    REQUIRE(outcomes.size() == 1);
    return outcomes.front();
  }
  // The record's place is the log's head afterwards.
  void record(v1::Record record) {
    record.set_class_id(1);
    REQUIRE(kiosk->store.append({std::move(record)}, clock).ok());
  }
  std::filesystem::path folder() const { return folder_ / "kiosk"; }

 private:
  static constexpr char kPassphrase[] = "one two three";
  support::TemporaryFolder folder_;

 public:
  KioskClock clock;
  Wire wire;

 private:
  std::unique_ptr<base::Random> random_;

 public:
  std::optional<store::OpenKiosk> kiosk;
  std::optional<desk::Desk> desk;  // after the kiosk: it goes first
};

// The demo class with twelve people, as a real class is kept: nothing simulated.
template <typename Maker>
struct Ready : support::House {
  Ready() : House(1, Maker::database()) {
    demo_class();
    roster(1, 12);
  }
  nlohmann::json class_file() const { return nlohmann::json::parse(support::demo_class_file()); }
  // The class as a newer file has it.
  nlohmann::json change_class(nlohmann::json const& file, int status = 200) const {
    return post("/api/v1/classes/1", file, status);
  }
  nlohmann::json units(std::uint64_t participant, std::size_t session) const {
    auto const list = get("/api/v1/classes/1/attendance");
    for (auto const& row : list["participants"])
      if (row["participant"] == participant) return row["sessions"][session]["units"];
    return nullptr;
  }
  std::uint64_t quarantined() const { return get("/api/v1/reconciliation")["quarantined"]; }
};

}  // namespace dga::together
