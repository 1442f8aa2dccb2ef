#include "sync/protocol/enrolment.h"

#include <algorithm>

#include "shared/crypto/chain.h"
#include "shared/text/digit_code.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/wire.h"

namespace dga::protocol {
namespace {

constexpr char kTicketPrefix = '7';
constexpr std::size_t kMostAddressBytes = 255;
constexpr std::size_t kMostRequestBytes = 4 * 1024;
// A certificate and a trust list with tens of thousands of revoked devices.
constexpr std::size_t kMostReplyBytes = 2 * 1024 * 1024;

base::Bytes request_proof(EnrolmentCode const& code, base::ByteView nonce, base::ByteView ed25519,
                          base::ByteView x25519) {
  return crypto::keyed_hash(code.view(), {label::kEnrol, nonce, ed25519, x25519}).bytes();
}
base::Bytes reply_proof(EnrolmentCode const& code, base::ByteView body) {
  return crypto::keyed_hash(code.view(), {label::kEnrolled, crypto::hash({body}).view()}).bytes();
}

bool looks_like_an_address(std::string_view address) {
  bool const scheme = address.starts_with("http://") || address.starts_with("https://");
  bool const printable = std::none_of(address.begin(), address.end(),
                                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
  return scheme && printable && address.size() <= kMostAddressBytes;
}

base::Error malformed(char const* found) {
  return base::usage("enrolment.malformed", std::string("read an enrolment and found ") + found,
                     "begin the enrolment again with a new code");
}

}  // namespace

std::string write_ticket(EnrolmentTicket const& ticket) {
  return text::write_digit_code(kTicketPrefix,
                                ticket.code.bytes() + ticket.centre_fingerprint.bytes() + ticket.address);
}

base::Result<EnrolmentTicket> read_ticket(std::string_view digits) {
  auto const bad = [](char const* found) {
    return base::usage("enrolment.bad_ticket", std::string("read an enrolment ticket and found ") + found,
                       "copy or scan the whole ticket again");
  };
  // People copy it in groups; only the digits count.
  std::string joined;
  std::copy_if(digits.begin(), digits.end(), std::back_inserter(joined),
               [](char c) { return c != ' ' && c != '-' && c != '\t' && c != '\r' && c != '\n'; });
  auto const bytes = text::read_digit_code(kTicketPrefix, joined);
  if (!bytes) return bad("a wrong or missing digit");
  base::ByteView const view = *bytes;
  constexpr auto kFixedBytes = EnrolmentCode::kSize + 16;
  if (view.size() <= kFixedBytes) return bad("no address in it");
  EnrolmentTicket ticket;
  ticket.code = *EnrolmentCode::from(view.substr(0, EnrolmentCode::kSize));
  ticket.centre_fingerprint = *decltype(ticket.centre_fingerprint)::from(view.substr(EnrolmentCode::kSize, 16));
  ticket.address = view.substr(kFixedBytes);
  if (!looks_like_an_address(ticket.address)) return bad("an address that is none");
  return ticket;
}

CodeId code_id(EnrolmentCode const& code) {
  return *CodeId::from(crypto::hash({label::kCode, code.view()}).view().substr(0, CodeId::kSize));
}

base::Bytes fingerprint(crypto::SigningPublic const& centre) {
  return crypto::hash({centre.view()}).bytes().substr(0, 16);
}

EnrolQuestion ask_enrolment(EnrolmentCode const& code, crypto::SigningPublic const& ed25519,
                            crypto::BoxPublic const& x25519, std::string_view name, std::string_view product_version,
                            base::Random& random) {
  auto const nonce = random.draw<base::RequestNonce>();
  v1::EnrolRequest request;
  request.set_code_id(code_id(code).bytes());
  request.set_nonce(nonce.bytes());
  request.set_ed25519(ed25519.bytes());
  request.set_x25519(x25519.bytes());
  request.set_name(std::string(name));
  request.set_product_version(std::string(product_version));
  request.set_proof(request_proof(code, nonce.view(), ed25519.view(), x25519.view()));
  return {request.SerializeAsString(), nonce};
}

base::Result<CodeId> enrolment_code_id(base::ByteView request) {
  auto const parsed = parse<v1::EnrolRequest>(request, kMostRequestBytes);
  if (!parsed) return malformed("no request");
  auto const id = CodeId::from(parsed->code_id());
  if (!id) return malformed("a code id of the wrong length");
  return *id;
}

base::Result<v1::EnrolRequest> read_enrolment(base::ByteView request, EnrolmentCode const& code) {
  auto parsed = parse<v1::EnrolRequest>(request, kMostRequestBytes);
  if (!parsed) return malformed("no request");
  if (parsed->nonce().size() != base::RequestNonce::kSize || parsed->ed25519().size() != crypto::SigningPublic::kSize ||
      parsed->x25519().size() != crypto::BoxPublic::kSize)
    return malformed("a key or a nonce of the wrong length");
  if (parsed->code_id() != code_id(code).view() ||
      !crypto::same(parsed->proof(), request_proof(code, parsed->nonce(), parsed->ed25519(), parsed->x25519())))
    return base::refused("enrolment.bad_proof", "checked an enrolment whose sender does not know the code",
                         "begin again with a new code");
  return *std::move(parsed);
}

base::Bytes answer_enrolment(v1::EnrolBody const& body, EnrolmentCode const& code, crypto::SigningKey const& centre) {
  v1::EnrolReply reply;
  reply.set_body(body.SerializeAsString());
  reply.set_proof(reply_proof(code, reply.body()));
  reply.set_signature(centre.sign(label::kEnrolReply, digests(reply.body())));
  return reply.SerializeAsString();
}

base::Result<Enrolled> accept_enrolment(base::ByteView reply, EnrolmentTicket const& ticket,
                                        base::RequestNonce const& nonce, crypto::SigningPublic const& ed25519,
                                        crypto::BoxPublic const& x25519) {
  auto parsed = parse<v1::EnrolReply>(reply, kMostReplyBytes);
  if (!parsed) return malformed("no reply");
  auto body = parse<v1::EnrolBody>(parsed->body(), kMostReplyBytes);
  if (!body) return malformed("a reply without a body");
  auto const centre = crypto::SigningPublic::from(body->centre_ed25519());
  auto const root = crypto::SigningPublic::from(body->root_ed25519());
  if (!centre || !root || body->centre_x25519().size() != crypto::BoxPublic::kSize)
    return malformed("a key of the wrong length");

  if (fingerprint(*centre) != ticket.centre_fingerprint.view())
    return base::refused("enrolment.wrong_centre",
                         "compared the key that answered with the ticket's fingerprint, and it is another",
                         "check the address on the ticket; do not enrol through an unknown network");
  if (!crypto::verify(*centre, label::kEnrolReply, digests(parsed->body()), parsed->signature()))
    return base::refused("enrolment.bad_signature",
                         "checked the centre's signature under the answer, and it does not hold",
                         "begin again with a new code");
  if (!crypto::same(parsed->proof(), reply_proof(ticket.code, parsed->body())))
    return base::refused("enrolment.bad_proof", "checked an answer whose sender does not know the code",
                         "begin again with a new code");
  if (body->nonce() != nonce.view())
    return base::refused("enrolment.other_answer", "read an answer to another request", "begin again with a new code");

  auto certificate = verify_certificate(body->certificate(), *centre);
  if (!certificate.ok() || certificate->ed25519() != ed25519.view() || certificate->x25519() != x25519.view())
    return base::refused("enrolment.other_keys", "read a certificate that does not name this kiosk's keys",
                         "begin again with a new code");
  if (!verify_trust_list(body->trust_list(), *root).ok())
    return base::refused("enrolment.bad_trust_list",
                         "checked the trust list, and it is not signed by the root that came with it",
                         "ask the coordinator to repair the centre's keys");
  auto const digits = comparison_digits(ticket.code, nonce.view(), ed25519, x25519, parsed->body());
  return Enrolled{*std::move(body), parsed->body(), std::move(certificate).value(), digits};
}

std::uint32_t comparison_digits(EnrolmentCode const& code, base::ByteView nonce, crypto::SigningPublic const& ed25519,
                                crypto::BoxPublic const& x25519, base::ByteView body) {
  auto const digest = crypto::hash(
      {label::kComparison, code.view(), nonce, ed25519.view(), x25519.view(), crypto::hash({body}).view()});
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number |= std::uint64_t{digest.octets[i]} << (8 * i);
  return static_cast<std::uint32_t>(number % 1'000'000);
}

}  // namespace dga::protocol
