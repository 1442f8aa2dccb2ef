#include <optional>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "shared/crypto/keys.h"
#include "shared/text/badge.h"
#include "shared/text/digit_code.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/bundle.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/enrolment.h"
#include "sync/protocol/receipt.h"
#include "tools/command_line/vectors/differences.h"

namespace dga::command_line {
namespace {

base::Bytes octets(Vectors const& hex) { return base::from_hex(hex.get<std::string>()).value(); }
template <typename FixedBytes>
FixedBytes fixed(Vectors const& hex) {
  return FixedBytes::from(octets(hex)).value();
}

struct Keys {
  explicit Keys(Vectors const& keys)
      : device(crypto::SigningKey::from_seed(crypto::Key32::from(octets(keys.at("device_seed"))).value())),
        centre(crypto::SigningKey::from_seed(crypto::Key32::from(octets(keys.at("centre_seed"))).value())),
        box(crypto::BoxKey::from_seed(crypto::Key32::from(octets(keys.at("box_seed"))).value())) {}
  crypto::SigningKey device, centre;
  crypto::BoxKey box;
};

void check_identities(Vectors const& vectors, Keys const& keys, Differences& differences) {
  differences.compare("device key", vectors.at("keys").at("device_ed25519"), keys.device.public_key().hex());
  differences.compare("centre key", vectors.at("keys").at("centre_ed25519"), keys.centre.public_key().hex());
  differences.compare("box key", vectors.at("keys").at("box_x25519"), keys.box.public_key().hex());
  auto const device = crypto::device_id(keys.device.public_key());
  differences.compare("device id", vectors.at("device").at("device_id"), device.hex());
  differences.compare("log id", vectors.at("device").at("log_id"),
                      crypto::log_id(device, fixed<base::LogSalt>(vectors.at("device").at("log_salt"))).hex());
}

void check_chain(Vectors const& chain, Differences& differences) {
  auto hash = crypto::chain_start(fixed<base::LogId>(chain.at("log_id")));
  differences.compare("h(0)", chain.at("heads").at(0), hash.hex());
  std::uint64_t seq = 0;
  for (auto const& record : chain.at("records")) {
    ++seq;
    hash = crypto::chain_next(hash, seq, crypto::hash({octets(record)}));
    differences.compare(fmt::format("h({})", seq), chain.at("heads").at(seq), hash.hex());
  }
}

void check_batches(Vectors const& vectors, Keys const& keys, Differences& differences) {
  std::size_t record = 0;
  auto const key_of = [&keys](base::DeviceId const&) { return std::optional(keys.device.public_key()); };
  for (auto const& batch : vectors.at("batches")) {
    auto const verified = protocol::verify_batch(octets(batch.at("sealed_batch")), key_of);
    differences.expect("a batch's ids and signature", verified.ok());
    if (!verified.ok()) continue;
    auto const opened = protocol::open_batch(*verified, keys.box);
    differences.expect("a batch's box, compression and chain", opened.ok());
    if (!opened.ok()) continue;
    for (auto const& one : *opened)
      differences.compare("a record of a batch", vectors.at("chain").at("records").at(record++),
                          base::to_hex(one.bytes.value_or("")));
  }
}

void check_signed(Vectors const& vectors, Keys const& keys, Differences& differences) {
  auto const receipt = protocol::verify_receipt(octets(vectors.at("receipt")), keys.centre.public_key());
  differences.expect("the receipt's signature", receipt.ok());
  auto const certificate = protocol::verify_certificate(octets(vectors.at("certificate")), keys.centre.public_key());
  differences.expect("the certificate's signature", certificate.ok());
  auto const query = protocol::verify_head_query(octets(vectors.at("head_query")), [&keys](base::DeviceId const&) {
    return std::optional(keys.device.public_key());
  });
  differences.expect("the head query's signature", query.ok());
  auto const bundle = protocol::read_bundle(octets(vectors.at("bundle")));
  differences.expect("the bundle is whole", bundle.ok() && !bundle->cut && bundle->failures == 0);
  if (!bundle.ok()) return;
  differences.compare("frames of the bundle", vectors.at("batches").size() + 2, bundle->frames.size());
  if (!bundle->frames.empty())
    differences.compare("the first frame", vectors.at("certificate"), base::to_hex(bundle->frames.front().payload));
  auto const again = protocol::write_bundle(bundle->frames);
  differences.expect("the bundle written again is the same bytes",
                     again.ok() && *again == octets(vectors.at("bundle")));
}

void check_badge_keys(Vectors const& vectors, Differences& differences) {
  auto const badge_key = octets(vectors.at("badge").at("key"));
  for (auto const& row : vectors.at("badge").at("badges")) {
    auto const participant = row.at("participant").get<std::uint64_t>();
    auto const tag = crypto::badge_tag(badge_key, participant);
    differences.compare("badge tag", row.at("tag"), tag);
    differences.compare("badge", row.at("badge"), text::write_badge({participant, tag}));
  }
  auto const& citizen = vectors.at("citizen");
  differences.compare("citizen hash", citizen.at("hash"),
                      crypto::citizen_hash(octets(citizen.at("key")), citizen.at("number").get<std::string>()).hex());
}

void check_enrolment(Vectors const& enrolment, Keys const& keys, Differences& differences) {
  auto const code = fixed<protocol::EnrolmentCode>(enrolment.at("code"));
  auto const ed25519 = fixed<crypto::SigningPublic>(enrolment.at("ed25519"));
  auto const x25519 = fixed<crypto::BoxPublic>(enrolment.at("x25519"));
  auto const body = octets(enrolment.at("body"));
  differences.compare("code id", enrolment.at("code_id"), protocol::code_id(code).hex());
  differences.compare(
      "six digits", enrolment.at("digits"),
      fmt::format("{:06}", protocol::comparison_digits(code, octets(enrolment.at("nonce")), ed25519, x25519, body)));
  v1::EnrolRequest request;
  request.set_code_id(octets(enrolment.at("code_id")));
  request.set_nonce(octets(enrolment.at("nonce")));
  request.set_ed25519(ed25519.bytes());
  request.set_x25519(x25519.bytes());
  request.set_proof(octets(enrolment.at("request_proof")));
  differences.expect("the request's proof", protocol::read_enrolment(request.SerializeAsString(), code).ok());
  v1::EnrolBody parsed;
  differences.expect("the body is read", parsed.ParseFromString(body));
  v1::EnrolReply reply;
  differences.expect("the reply is read", reply.ParseFromString(protocol::answer_enrolment(parsed, code, keys.centre)));
  if (parsed.SerializeAsString() != body) return;
  differences.compare("the reply's proof", enrolment.at("reply_proof"), base::to_hex(reply.proof()));
  differences.compare("the reply's signature", enrolment.at("reply_signature"), base::to_hex(reply.signature()));
}

}  // namespace

void check_protocol(Vectors const& vectors, Differences& differences) {
  Keys const keys(vectors.at("keys"));
  check_identities(vectors, keys, differences);
  check_chain(vectors.at("chain"), differences);
  check_batches(vectors, keys, differences);
  check_signed(vectors, keys, differences);
  check_badge_keys(vectors, differences);
  check_enrolment(vectors.at("enrolment"), keys, differences);
  for (auto const& row : vectors.at("qr")) {
    auto const prefix = row.at("prefix").get<std::string>().at(0);
    auto const digits = row.at("digits").get<std::string>();
    differences.compare("digits written", digits, text::write_digit_code(prefix, octets(row.at("data"))));
    differences.compare("digits read", row.at("data"),
                        base::to_hex(text::read_digit_code(prefix, digits).value_or("none")));
  }
}

}  // namespace dga::command_line
