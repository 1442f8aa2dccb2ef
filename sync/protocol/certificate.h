#pragma once

#include <string>
#include <string_view>

#include "shared/base/result.h"
#include "shared/crypto/sign.h"
#include "sync/protocol/device.pb.h"

namespace dga::protocol {

// A kiosk's certificate: the serialised SignedCertificate.
[[nodiscard]] base::Bytes sign_certificate(v1::DeviceCertificate const& certificate, crypto::SigningKey const& centre);
// Refused "certificate.malformed", "certificate.bad_signature", "certificate.wrong_ids".
[[nodiscard]] base::Result<v1::DeviceCertificate> verify_certificate(base::ByteView signed_certificate,
                                                                     crypto::SigningPublic const& centre);

// What people compare of a kiosk's two keys: its id speaks for the signing key alone, and packs are sealed to the other
// one. 20 hex digits in groups of four, "3f2a-90c1-7be4-d05a-11f8": 80 bits, against somebody who draws keys of his own
// until one fits.
[[nodiscard]] std::string keys_mark(base::ByteView ed25519, base::ByteView x25519);
// Whether somebody typed that mark; groups and capitals are as they please.
[[nodiscard]] bool is_keys_mark(std::string_view typed, std::string_view mark);

// The root's word on which keys and devices to trust: the serialised SignedTrustList.
[[nodiscard]] base::Bytes sign_trust_list(v1::TrustList const& list, crypto::SigningKey const& root);
// Refused "trust.malformed", "trust.bad_signature". Its date is for people: a kiosk's clock may lie.
[[nodiscard]] base::Result<v1::TrustList> verify_trust_list(base::ByteView signed_list,
                                                            crypto::SigningPublic const& root);

}  // namespace dga::protocol
