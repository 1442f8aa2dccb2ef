#include "tests/support/postgresql_cluster.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

struct Ready : House {
  explicit Ready(std::string const& database = {}) : House(1, database) {
    demo_class();
    roster(1, 20);
    kiosk.enrol();
    for (std::uint64_t person = 1; person <= 20; ++person) kiosk.check_in(person);
  }
  Kiosk kiosk{*this};
};
struct ReadyOnPostgresql : Ready {
  ReadyOnPostgresql() : Ready(support::PostgresqlCluster::shared().make_database()) {}
};

std::uint64_t rows(House const& house) {
  auto const sum = house.get("/api/v1/reconciliation");
  return sum["accepted"].get<std::uint64_t>() + sum["quarantined"].get<std::uint64_t>();
}

// A receipt without what differs from answer to answer.
std::string without_time(v1::Receipt receipt) {
  receipt.clear_centre_ms();
  receipt.clear_nonce();
  return receipt.SerializeAsString();
}

}  // namespace

TEST_CASE_FIXTURE(Ready, "a batch is received, and the receipt names its head") {
  auto const receipt = kiosk.send_all();
  CHECK(receipt.received_through() == kiosk.head());
  CHECK(receipt.received_hash() == kiosk.hash_at(kiosk.head()).view());
  CHECK(receipt.durable_through() == 0);
  CHECK(receipt.quarantined_total() == 0);
  CHECK(receipt.fork_at() == 0);
  CHECK(receipt.want_from() == 0);
  CHECK(receipt.centre_epoch() == static_cast<std::uint64_t>(support::kDemoMorning / 1000));
  CHECK(rows(*this) == 21);
}

TEST_CASE_TEMPLATE("the same batch twice is one row a record and an equal receipt but for time and nonce", At, Ready,
                   ReadyOnPostgresql) {
  At at;
  auto const batch = at.kiosk.batch(1, 21);
  auto const first = at.kiosk.receipt_of(at.kiosk.post(batch));
  at.clock.advance(std::chrono::seconds(5));
  auto const again = at.kiosk.receipt_of(at.kiosk.post(batch));
  auto const cut_anew = at.kiosk.receipt_of(at.kiosk.post(at.kiosk.batch(1, 21)));
  CHECK(without_time(first) == without_time(again));
  CHECK(without_time(first) == without_time(cut_anew));
  CHECK(first.nonce() == again.nonce());
  CHECK(first.nonce() != cut_anew.nonce());
  CHECK(again.centre_ms() == first.centre_ms() + 5000);
  CHECK(rows(at) == 21);
}

TEST_CASE_FIXTURE(Ready, "batches that overlap leave one row a record") {
  kiosk.send(1, 10);
  CHECK(kiosk.send(5, 15).received_through() == 15);
  // What lies behind it may be somebody else's: only what this batch shows to be the sender's own is spoken for.
  CHECK(kiosk.send(2, 3).received_through() == 3);
  CHECK(kiosk.send(15, 21).received_through() == 21);
  CHECK(rows(*this) == 21);
}

TEST_CASE_FIXTURE(Ready, "a batch before its turn is parked, and taken up when the gap closes") {
  auto const parked = kiosk.send(11, 21);
  CHECK(parked.received_through() == 0);
  CHECK(parked.received_hash() == kiosk.hash_at(0).view());
  CHECK(parked.want_from() == 1);
  auto const statement = get("/api/v1/reconciliation");
  CHECK(statement["parked"] == 11);
  CHECK(statement["recorded"] == 21);
  CHECK(statement["waiting"] == 10);
  CHECK(statement["closes"] == true);

  auto const first = kiosk.send(1, 5);
  CHECK(first.received_through() == 5);
  CHECK(kiosk.send(11, 21).want_from() == 6);
  CHECK(kiosk.send(6, 10).received_through() == 21);
  auto const after = get("/api/v1/reconciliation");
  CHECK(after["parked"] == 0);
  CHECK(after["accepted"] == 21);
  CHECK(after["waiting"] == 0);
}

TEST_CASE_TEMPLATE("parked batches in any order are all taken up at once", At, Ready, ReadyOnPostgresql) {
  At at;
  at.kiosk.send(16, 21);
  at.kiosk.send(6, 10);
  at.kiosk.send(11, 15);
  CHECK(at.get("/api/v1/reconciliation")["parked"] == 16);
  CHECK(at.kiosk.send(1, 5).received_through() == 21);
  CHECK(at.get("/api/v1/reconciliation")["parked"] == 0);
  CHECK(rows(at) == 21);
}

TEST_CASE_FIXTURE(Ready, "a clone that sends what both have is told of its own line, not of the other's") {
  Kiosk clone = kiosk;
  clone.forget_after(15);
  clone.check_in(7, 2);
  kiosk.send_all();

  auto const shared = clone.send(3, 6);
  CHECK(shared.received_through() == 6);
  CHECK(shared.received_hash() == clone.hash_at(6).view());
  CHECK(shared.fork_at() == 0);
  clone.send(7, 16);
  auto const both_known = clone.send(3, 6);  // its head is known by now, so all of its line is
  CHECK(both_known.received_through() == 16);
  CHECK(both_known.received_hash() == clone.hash_at(16).view());
  CHECK(both_known.fork_at() == 16);
}

TEST_CASE_FIXTURE(Ready, "a fork keeps both branches and its receipts name the first differing record") {
  Kiosk restored = kiosk;
  restored.forget_after(15);
  restored.check_in(7, 2);
  restored.check_in(8, 2);
  CHECK(kiosk.send_all().fork_at() == 0);

  auto const receipt = restored.send(11, 17);
  CHECK(receipt.received_through() == 17);
  CHECK(receipt.received_hash() == restored.hash_at(17).view());
  CHECK(receipt.fork_at() == 16);
  CHECK(rows(*this) == 23);

  auto const first = kiosk.send(16, 21);
  CHECK(first.fork_at() == 0);
  CHECK(first.received_through() == 21);

  auto const lines = get("/api/v1/reconciliation")["logs"];
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["recorded"] == 21);
  CHECK(lines[0]["fork_at"] == 0);
  CHECK(lines[1]["recorded"] == 2);
  CHECK(lines[1]["accepted"] == 2);
  CHECK(lines[1]["fork_at"] == 16);
  CHECK(lines[1]["closes"] == true);

  // Facts of all branches count.
  auto const list = get("/api/v1/classes/1/attendance");
  CHECK(list["participants"][6]["sessions"][0]["units"] == 2);
}

TEST_CASE_TEMPLATE("a fork of a fork and a fork at the first record are branches of their own", At, Ready,
                   ReadyOnPostgresql) {
  At at;
  Kiosk second = at.kiosk, third = at.kiosk;
  second.forget_after(15);
  second.check_in(7, 2);
  third = second;
  second.check_in(8, 2);
  third.check_in(9, 2);
  at.kiosk.send_all();
  CHECK(second.send_all().fork_at() == 16);
  CHECK(third.send_all().fork_at() == 17);

  Kiosk from_nothing = at.kiosk;
  from_nothing.forget_after(0);
  v1::Record opened;
  opened.mutable_log_opened()->set_product_version("another");
  from_nothing.add(opened);
  CHECK(from_nothing.send_all().fork_at() == 1);
  CHECK(at.get("/api/v1/reconciliation")["closes"] == true);
  CHECK(rows(at) == 21 + 2 + 1 + 1);
}

TEST_CASE_TEMPLATE("a parked batch of a fork asks for all, and the branch completes", At, Ready, ReadyOnPostgresql) {
  At at;
  Kiosk restored = at.kiosk;
  restored.forget_after(10);
  for (std::uint64_t person = 1; person <= 8; ++person) restored.check_in(person, 2);
  at.kiosk.send_all();
  auto const parked = restored.send(15, 18);
  CHECK(parked.want_from() == 1);
  auto const open = at.get("/api/v1/reconciliation");
  REQUIRE(open["logs"].size() == 2);
  CHECK(open["logs"][1]["parked"] == 4);
  CHECK(open["closes"] == true);

  auto const receipt = restored.send(1, 14);
  CHECK(receipt.received_through() == 18);
  CHECK(receipt.fork_at() == 11);
  auto const closed = at.get("/api/v1/reconciliation");
  CHECK(closed["parked"] == 0);
  CHECK(closed["waiting"] == 0);
  CHECK(closed["closes"] == true);
}

TEST_CASE_FIXTURE(Ready, "every single bit that is changed on the way is noticed") {
  auto const whole = kiosk.batch(1, 3);
  auto const random_place = base::seeded_random(5);
  for (int i = 0; i < 200; ++i) {
    auto changed = whole;
    auto const place = random_place->below(changed.size());
    changed[place] = static_cast<char>(changed[place] ^ (1 << random_place->below(8)));
    auto const response = kiosk.post(changed);
    CHECK_MESSAGE(response.status >= 400, "octet " << place);
  }
  CHECK(rows(*this) == 0);
  CHECK(kiosk.post(whole).status == 200);
}

TEST_CASE_FIXTURE(Ready, "a batch that is cut short, empty or of garbage is refused and nothing is kept") {
  auto const whole = kiosk.batch(1, 3);
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{20}, whole.size() / 2, whole.size() - 1})
    CHECK(kiosk.post(whole.substr(0, size)).status >= 400);
  CHECK(kiosk.post(std::string(100'000, 'x')).status == 400);
  CHECK(House::error_code(kiosk.post(std::string(3 * 1024 * 1024, 'x'))) == "http.too_large");
  CHECK(rows(*this) == 0);
}

TEST_CASE_FIXTURE(Ready, "a batch for another log's address is refused") {
  Kiosk other(*this, 99);
  auto const response = device("/api/v1/logs/" + other.log().hex() + "/batches", kiosk.batch(1, 3));
  CHECK(response.status == 400);
  CHECK(House::error_code(response) == "log.other");
}

TEST_CASE_FIXTURE(Ready, "a device nobody knows gets 404 and one not confirmed yet 403") {
  Kiosk stranger(*this, 99);
  CHECK(stranger.post(stranger.batch(1, 1)).status == 404);
  auto const code =
      post("/api/v1/enrolment-codes", {{"name", "2"}, {"class", 1}, {"address", "http://127.0.0.1:1"}}, 201);
  stranger.ask_enrolment(code["ticket"]);
  CHECK(House::error_code(stranger.post(stranger.batch(1, 1))) == "device.pending");
  CHECK(stranger.ask_pack(1, 0).status == 403);
  CHECK(rows(*this) == 0);
}

TEST_CASE_FIXTURE(Ready, "an unknown box key asks for another seal and an unknown version is kept") {
  auto const resealed = kiosk.receipt_of(kiosk.post(kiosk.batch(1, 3, 9)));
  CHECK(resealed.refused() == v1::RESEAL);
  CHECK(resealed.received_through() == 0);
  auto const newer = kiosk.batch(1, 3, 1, [](v1::BatchHeader& header) { header.set_version(2); });
  auto const refused = kiosk.receipt_of(kiosk.post(newer));
  CHECK(refused.refused() == v1::VERSION);
  CHECK(get("/api/v1/reconciliation")["parked"] == 3);
  CHECK(rows(*this) == 0);
}

TEST_CASE_FIXTURE(Ready, "a batch of a newer version whose numbers make no sense here is kept and counts for nothing") {
  auto const newer = kiosk.batch(1, 3, 1, [](v1::BatchHeader& header) {
    header.set_version(2);
    header.set_first_seq(UINT64_MAX - 1);
    header.clear_prev_hash();
  });
  CHECK(kiosk.receipt_of(kiosk.post(newer)).refused() == v1::VERSION);
  open();
  CHECK(kiosk.send_all().received_through() == 21);
  auto const statement = get("/api/v1/reconciliation");
  CHECK(statement["recorded"] == 21);
  CHECK(statement["closes"] == true);
}

TEST_CASE_FIXTURE(Ready, "a batch whose chain does not hold is damage even under a good signature") {
  auto const wrong = kiosk.batch(1, 3, 1, [](v1::BatchHeader& header) { header.mutable_head_hash()->front() ^= 1; });
  auto const response = kiosk.post(wrong);
  CHECK(response.status == 422);
  CHECK(House::error_code(response) == "batch.chain");
  auto const other_start =
      kiosk.batch(1, 3, 1, [](v1::BatchHeader& header) { header.mutable_prev_hash()->front() ^= 1; });
  CHECK(kiosk.post(other_start).status == 422);
  CHECK(rows(*this) == 0);
}

TEST_CASE_FIXTURE(Ready, "a revoked device's records are received into quarantine and what came before stays") {
  kiosk.send(1, 10);
  CHECK(coordinator("POST", "/api/v1/devices/" + kiosk.device().hex() + "/revoke").status == 200);
  auto const receipt = kiosk.send(11, 21);
  CHECK(receipt.revoked());
  CHECK(receipt.received_through() == 21);
  CHECK(receipt.quarantined_total() == 11);
  CHECK(receipt.quarantined(0).seq() == 11);
  CHECK(receipt.quarantined(0).reason() == v1::DEVICE_REVOKED);
  auto const sum = get("/api/v1/reconciliation");
  CHECK(sum["accepted"] == 10);
  CHECK(sum["quarantined"] == 11);
  CHECK(kiosk.ask_pack(1, 0).status == 403);
}

TEST_CASE_FIXTURE(Ready, "a head query tells the longest prefix that its points match") {
  CHECK(kiosk.ask_head().want_from() == 1);
  kiosk.send(1, 13);
  auto const receipt = kiosk.ask_head();  // points 21, 20, 19, 17, 13, 5, 0
  CHECK(receipt.received_through() == 13);
  CHECK(receipt.received_hash() == kiosk.hash_at(13).view());
  CHECK(receipt.want_from() == 14);
  kiosk.send(14, 21);
  CHECK(kiosk.ask_head().received_through() == 21);
}

TEST_CASE_FIXTURE(Ready, "a head query tells how much was recorded and a replayed one changes nothing") {
  auto const early = kiosk.head_query();
  CHECK(device("/api/v1/logs/" + kiosk.log().hex() + "/head", early).status == 200);
  auto statement = get("/api/v1/reconciliation");
  CHECK(statement["recorded"] == 21);
  CHECK(statement["waiting"] == 21);
  CHECK(statement["closes"] == true);

  kiosk.check_in(1, 2);
  kiosk.ask_head();
  CHECK(get("/api/v1/reconciliation")["recorded"] == 22);
  CHECK(device("/api/v1/logs/" + kiosk.log().hex() + "/head", early).status == 200);
  CHECK(get("/api/v1/reconciliation")["recorded"] == 22);
  kiosk.send_all();
  statement = get("/api/v1/reconciliation");
  CHECK(statement["recorded"] == 22);
  CHECK(statement["waiting"] == 0);
}

TEST_CASE_FIXTURE(Ready, "a head that is signed by another key or is not one is refused") {
  auto query = kiosk.head_query();
  query.back() = static_cast<char>(query.back() ^ 1);
  CHECK(device("/api/v1/logs/" + kiosk.log().hex() + "/head", query).status >= 400);
  CHECK(device("/api/v1/logs/" + kiosk.log().hex() + "/head", "nonsense").status == 400);
  CHECK(device("/api/v1/logs/short/head", kiosk.head_query()).status == 400);
  CHECK(get("/api/v1/reconciliation")["recorded"] == 0);
}

TEST_CASE_FIXTURE(Ready, "a head beyond an unseen fork stands in the statement as a line of its own") {
  Kiosk restored = kiosk;
  restored.forget_after(10);
  for (std::uint64_t person = 1; person <= 5; ++person) restored.check_in(person, 2);
  kiosk.send_all();
  restored.ask_head();  // 15: points 15, 14, 13, 11, 7
  auto const statement = get("/api/v1/reconciliation");
  REQUIRE(statement["logs"].size() == 2);
  CHECK(statement["logs"][0]["waiting"] == 0);
  CHECK(statement["logs"][1]["fork_at"] == 8);
  CHECK(statement["logs"][1]["waiting"] == 8);
  restored.send_all();
  auto const after = get("/api/v1/reconciliation");
  REQUIRE(after["logs"].size() == 2);
  CHECK(after["logs"][1]["fork_at"] == 11);
  CHECK(after["waiting"] == 0);
  CHECK(after["closes"] == true);
}

TEST_CASE_TEMPLATE("everything acknowledged is there after the centre was opened again", At, Ready, ReadyOnPostgresql) {
  At at;
  at.kiosk.send(1, 12);
  at.open();
  CHECK(at.kiosk.send(13, 21).received_through() == 21);
  at.open();
  CHECK(rows(at) == 21);
  CHECK(at.get("/api/v1/classes/1/attendance")["participants"][19]["units"] == 2);
}
