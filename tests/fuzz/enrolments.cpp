// Enrolment, both ways: replies and requests as they come, and replies that a centre signed over anything.
#include "sync/protocol/enrolment.h"

#include "sync/protocol/certificate.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

v1::DeviceCertificate certificate_of(Parties const& its) {
  v1::DeviceCertificate certificate;
  certificate.set_device_id(its.device_id.bytes());
  certificate.set_ed25519(its.device.public_key().bytes());
  certificate.set_x25519(its.device_box.public_key().bytes());
  certificate.set_name("a kiosk");
  return certificate;
}

}  // namespace

void enrolments(base::ByteView bytes) {
  Input input(bytes);
  auto const& its = parties();
  protocol::EnrolmentTicket ticket;
  ticket.code = *protocol::EnrolmentCode::from("the code of one.");
  ticket.centre_fingerprint =
      *decltype(ticket.centre_fingerprint)::from(protocol::fingerprint(its.centre.public_key()));
  ticket.address = "http://127.0.0.1:8470";
  auto const nonce = *base::RequestNonce::from("the nonce of one");
  auto const accept = [&](base::ByteView reply) {
    return protocol::accept_enrolment(reply, ticket, nonce, its.device.public_key(), its.device_box.public_key());
  };

  auto const how = input.byte() % 3;
  if (how == 0) {
    auto const raw = input.rest();
    require(!accept(raw).ok(), "nobody but the centre is believed");
    (void)protocol::enrolment_code_id(raw);
    (void)protocol::read_enrolment(raw, ticket.code);
    (void)protocol::verify_certificate(raw, its.centre.public_key());
    (void)protocol::verify_trust_list(raw, its.root.public_key());
    return;
  }
  v1::EnrolBody body;
  auto const choices = input.byte();
  auto const content = input.rest();
  if (!body.ParseFromArray(content.data(), static_cast<int>(content.size()))) return;
  if (how == 2) {  // each part may be as it should be
    if ((choices & 1) != 0) body.set_centre_ed25519(its.centre.public_key().bytes());
    if ((choices & 2) != 0) body.set_root_ed25519(its.root.public_key().bytes());
    if ((choices & 4) != 0) body.set_centre_x25519(its.centre_box.public_key().bytes());
    if ((choices & 8) != 0) body.set_nonce(nonce.bytes());
    if ((choices & 16) != 0) body.set_certificate(protocol::sign_certificate(certificate_of(its), its.centre));
    v1::TrustList list;
    if ((choices & 32) != 0 && list.ParseFromString(body.trust_list()))
      body.set_trust_list(protocol::sign_trust_list(list, its.root));
  }
  auto const accepted = accept(protocol::answer_enrolment(body, ticket.code, its.centre));
  if (!accepted.ok()) return;
  require(accepted->body.nonce() == nonce.view(), "only the answer to this very request is accepted");
  require(accepted->certificate.ed25519() == its.device.public_key().view(), "a certificate names its own kiosk");
  require(accepted->six_digits < 1'000'000, "six digits are six");
}

}  // namespace dga::fuzz
