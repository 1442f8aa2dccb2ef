// A network that does its worst between the programs: every record is at the centre once, and nothing is acknowledged
// that is not.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "sync/centre/keys.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/receipt.h"
#include "tests/faults/kill.h"
#include "tests/faults/network.h"
#include "tests/support/postgresql_cluster.h"

using namespace dga;
using namespace dga::network_test;
using support::Fault;

namespace {

// Each centre is one of a hall's size: a pack tells every check-in of the class, and thousands of logs in one class are
// no hall's.
constexpr int kSchedulesOfACentre = 100;

void run_some(World& world, std::uint32_t first_seed, int schedules, char const* where) {
  for (int at = 0; at < schedules; ++at) {
    auto const seed = first_seed + static_cast<std::uint32_t>(at);
    for (auto const& broken : world.run(seed))
      FAIL_CHECK("seed ", seed, " (", where, "): ", broken, "\n", describe(schedule_of(seed)));
  }
  CHECK(world.closes());
  world.stop();
  for (auto const& [seed, broken] : world.audit())
    FAIL_CHECK("seed ", seed, " (", where, "): ", broken.front(), "\n", describe(schedule_of(seed)));
}

void run_schedules(std::function<std::string()> const& database, std::uint32_t first_seed, int schedules,
                   char const* where) {
  std::vector<int> met(support::kFaults);
  std::uint64_t records = 0;
  for (int done = 0; done < schedules; done += kSchedulesOfACentre) {
    World world(database());
    run_some(world, first_seed + static_cast<std::uint32_t>(done), std::min(kSchedulesOfACentre, schedules - done),
             where);
    for (std::size_t fault = 0; fault < met.size(); ++fault) met[fault] += world.proxy().met()[fault];
    records += world.records_moved();
  }
  std::string told;
  for (int fault = 0; fault < support::kFaults; ++fault) {
    auto const times = met[static_cast<std::size_t>(fault)];
    constexpr int kEnoughForAll = 250;
    if (schedules >= kEnoughForAll) CHECK_MESSAGE(times > 0, support::name_of(static_cast<Fault>(fault)));
    told += fmt::format("{}{} {}", told.empty() ? "" : ", ", support::name_of(static_cast<Fault>(fault)), times);
  }
  MESSAGE(std::string(where), ": ", schedules, " schedules from seed ", first_seed, ", ", records,
          " records, each there once, the same receipts. Exchanges: ", told);
}

// One round in which nothing goes wrong by itself.
Schedule quiet() { return {{{20, {}}}, true}; }

}  // namespace

TEST_CASE("whatever a network does, every record is at a centre on SQLite once and its receipts are the same") {
  run_schedules([] { return std::string(); }, kill_test::seed(), kill_test::rounds(50, 1700), "SQLite");
}

TEST_CASE("whatever a network does, every record is at a centre on PostgreSQL once and its receipts are the same") {
  run_schedules([] { return support::PostgresqlCluster::shared().make_database(); }, 1'000'000 + kill_test::seed(),
                kill_test::rounds(10, 300), "PostgreSQL");
}

TEST_CASE("negative control: what no network could do is seen") {
  World world;
  auto const keys = centre::read_keys(world.centre_folder()).value();
  CHECK(world.run(1, quiet(), {}).empty());

  // The kiosk is copied, and both copies go on.
  auto const clone = [&](std::string const& kiosk) {
    auto const copy = kiosk + "-copy";
    std::filesystem::copy(kiosk, copy);
    std::mt19937 random(1);
    world.record(copy, 3, random);
    world.record(kiosk, 5, random);
    CHECK(world.sync(copy, {}) == 0);
  };
  (void)world.run(2, quiet(), clone);

  // A receipt under the centre's own key for records that it never got.
  world.proxy().forge_with([&](std::string const& request) -> std::optional<std::string> {
    if (!support::target_of(request).ends_with("/batches")) return std::nullopt;
    auto const header = protocol::read_batch_header(support::body_of(request)).value();
    auto receipt =
        protocol::verify_receipt(support::body_of(world.proxy().answers().front()), keys.signing.public_key()).value();
    receipt.set_received_through(header.first_seq() + header.count() - 1);
    receipt.set_received_hash(header.head_hash());
    receipt.set_nonce(header.nonce());
    auto const body = protocol::sign_receipt(receipt, keys.signing);
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  });
  CHECK_FALSE(world.run(3, quiet(), {}).empty());
  world.proxy().forge_with(nullptr);
  CHECK(world.run(4, quiet(), {}).empty());

  // A row is gone.
  world.stop();
  {
    auto database = store::Database::open(world.centre_folder() + "/" + centre::kStoreFile, keys.database, {});
    REQUIRE(database.ok());
    auto statement = database->prepare("DELETE FROM rows WHERE log = ? AND seq = 7");
    REQUIRE(statement.ok());
    auto const log = world.log(4);
    statement->bind_bytes(1, log.view());
    REQUIRE(statement->step().ok());
  }
  auto const audit = world.audit();
  CHECK_FALSE(audit.contains(1));
  CHECK(audit.contains(2));
  CHECK_FALSE(audit.contains(3));  // asked for its head, the centre told the truth, and the kiosk sent again
  CHECK(audit.contains(4));
}

TEST_CASE("negative control: each broken promise is told, and one that is kept is not") {
  auto const hash = [](char of) { return *base::Digest::from(base::Bytes(32, of)); };
  auto const broken = [&](std::vector<centre::PlacedRow> rows) {
    return broken_promises({{hash(1), hash(2)}, std::move(rows)}).size();
  };
  CHECK(broken({{1, hash(1), 0}, {2, hash(2), 0}}) == 0);
  CHECK(broken({{1, hash(1), 0}}) == 1);
  CHECK(broken({}) == 1);
  CHECK(broken({{1, hash(1), 0}, {2, hash(2), 0}, {2, hash(3), 1}}) == 1);
  CHECK(broken({{2, hash(2), 0}}) == 1);
  CHECK(broken({{1, hash(1), 0}, {2, hash(1), 0}}) == 1);
  CHECK(broken({{1, hash(1), 0}, {2, hash(2), 0}, {3, hash(3), 0}}) == 1);
}

TEST_CASE("negative control: receipts that differ in more than their time and nonce are seen") {
  auto const random = base::seeded_random(1);
  auto const centre = crypto::SigningKey::generate(*random), device = crypto::SigningKey::generate(*random);
  v1::HeadQuery query;
  query.set_nonce("the nonce");
  auto const body = protocol::sign_head_query(query, device);
  auto const message = [](std::string const& first_line, std::string const& octets) {
    return fmt::format("{}\r\nContent-Length: {}\r\n\r\n{}", first_line, octets.size(), octets);
  };
  auto const request = message("POST /api/v1/logs/00/head HTTP/1.1", body);
  auto const answer = [&](std::int64_t centre_ms, std::uint64_t through, std::string const& nonce) {
    v1::Receipt receipt;
    receipt.set_version(1);
    receipt.set_device_id(base::DeviceId().bytes());
    receipt.set_log_id(base::LogId().bytes());
    receipt.set_received_hash(base::Digest().bytes());
    receipt.set_centre_ms(centre_ms);
    receipt.set_received_through(through);
    receipt.set_nonce(nonce);
    return message("HTTP/1.1 200 OK", protocol::sign_receipt(receipt, centre));
  };
  auto const unequal = [&](std::vector<std::string> const& answers) {
    return unequal_receipts(request, answers, centre.public_key()).size();
  };
  CHECK(unequal({answer(1, 5, "the nonce"), answer(2, 5, "the nonce")}) == 0);
  CHECK(unequal({answer(1, 5, "the nonce"), answer(1, 6, "the nonce")}) == 1);
  CHECK(unequal({answer(1, 5, "the nonce"), answer(1, 5, "another")}) == 1);
  CHECK(unequal({answer(1, 5, "the nonce"), message("HTTP/1.1 200 OK", "hello")}) == 1);
}
