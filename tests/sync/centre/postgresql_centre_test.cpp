#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "sync/centre/database.h"
#include "tests/support/postgresql_cluster.h"
#include "tests/sync/centre/kiosk.h"

// Centres that share one PostgreSQL database, and the folder that says so.
using namespace dga;
using support::bin;
using support::House;
using support::Kiosk;
using support::PostgresqlCluster;

namespace {

struct Shared : House {
  Shared() : House(1, PostgresqlCluster::shared().make_database()) {}
  // A second program on a copy of the folder.
  std::unique_ptr<centre::Centre> another() const {
    std::filesystem::copy(path(), beside("copy"));
    auto opened = centre::Centre::open(beside("copy"), clock, *random);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    return std::move(opened).value();
  }
  std::string address() const { return centre::database_of(path()).value(); }
};

void fill(House& house, Kiosk& kiosk) {
  house.demo_class();
  house.roster(1, 20);
  kiosk.enrol();
  for (int round = 0; round < 10; ++round)
    for (std::uint64_t person = 1; person <= 20; ++person) kiosk.check_in(person);
}

// Stretches that cover the log, some of them more than once, in any order.
std::vector<base::Bytes> batches_of(Kiosk& kiosk, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  std::vector<base::Bytes> batches;
  for (std::uint64_t first = 1; first <= kiosk.head();) {
    auto const last = std::min(kiosk.head(), first + dice() % 20);
    auto const overlap = std::min(first - 1, dice() % 5);
    batches.push_back(kiosk.batch(first - overlap, last));
    if (dice() % 3 == 0) batches.push_back(batches.back());
    first = last + 1;
  }
  std::shuffle(batches.begin(), batches.end(), dice);
  return batches;
}

std::string without_time(v1::Receipt receipt) {
  receipt.clear_centre_ms();
  receipt.clear_nonce();
  return receipt.SerializeAsString();
}

}  // namespace

TEST_CASE_FIXTURE(Shared, "two centres that take in one log at once, in any order, keep one row a record") {
  Kiosk kiosk(*this);
  fill(*this, kiosk);
  auto const copy = another();
  for (std::uint64_t const seed : {1u, 2u, 3u}) {
    CAPTURE(seed);
    // A restored copy that went on by itself: the end of its log is a fork.
    Kiosk clone = kiosk;
    clone.forget_after(kiosk.head() - seed);
    clone.check_in(seed, 2);
    auto batches = batches_of(kiosk, seed), more = batches_of(clone, seed + 10);
    batches.insert(batches.end(), more.begin(), more.end());
    std::atomic<std::size_t> next{0};
    std::vector<int> statuses(batches.size());
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([&, thread] {
        auto& asked = thread % 2 == 0 ? *centre : *copy;
        for (std::size_t at = next++; at < batches.size(); at = next++) {
          centre::Request request;
          request.method = "POST";
          request.path = "/api/v1/logs/" + kiosk.log().hex() + "/batches";
          request.content_type = "application/octet-stream";
          request.body = batches[at];
          statuses[at] = asked.handle(request).status;
        }
      });
    for (auto& thread : threads) thread.join();
    for (auto const status : statuses) CHECK(status == 200);
    auto const receipt = clone.send_all();  // whichever line came first is the trunk
    CHECK(receipt.received_through() == clone.head());
    CHECK(receipt.received_hash() == clone.hash_at(clone.head()).view());
  }
  auto const receipt = kiosk.send_all();
  CHECK(receipt.received_through() == kiosk.head());
  CHECK(receipt.received_hash() == kiosk.hash_at(kiosk.head()).view());

  auto const statement = get("/api/v1/reconciliation");
  CHECK(statement["closes"] == true);
  CHECK(statement["parked"] == 0);
  CHECK(statement["waiting"] == 0);
  CHECK(statement["accepted"] == kiosk.head() + 3);
  auto& cluster = PostgresqlCluster::shared();
  CHECK(cluster.ask(address(), "SELECT count(*) FROM dga.log_rows") == std::to_string(kiosk.head() + 3));
  CHECK(cluster.ask(address(), "SELECT count(*) FROM dga.branches") == "4");
}

TEST_CASE_FIXTURE(Shared, "what one centre does the other knows") {
  Kiosk kiosk(*this);
  fill(*this, kiosk);
  auto const first = kiosk.send(1, 30);
  auto copy = another();
  std::swap(centre, copy);
  CHECK(without_time(kiosk.send(1, 30)) == without_time(first));
  CHECK(kiosk.send(31, 60).received_through() == 60);
  CHECK(get("/api/v1/classes/1/attendance")["participants"][0]["sessions"][0]["units"] == 2);
  CHECK(coordinator("POST", "/api/v1/devices/" + kiosk.device().hex() + "/revoke").status == 200);
  std::swap(centre, copy);
  CHECK(kiosk.send(61, 90).revoked());
  CHECK(kiosk.ask_pack(1, 0).status == 403);
}

TEST_CASE_FIXTURE(Shared, "a database belongs to the centre that was made in it") {
  House other(2);
  CHECK(centre::Centre::open(other.path(), clock, *random, address()).error().code == "centre.other_database");
  CHECK(centre::Centre::init(beside("second"), clock, *random, address()).error().code == "centre.exists");
  CHECK_FALSE(std::filesystem::exists(beside("second")));
  CHECK(centre::Centre::open(other.path(), clock, *random, PostgresqlCluster::shared().make_database()).error().code ==
        "centre.other_database");
  CHECK(centre::Centre::init(beside("third"), clock, *random, "mysql:x").error().code == "database.address");
}

TEST_CASE_FIXTURE(Shared, "the program takes the database from its folder or its flag, and says why it can't") {
  auto const program = [&](std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{bin("dga-centre"), "--data", path(), "--check-config"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return support::run(arguments);
  };
  CHECK_FALSE(std::filesystem::exists(path() / centre::kStoreFile));
  CHECK(program().exit_code == 0);
  CHECK(program({"--database", address()}).exit_code == 0);
  CHECK(program({"--database", PostgresqlCluster::shared().make_database()}).exit_code == 1);
  CHECK(program({"--database", "sqlite:" + beside("none.db")}).exit_code == 1);
  auto const with_password = program({"--database", "postgresql://dga:secret@localhost/centre"});
  CHECK(with_password.exit_code == 2);
  CHECK(with_password.err.find("PGPASSFILE") != std::string::npos);
  CHECK(with_password.err.find("secret") == std::string::npos);
  CHECK(program({"--database", "postgresql://dga@/centre?host=" + beside("nowhere")}).exit_code == 4);
}

TEST_CASE("a centre's file may lie elsewhere, and the folder remembers where") {
  support::TemporaryFolder folder;
  House house(1, "sqlite:" + (folder / "elsewhere.db"));
  house.demo_class();
  house.open();
  CHECK(house.get("/api/v1/classes")["classes"].size() == 1);
  CHECK(std::filesystem::exists(folder / "elsewhere.db"));
  CHECK_FALSE(std::filesystem::exists(house.path() / centre::kStoreFile));
}
