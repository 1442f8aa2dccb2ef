#include "sync/protocol/bundle.h"

#include <set>

#include "sync/centre/devices/trust_files.h"
#include "sync/centre/ingest/bundles.h"
#include "sync/centre/ingest/senders.h"
#include "sync/centre/projection/attendance.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "tests/support/large_roster.h"
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
  // Below the endpoint, with limits that a test reaches.
  base::Result<centre::BundleTaken> taken(std::vector<Frame> const& frames, centre::BundleCaps const& caps = {}) {
    auto const bundle = protocol::write_bundle(frames).value();
    centre.reset();
    auto const folder = path();
    auto const secrets = keys();
    auto outcome = [&] {
      auto const store =
          std::move(centre::SqliteStore::open(folder / centre::kStoreFile, secrets.database, {})).value();
      centre::AttendanceProjection attendance;
      centre::Senders senders;
      centre::TrustFiles trust_files;
      std::string const instance;
      centre::Context const context{folder,     secrets, *store,      clock,   *random,
                                    attendance, senders, trust_files, instance};
      return centre::receive_bundle(context, bundle, caps);
    }();
    open();
    REQUIRE_MESSAGE(outcome.ok(), outcome.error().what);
    return outcome;
  }
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
  CHECK(response.headers.at("Dga-Bundle") ==
        "batches=3 questions=1 refused=63 damages=0 cut=0 gave_up=0 classes_too_large=");
  CHECK(rows() == 21);
}

TEST_CASE_FIXTURE(Ready,
                  "a batch wrapped anew a thousand times is one batch, and a false wrapping keeps no true one out") {
  auto const batch = kiosk.batch(1, 21);
  v1::SealedBatch parts;
  REQUIRE(parts.ParseFromString(batch));
  std::vector<Frame> all{frame(FrameKind::kSignedCertificate, kiosk.certificate)};
  // First with a signature that is none: the same header and the same sealed bytes.
  auto forged = parts;
  forged.mutable_signature()->back() = static_cast<char>(forged.signature().back() ^ 1);
  all.push_back(frame(FrameKind::kSealedBatch, forged.SerializeAsString()));
  // Field 1000, which nobody knows, with a number in it.
  auto const wrapped = [](base::Bytes bytes, unsigned number) {
    for (unsigned const part : {0xc0U, 0x3eU, 0x80U | (number & 0x7fU), number >> 7})
      bytes.push_back(static_cast<char>(part));
    return bytes;
  };
  for (unsigned i = 0; i < 1000; ++i) {
    all.push_back(frame(FrameKind::kSealedBatch, wrapped(batch, i)));
    all.push_back(frame(FrameKind::kSignedCertificate, wrapped(kiosk.certificate, i)));
  }
  auto const query = kiosk.head_query();
  for (unsigned i = 0; i < 1000; ++i) all.push_back(frame(FrameKind::kSignedHeadQuery, wrapped(query, i)));
  auto const response = post(all);
  CHECK(receipts(response).back().received_through() == 21);
  CHECK(response.headers.at("Dga-Bundle") ==
        "batches=1 questions=1 refused=1 damages=0 cut=0 gave_up=0 classes_too_large=");
  CHECK(rows() == 21);
}

TEST_CASE_FIXTURE(Ready, "three days of several kiosks go through") {
  std::vector<Kiosk> kiosks;
  for (std::uint64_t i = 0; i < 4; ++i) {
    auto& each = kiosks.emplace_back(*this, 100 + i);
    each.enrol(1, std::to_string(i));
    for (std::uint64_t person = 1; person <= 60; ++person) each.check_in(1 + person % 20);
  }
  std::vector<Frame> all;
  for (auto& each : kiosks)
    for (std::uint64_t seq = 1; seq <= each.head(); ++seq)
      all.push_back(frame(FrameKind::kSealedBatch, each.batch(seq, seq)));
  auto const response = post(all);
  CHECK(response.headers.at("Dga-Bundle") ==
        "batches=244 questions=0 refused=0 damages=0 cut=0 gave_up=0 classes_too_large=");
  for (auto const& receipt : receipts(response)) CHECK(receipt.received_through() == 61);
}

TEST_CASE_FIXTURE(Ready,
                  "of more batches or questions than are looked at the first are answered, and the rest is told of") {
  CHECK(taken(frames(), {.batches = 2})->batches == 2);
  CHECK(taken(frames(), {.batches = 2})->gave_up);
  CHECK(taken(frames(), {.batches = 3})->batches == 3);
  CHECK_FALSE(taken(frames(), {.batches = 3})->gave_up);

  auto const question = [&] { return frame(FrameKind::kSignedHeadQuery, kiosk.head_query()); };
  auto const batch = frame(FrameKind::kSealedBatch, kiosk.batch(1, 21));
  std::vector<Frame> const three{question(), question(), question(), batch};
  auto const asked = taken(three, {.questions = 2});
  CHECK(asked->questions == 2);
  CHECK(asked->gave_up);
  CHECK(asked->batches == 1);  // behind the question that was one too many
  // Copies are the same question, and take nobody's room.
  auto const copies = taken({three[0], three[0], three[0], three[0], three[1], batch}, {.questions = 2});
  CHECK(copies->questions == 2);
  CHECK_FALSE(copies->gave_up);
}

TEST_CASE_FIXTURE(Ready, "questions that are not answered after 64 refused ones are told of") {
  std::vector<Frame> all{frame(FrameKind::kSignedCertificate, kiosk.certificate)};
  auto const add_refused = [&](int count) {
    for (int i = 0; i < count; ++i) {
      v1::SignedHeadQuery forged;
      REQUIRE(forged.ParseFromString(kiosk.head_query()));
      forged.mutable_signature()->front() = static_cast<char>(forged.signature().front() ^ 1);
      all.push_back(frame(FrameKind::kSignedHeadQuery, forged.SerializeAsString()));
    }
  };
  add_refused(64);
  CHECK_FALSE(taken(all)->gave_up);  // nothing lies behind them
  all.push_back(frame(FrameKind::kSignedHeadQuery, kiosk.head_query()));
  auto const stopped = taken(all);
  CHECK(stopped->refused == 64);
  CHECK(stopped->questions == 0);
  CHECK(stopped->gave_up);
}

TEST_CASE_FIXTURE(Ready, "a question that was whole is answered, however much damage lies behind it") {
  auto bundle = protocol::write_bundle({frame(FrameKind::kSignedCertificate, kiosk.certificate),
                                        frame(FrameKind::kSignedHeadQuery, kiosk.head_query())})
                    .value();
  for (int i = 0; i < 70; ++i) bundle += "DGAf and no frame";
  auto const response = post(bundle);
  CHECK(receipts(response).size() == 1);
  auto const words = response.headers.at("Dga-Bundle");
  CHECK(words.find("questions=1 ") != std::string::npos);
  CHECK(words.find("damages=64 ") != std::string::npos);
  CHECK(words.find("gave_up=1 ") != std::string::npos);
}

TEST_CASE_FIXTURE(Ready, "a class too large for a courier's file is told as such, and its kiosk gets its receipts") {
  CHECK(post(frames()).headers.at("Dga-Bundle").ends_with(" classes_too_large="));
  auto const csv = support::large_roster(*random);
  json_of(coordinator("POST", "/api/v1/classes/1/roster?confirm=1", csv, "text/csv"), 200);
  auto const response = post(frames());
  CHECK(receipts(response).back().received_through() == 21);
  CHECK(response.headers.at("Dga-Bundle").ends_with(" classes_too_large=1"));
  auto const content = protocol::read_bundle(response.body).value();
  for (auto const& each : content.frames) CHECK(each.kind != static_cast<std::uint8_t>(FrameKind::kSealedPack));
  CHECK(kiosk.ask_pack(1, 0).status == 200);  // over the network it comes
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
  std::uint64_t before = 0;
  for (std::size_t size = 6; size < bundle.size(); ++size) {
    CAPTURE(size);
    auto const response = post(bundle.substr(0, size));
    std::uint64_t batches = 0;
    for (std::size_t i = 2; i < all.size(); ++i)
      if (size >= ends[i + 1]) ++batches;
    if (size < ends[1]) {
      CHECK(error_code(response) == "bundle.nothing_verified");
    } else {
      REQUIRE(response.status == 200);
      CHECK(response.headers.at("Dga-Bundle").starts_with("batches=" + std::to_string(batches) + " "));
    }
    if (batches != before || size + 1 == bundle.size() || size % 97 == 0) CHECK(rows() == batches * 7);
    before = batches;
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
