#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"
#include "sync/protocol/device.pb.h"
#include "sync/protocol/enrolment.pb.h"

namespace dga::protocol {

using EnrolmentCode = base::Fixed<16, struct EnrolmentCodeMeaning>;
using CodeId = base::Fixed<8, struct CodeIdMeaning>;

// What the coordinator hands over, as text or QR: the code, the centre's fingerprint and its address.
struct EnrolmentTicket {
  EnrolmentCode code;
  base::Fixed<16, struct FingerprintMeaning> centre_fingerprint;  // H(centre signing key)[0..16)
  std::string address;                                            // "http://127.0.0.1:8470"
};
// Digits with prefix 7 (text and QR alike).
[[nodiscard]] std::string write_ticket(EnrolmentTicket const& ticket);
// Usage "enrolment.bad_ticket".
[[nodiscard]] base::Result<EnrolmentTicket> read_ticket(std::string_view digits);

[[nodiscard]] CodeId code_id(EnrolmentCode const& code);
[[nodiscard]] base::Bytes fingerprint(crypto::SigningPublic const& centre);

// Kiosk: the serialised EnrolRequest; its nonce is kept for the answer.
struct EnrolQuestion {
  base::Bytes bytes;
  base::RequestNonce nonce;
};
[[nodiscard]] EnrolQuestion ask_enrolment(EnrolmentCode const& code, crypto::SigningPublic const& ed25519,
                                          crypto::BoxPublic const& x25519, std::string_view name,
                                          std::string_view product_version, base::Random& random);
// Centre: form and proof. Usage "enrolment.malformed"; refused "enrolment.bad_proof".
[[nodiscard]] base::Result<v1::EnrolRequest> read_enrolment(base::ByteView request, EnrolmentCode const& code);
// Only the code id, to look the code up. Usage "enrolment.malformed".
[[nodiscard]] base::Result<CodeId> enrolment_code_id(base::ByteView request);

// Centre: the serialised EnrolReply for a body.
[[nodiscard]] base::Bytes answer_enrolment(v1::EnrolBody const& body, EnrolmentCode const& code,
                                           crypto::SigningKey const& centre);

// Kiosk: checks fingerprint, signature, proof, nonce, that the certificate names its own keys and the trust list
// verifies.
struct Enrolled {
  v1::EnrolBody body;
  base::Bytes body_bytes;  // kept as setting "centre.enrolment"
  v1::DeviceCertificate certificate;
  std::uint32_t six_digits = 0;
};
// Refused "enrolment.wrong_centre", "enrolment.bad_signature", "enrolment.bad_proof", "enrolment.other_answer",
// "enrolment.other_keys", "enrolment.bad_trust_list"; "enrolment.malformed".
[[nodiscard]] base::Result<Enrolled> accept_enrolment(base::ByteView reply, EnrolmentTicket const& ticket,
                                                      base::RequestNonce const& nonce,
                                                      crypto::SigningPublic const& ed25519,
                                                      crypto::BoxPublic const& x25519);

// What kiosk and coordinator compare: 0 .. 999999, shown as six digits.
[[nodiscard]] std::uint32_t comparison_digits(EnrolmentCode const& code, base::ByteView nonce,
                                              crypto::SigningPublic const& ed25519, crypto::BoxPublic const& x25519,
                                              base::ByteView body);

}  // namespace dga::protocol
