#include "sync/protocol/bundle.h"

#include <set>

#include "tests/support/postgresql_cluster.h"
#include "tests/support/vectors.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using protocol::Frame;
using protocol::FrameKind;
using support::House;
using support::Kiosk;

namespace {

Frame frame(FrameKind kind, base::Bytes payload) { return {static_cast<std::uint8_t>(kind), std::move(payload)}; }

struct Ready : House {
  explicit Ready(std::string const& database = {}) : House(1, database) {
    demo_class();
    roster(1, 20);
    kiosk.enrol();
    for (std::uint64_t person = 1; person <= 20; ++person) kiosk.check_in(person);
  }
  // Certificate, question, and the log in three batches.
  std::vector<Frame> frames() {
    return {frame(FrameKind::kSignedCertificate, kiosk.certificate),
            frame(FrameKind::kSignedHeadQuery, kiosk.head_query()), frame(FrameKind::kSealedBatch, kiosk.batch(1, 7)),
            frame(FrameKind::kSealedBatch, kiosk.batch(8, 14)), frame(FrameKind::kSealedBatch, kiosk.batch(15, 21))};
  }
  centre::Response post(base::Bytes const& bundle) const { return device("/api/v1/bundles", bundle); }
  centre::Response post(std::vector<Frame> const& frames) const { return post(protocol::write_bundle(frames).value()); }
  // The receipts of an answer, checked under the centre's key.
  std::vector<v1::Receipt> receipts(centre::Response const& response) const {
    REQUIRE_MESSAGE(response.status == 200, response.body);
    auto const content = protocol::read_bundle(response.body);
    REQUIRE(content.ok());
    CHECK(content->failures == 0);
    std::vector<v1::Receipt> found;
    for (auto const& each : content->frames) {
      if (each.kind != static_cast<std::uint8_t>(FrameKind::kSignedReceipt)) continue;
      auto const receipt = protocol::verify_receipt(each.payload, keys().signing.public_key());
      REQUIRE(receipt.ok());
      found.push_back(*receipt);
    }
    return found;
  }
  std::uint64_t rows() const {
    auto const sum = get("/api/v1/reconciliation");
    return sum["accepted"].get<std::uint64_t>() + sum["quarantined"].get<std::uint64_t>();
  }
  Kiosk kiosk{*this};
};
struct ReadyOnPostgresql : Ready {
  ReadyOnPostgresql() : Ready(support::PostgresqlCluster::shared().make_database()) {}
};

}  // namespace

TEST_CASE_TEMPLATE("a bundle is taken in whole, and answered by what the centre has now and the kiosk's class pack", At,
                   Ready, ReadyOnPostgresql) {
  At at;
  auto const response = at.post(at.frames());
  auto const receipts = at.receipts(response);
  REQUIRE(receipts.size() == 2);  // one for the log, one for its question
  for (auto const& receipt : receipts) CHECK(receipt.received_through() == 21);
  CHECK(receipts[0].nonce() != receipts[1].nonce());
  CHECK(at.rows() == 21);
  auto const content = protocol::read_bundle(response.body).value();
  REQUIRE(content.frames.size() == 3);
  CHECK(content.frames[2].kind == static_cast<std::uint8_t>(FrameKind::kSealedPack));
}

TEST_CASE_FIXTURE(Ready, "the same bundle again, its copies and the network's batches are one row a record") {
  auto doubled = frames();
  auto const again = frames();
  doubled.insert(doubled.end(), again.begin(), again.end());
  auto const bundle = protocol::write_bundle(doubled).value();
  kiosk.send(1, 10);
  CHECK(receipts(post(bundle)).back().received_through() == 21);
  CHECK(receipts(post(bundle)).back().received_through() == 21);
  kiosk.send_all();
  CHECK(rows() == 21);
}

TEST_CASE_FIXTURE(Ready, "frames in any order: what comes before its turn is parked and taken up") {
  auto mixed = frames();
  std::swap(mixed[2], mixed[4]);
  CHECK(receipts(post(mixed)).back().received_through() == 21);
  CHECK(rows() == 21);
}

TEST_CASE_FIXTURE(Ready, "a bundle of two kiosks is answered for both") {
  Kiosk other(*this, 8);
  other.enrol(1, "2");
  other.check_in(3);
  auto both = frames();
  both.push_back(frame(FrameKind::kSealedBatch, other.batch(1, 2)));
  std::set<std::string> logs;
  for (auto const& receipt : receipts(post(both))) logs.insert(receipt.log_id());
  CHECK(logs.size() == 2);
  CHECK(rows() == 23);
}

TEST_CASE_FIXTURE(Ready, "a kiosk that the centre does not know is learnt from its certificate in the bundle") {
  // As after a restore from a backup that is older than the kiosk: the certificate is the centre's, the device is new.
  Kiosk forgotten(*this, 99);
  forgotten.check_in(4);
  auto const batch = frame(FrameKind::kSealedBatch, forgotten.batch(1, 2));
  CHECK(error_code(post(std::vector{batch})) == "bundle.nothing_verified");
  CHECK(rows() == 0);
  forgotten.certify();
  CHECK(receipts(post(std::vector{frame(FrameKind::kSignedCertificate, forgotten.certificate), batch}))
            .back()
            .received_through() == 2);
  CHECK(rows() == 2);
}

TEST_CASE_FIXTURE(Ready, "nothing is stored of a bundle in which nothing verifies") {
  CHECK(error_code(post("DGAB1\n")) == "bundle.nothing_verified");
  CHECK(error_code(post("a picture")) == "bundle.not_one");
  auto forged = frames();
  std::erase_if(forged, [](auto const& each) { return each.kind == 5; });
  for (auto& each : forged) each.payload.back() = static_cast<char>(each.payload.back() ^ 1);
  CHECK(error_code(post(forged)) == "bundle.nothing_verified");
  CHECK(rows() == 0);
}

TEST_CASE_FIXTURE(Ready, "after 64 failures the rest of a bundle is not looked at") {
  auto const garbage = [](int count) {
    std::vector<Frame> frames;
    for (int i = 0; i < count; ++i) frames.push_back(frame(FrameKind::kSealedBatch, "no batch " + std::to_string(i)));
    return frames;
  };
  auto with = [&](int count) {
    auto all = garbage(count);
    auto const good = frames();
    all.insert(all.end(), good.begin(), good.end());
    return all;
  };
  CHECK(error_code(post(with(64))) == "bundle.nothing_verified");
  CHECK(rows() == 0);
  auto const response = post(with(63));
  CHECK(response.status == 200);
  CHECK(response.headers.at("Dga-Bundle") == "batches=3 questions=1 refused=63 damages=0 cut=0 gave_up=0");
  CHECK(rows() == 21);
}

TEST_CASE_FIXTURE(Ready, "frames that are none of the centre's business are passed over") {
  auto all = frames();
  all.insert(all.begin() + 1, Frame{200, "from the future"});
  all.insert(all.begin() + 1, frame(FrameKind::kSignedReceipt, "somebody's"));
  CHECK(receipts(post(all)).back().received_through() == 21);
}

TEST_CASE_FIXTURE(Ready, "a bundle cut at any byte brings every batch before the cut") {
  // Small batches, so that every byte of every kind of frame is cut once.
  auto const all = frames();
  auto const bundle = protocol::write_bundle(all).value();
  std::vector<std::size_t> ends;
  for (std::size_t count = 0; count <= all.size(); ++count)
    ends.push_back(protocol::write_bundle({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count)})->size());
  std::uint64_t so_far = 0;
  for (std::size_t size = 6; size < bundle.size(); ++size) {
    CAPTURE(size);
    auto const response = post(bundle.substr(0, size));
    std::uint64_t batches = 0;
    for (std::size_t i = 2; i < all.size(); ++i)
      if (size >= ends[i + 1]) ++batches;
    so_far = std::max(so_far, batches * 7);
    if (size < ends[1]) {
      CHECK(error_code(response) == "bundle.nothing_verified");
    } else {
      CHECK(response.status == 200);
    }
    if (size + 1 == bundle.size() || batches * 7 != so_far || size % 97 == 0) CHECK(rows() == so_far);
  }
  CHECK(rows() == 14);
}

TEST_CASE("a bundle that an independent program wrote is taken in by a centre that has its keys") {
  House house;
  auto const known = test::vectors("protocol.json");
  auto const bytes = [&](char const* part, char const* name) {
    return base::from_hex(known[part][name].get<std::string>()).value();
  };
  auto keys = house.keys();
  keys.signing = crypto::SigningKey::from_seed(crypto::Key32::from(bytes("keys", "centre_seed")).value());
  keys.boxes.clear();
  keys.boxes.emplace(1, crypto::BoxKey::from_seed(crypto::Key32::from(bytes("keys", "box_seed")).value()));
  house.centre.reset();
  REQUIRE(centre::write_keys(house.path(), keys).ok());
  house.open();

  auto const response = house.device("/api/v1/bundles", base::from_hex(known["bundle"].get<std::string>()).value());
  REQUIRE_MESSAGE(response.status == 200, response.body);
  auto const answer = protocol::read_bundle(response.body);
  REQUIRE(answer.ok());
  REQUIRE_FALSE(answer->frames.empty());
  auto const records = known["chain"]["records"].size();
  auto const receipt = protocol::verify_receipt(answer->frames[0].payload, keys.signing.public_key());
  REQUIRE(receipt.ok());
  CHECK(receipt->received_through() == records);
  CHECK(base::to_hex(receipt->received_hash()) == known["chain"]["heads"].back());
  CHECK(base::to_hex(receipt->log_id()) == known["device"]["log_id"]);
  auto const sum = house.get("/api/v1/reconciliation");
  CHECK(sum["accepted"].get<std::uint64_t>() + sum["quarantined"].get<std::uint64_t>() == records);
  CHECK(sum["closes"] == true);
}
