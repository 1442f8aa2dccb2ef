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

TEST_CASE_FIXTURE(Shared, "whoever was revoked after a dump stays out of the database that was put back from it") {
  auto& cluster = PostgresqlCluster::shared();
  std::vector<Kiosk> kiosks;  // in the dump and after it, each revoked in a signed list and while root.key was away
  for (std::uint64_t seed = 7; seed < 11; ++seed) kiosks.emplace_back(*this, seed);
  demo_class();
  for (auto number : {0u, 1u}) kiosks[number].enrol(1, std::to_string(number));
  auto const dumped = support::run({cluster.program("pg_dump"), "-Fc", "-f", beside("dump"), address()});
  REQUIRE_MESSAGE(dumped.exit_code == 0, dumped.err);
  for (auto number : {2u, 3u}) kiosks[number].enrol(1, std::to_string(number));
  auto const revoke = [&](Kiosk const& kiosk) {
    return post("/api/v1/devices/" + kiosk.device().hex() + "/revoke", nlohmann::json::object());
  };
  for (auto number : {0u, 2u}) CHECK(revoke(kiosks[number])["trust_list_signed"] == true);
  auto const list = coordinator("GET", "/api/v1/trust-list").body;
  std::filesystem::remove(path() / centre::kRootFile);
  for (auto number : {1u, 3u}) CHECK(revoke(kiosks[number])["trust_list_signed"] == false);
  centre.reset();
  cluster.ask(address(), "DROP SCHEMA dga CASCADE");
  auto const put_back = support::run({cluster.program("pg_restore"), "--no-owner", "-d", address(), beside("dump")});
  REQUIRE_MESSAGE(put_back.exit_code == 0, put_back.err);

  SUBCASE("by the list that is named") {
    std::filesystem::remove(path() / centre::kTrustFile);
    std::ofstream(beside("newest.list"), std::ios::binary) << list;
    auto const begun = support::run(
        {bin("dga"), "centre", "new-epoch", "--data", path(), "--trust-list", beside("newest.list"), "--json"});
    REQUIRE_MESSAGE(begun.exit_code == 0, begun.err);
    CHECK(nlohmann::json::parse(begun.out)["revoked"] == 4);
    CHECK(nlohmann::json::parse(begun.out)["revoked_unsigned"] == 2);
    open();
  }
  SUBCASE("by what lies in the folder") {
    open();
    auto const begun = json_of(coordinator("POST", "/api/v1/epochs", {}, "application/octet-stream"), 200);
    CHECK(begun["revoked"] == 4);
    CHECK(begun["kept_beside"] == true);
  }
  std::ifstream kept(path() / centre::kTrustFile, std::ios::binary);
  CHECK(std::string((std::istreambuf_iterator<char>(kept)), {}) == list);
  for (auto& kiosk : kiosks) {
    CHECK(device("/api/v1/devices", kiosk.certificate).status == 204);
    CHECK(kiosk.send_all().revoked());
    CHECK(error_code(kiosk.ask_pack(1, 0)) == "device.revoked");
  }
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
