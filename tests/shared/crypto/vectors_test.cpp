#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "shared/crypto/keys.h"

using namespace dga;
using nlohmann::json;

namespace {

json const& vectors() {
  static json const read = [] {
    std::ifstream file(DGA_SOURCE_DIR "/tests/vectors/protocol.json");
    return json::parse(file);
  }();
  return read;
}
base::Bytes hex(json const& text) { return base::from_hex(text.get<std::string>()).value(); }
crypto::Key32 key(json const& text) { return crypto::Key32::from(hex(text)).value(); }

}  // namespace

TEST_CASE("key pairs from seeds are those of the protocol's vectors") {
  auto const& keys = vectors().at("keys");
  CHECK(crypto::SigningKey::from_seed(key(keys.at("device_seed"))).public_key().hex() == keys.at("device_ed25519"));
  CHECK(crypto::SigningKey::from_seed(key(keys.at("centre_seed"))).public_key().hex() == keys.at("centre_ed25519"));
  CHECK(crypto::BoxKey::from_seed(key(keys.at("box_seed"))).public_key().hex() == keys.at("box_x25519"));
}

TEST_CASE("device and log ids follow from the key and the salt") {
  auto const& device = vectors().at("device");
  auto const public_key = crypto::SigningKey::from_seed(key(vectors().at("keys").at("device_seed"))).public_key();
  auto const id = crypto::device_id(public_key);
  CHECK(id.hex() == device.at("device_id"));
  auto salt = base::LogSalt::from(hex(device.at("log_salt"))).value();
  CHECK(crypto::log_id(id, salt).hex() == device.at("log_id"));
  salt.octets[0] ^= 1;
  CHECK(crypto::log_id(id, salt).hex() != device.at("log_id"));
}

TEST_CASE("the chain of a log has the vectors' heads from h(0) on") {
  auto const& chain = vectors().at("chain");
  auto head = crypto::chain_start(base::LogId::from(hex(chain.at("log_id"))).value());
  CHECK(head.hex() == chain.at("heads").at(0));
  REQUIRE(chain.at("heads").size() == chain.at("records").size() + 1);
  for (std::size_t seq = 1; seq <= chain.at("records").size(); ++seq) {
    head = crypto::chain_next(head, seq, crypto::hash({hex(chain.at("records").at(seq - 1))}));
    CHECK(head.hex() == chain.at("heads").at(seq));
  }
}

TEST_CASE("the centre's signature on the vectors' certificate verifies and only as it is") {
  // SignedCertificate: field 1, 0x67 bytes; field 2, 0x40 bytes.
  auto const signed_certificate = hex(vectors().at("certificate"));
  auto const certificate = signed_certificate.substr(2, 0x67),
             signature = signed_certificate.substr(signed_certificate.size() - 64);
  auto const centre = crypto::SigningPublic::from(hex(vectors().at("keys").at("centre_ed25519"))).value();
  auto const digest = crypto::hash({certificate});
  CHECK(crypto::verify(centre, crypto::label("dga-devicecert-v1"), digest.view(), signature));
  CHECK_FALSE(crypto::verify(centre, crypto::label("dga-receipt-v1"), digest.view(), signature));
  CHECK_FALSE(crypto::verify(centre, "dga-devicecert-v1", digest.view(), signature));
  auto changed = signature;
  changed[10] = static_cast<char>(changed[10] ^ 4);
  CHECK_FALSE(crypto::verify(centre, crypto::label("dga-devicecert-v1"), digest.view(), changed));
  CHECK_FALSE(crypto::verify(centre, crypto::label("dga-devicecert-v1"), digest.view(), signature.substr(1)));
  // Ed25519 is deterministic: signing anew gives the very same bytes.
  auto const signer = crypto::SigningKey::from_seed(key(vectors().at("keys").at("centre_seed")));
  CHECK(signer.sign(crypto::label("dga-devicecert-v1"), digest.view()) == signature);
}

TEST_CASE("badge tags and citizen numbers are those of the vectors") {
  auto const& badge = vectors().at("badge");
  for (auto const& line : badge.at("badges"))
    CHECK(crypto::badge_tag(hex(badge.at("key")), line.at("participant").get<std::uint64_t>()) == line.at("tag"));
  auto const& citizen = vectors().at("citizen");
  CHECK(crypto::citizen_hash(hex(citizen.at("key")), citizen.at("number").get<std::string>()).hex() ==
        citizen.at("hash"));
}

TEST_CASE("an enrolment proof is a keyed hash under the code") {
  auto const& enrolment = vectors().at("enrolment");
  CHECK(crypto::keyed_hash(hex(enrolment.at("code")), {crypto::label("dga-enrol-v1"), hex(enrolment.at("nonce")),
                                                       hex(enrolment.at("ed25519")), hex(enrolment.at("x25519"))})
            .hex() == enrolment.at("request_proof"));
}
