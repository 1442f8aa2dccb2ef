#include "shared/text/digit_code.h"
#include "sync/protocol/bundle.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/compress.h"
#include "sync/protocol/enrolment.h"
#include "sync/protocol/receipt.h"
#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;
using test_wire::bytes_of;
using test_wire::fixed;

namespace {

// The vectors' own people.
struct Known {
  nlohmann::json const all = test_wire::vectors();
  crypto::SigningKey const device =
      crypto::SigningKey::from_seed(fixed<crypto::Key32>(bytes_of(all["keys"]["device_seed"])));
  crypto::SigningKey const centre =
      crypto::SigningKey::from_seed(fixed<crypto::Key32>(bytes_of(all["keys"]["centre_seed"])));
  crypto::BoxKey const box = crypto::BoxKey::from_seed(fixed<crypto::Key32>(bytes_of(all["keys"]["box_seed"])));

  [[nodiscard]] DeviceKeyLookup lookup() const {
    return [this](base::DeviceId const&) { return std::optional(device.public_key()); };
  }
};

}  // namespace

TEST_CASE("the keys and ids of the vectors follow from their seeds") {
  Known const known;
  CHECK(known.device.public_key().hex() == known.all["keys"]["device_ed25519"]);
  CHECK(known.centre.public_key().hex() == known.all["keys"]["centre_ed25519"]);
  CHECK(known.box.public_key().hex() == known.all["keys"]["box_x25519"]);
  auto const device = crypto::device_id(known.device.public_key());
  CHECK(device.hex() == known.all["device"]["device_id"]);
  CHECK(crypto::log_id(device, fixed<base::LogSalt>(bytes_of(known.all["device"]["log_salt"]))).hex() ==
        known.all["device"]["log_id"]);
}

TEST_CASE("the chain of the vectors comes out hash by hash") {
  Known const known;
  auto const& chain = known.all["chain"];
  auto hash = crypto::chain_start(fixed<base::LogId>(bytes_of(chain["log_id"])));
  CHECK(hash.hex() == chain["heads"][0]);
  for (std::size_t i = 0; i < chain["records"].size(); ++i) {
    hash = crypto::chain_next(hash, i + 1, crypto::hash({bytes_of(chain["records"][i])}));
    CHECK(hash.hex() == chain["heads"][i + 1]);
  }
}

TEST_CASE("the batches of the vectors verify and open into the chain's records") {
  Known const known;
  std::size_t seen = 0;
  for (auto const& vector : known.all["batches"]) {
    auto const verified = verify_batch(bytes_of(vector["sealed_batch"]), known.lookup());
    REQUIRE(verified.ok());
    CHECK(verified->header.SerializeAsString() == bytes_of(vector["header"]));
    auto const frame = known.box.open(verified->sealed);
    REQUIRE(frame.ok());
    auto const plain = decompress(*frame, verified->header.plain_bytes());
    REQUIRE(plain.ok());
    CHECK(*plain == bytes_of(vector["plain"]));

    auto const opened = open_batch(*verified, known.box);
    REQUIRE(opened.ok());
    for (auto const& record : *opened) {
      CHECK(record.seq == seen + 1);
      CHECK(record.bytes.value() == bytes_of(known.all["chain"]["records"][seen]));
      CHECK(record.hash.hex() == known.all["chain"]["heads"][seen + 1]);
      ++seen;
    }
  }
  CHECK(seen == known.all["chain"]["records"].size());
}

TEST_CASE("a batch of the vectors is written again byte for byte but for its random parts") {
  Known const known;
  auto const first = verify_batch(bytes_of(known.all["batches"][0]["sealed_batch"]), known.lookup());
  REQUIRE(first.ok());
  Stretch stretch;
  stretch.device = first->device;
  stretch.log = first->log;
  stretch.salt = fixed<base::LogSalt>(first->header.log_salt());
  stretch.first_seq = 1;
  stretch.prev_hash = first->prev_hash;
  stretch.head_hash = first->head_hash;
  stretch.log_head_seq = first->header.log_head_seq();
  stretch.log_head_hash = fixed<base::Digest>(first->header.log_head_hash());
  for (std::size_t i = 0; i < first->header.count(); ++i)
    stretch.records.push_back(bytes_of(known.all["chain"]["records"][i]));
  auto random = base::seeded_random(1);
  auto const ours = seal_batch(stretch, 1, known.box.public_key(), known.device, *random);
  REQUIRE(ours.ok());
  auto header = read_batch_header(*ours);
  REQUIRE(header.ok());
  header->set_nonce(first->header.nonce());
  CHECK(header->SerializeAsString() == bytes_of(known.all["batches"][0]["header"]));
}

TEST_CASE("the receipt of the vectors verifies and says what was received") {
  Known const known;
  auto const receipt = verify_receipt(bytes_of(known.all["receipt"]), known.centre.public_key());
  REQUIRE(receipt.ok());
  CHECK(receipt->received_through() == 11);
  CHECK(base::to_hex(receipt->received_hash()) == known.all["chain"]["heads"][11]);
  CHECK(receipt->centre_epoch() == 1731373200);
  CHECK(sign_receipt(*receipt, known.centre) == bytes_of(known.all["receipt"]));
}

TEST_CASE("the certificate of the vectors verifies and is written again byte for byte") {
  Known const known;
  auto const certificate = verify_certificate(bytes_of(known.all["certificate"]), known.centre.public_key());
  REQUIRE(certificate.ok());
  CHECK(certificate->ed25519() == known.device.public_key().view());
  CHECK(sign_certificate(*certificate, known.centre) == bytes_of(known.all["certificate"]));
}

TEST_CASE("the head query of the vectors verifies and names the places that ours would") {
  Known const known;
  auto const query = verify_head_query(bytes_of(known.all["head_query"]), known.lookup());
  REQUIRE(query.ok());
  CHECK(query->head_seq() == 11);
  auto const places = head_query_places(11);
  REQUIRE(static_cast<std::size_t>(query->points_size()) == places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto const& point = query->points(static_cast<int>(i));
    CHECK(point.seq() == places[i]);
    CHECK(base::to_hex(point.hash()) == known.all["chain"]["heads"][places[i]]);
  }
  CHECK(sign_head_query(*query, known.device) == bytes_of(known.all["head_query"]));
}

TEST_CASE("the bundle of the vectors has its frames in order and is written again byte for byte") {
  Known const known;
  auto const content = read_bundle(bytes_of(known.all["bundle"]));
  REQUIRE(content.ok());
  CHECK(content->failures == 0);
  CHECK_FALSE(content->cut);
  REQUIRE(content->frames.size() == 4);
  CHECK(content->frames[0].kind == static_cast<std::uint8_t>(FrameKind::kSignedCertificate));
  CHECK(content->frames[0].payload == bytes_of(known.all["certificate"]));
  CHECK(content->frames[1].kind == static_cast<std::uint8_t>(FrameKind::kSignedHeadQuery));
  CHECK(content->frames[1].payload == bytes_of(known.all["head_query"]));
  CHECK(content->frames[2].payload == bytes_of(known.all["batches"][0]["sealed_batch"]));
  CHECK(content->frames[3].payload == bytes_of(known.all["batches"][1]["sealed_batch"]));
  CHECK(write_bundle(content->frames).value() == bytes_of(known.all["bundle"]));
}

TEST_CASE("the enrolment of the vectors: code id and both proofs and the signature and the digits") {
  Known const known;
  auto const& vector = known.all["enrolment"];
  auto const code = fixed<EnrolmentCode>(bytes_of(vector["code"]));
  auto const ed25519 = fixed<crypto::SigningPublic>(bytes_of(vector["ed25519"]));
  auto const x25519 = fixed<crypto::BoxPublic>(bytes_of(vector["x25519"]));
  auto const body = bytes_of(vector["body"]);
  CHECK(code_id(code).hex() == vector["code_id"]);

  v1::EnrolRequest request;
  request.set_code_id(bytes_of(vector["code_id"]));
  request.set_nonce(bytes_of(vector["nonce"]));
  request.set_ed25519(ed25519.bytes());
  request.set_x25519(x25519.bytes());
  request.set_proof(bytes_of(vector["request_proof"]));
  CHECK(read_enrolment(request.SerializeAsString(), code).ok());

  v1::EnrolBody parsed;
  REQUIRE(parsed.ParseFromString(body));
  REQUIRE(parsed.SerializeAsString() == body);
  v1::EnrolReply reply;
  REQUIRE(reply.ParseFromString(answer_enrolment(parsed, code, known.centre)));
  CHECK(base::to_hex(reply.proof()) == vector["reply_proof"]);
  CHECK(base::to_hex(reply.signature()) == vector["reply_signature"]);
  CHECK(comparison_digits(code, bytes_of(vector["nonce"]), ed25519, x25519, body) ==
        std::stoul(vector["digits"].get<std::string>()));
}

TEST_CASE("a receipt of the vectors travels as digits") {
  Known const known;
  auto const& vector = known.all["qr"][0];
  auto const bytes = text::read_digit_code('8', vector["digits"].get<std::string>());
  REQUIRE(bytes.has_value());
  CHECK(verify_receipt(*bytes, known.centre.public_key()).ok());
}
