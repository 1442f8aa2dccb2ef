#pragma once

#include "shared/base/result.h"
#include "shared/crypto/sign.h"
#include "sync/protocol/device.pb.h"

namespace dga::protocol {

// A kiosk's certificate: the serialised SignedCertificate.
[[nodiscard]] base::Bytes sign_certificate(v1::DeviceCertificate const& certificate, crypto::SigningKey const& centre);
// Refused "certificate.malformed", "certificate.bad_signature", "certificate.wrong_ids".
[[nodiscard]] base::Result<v1::DeviceCertificate> verify_certificate(base::ByteView signed_certificate,
                                                                     crypto::SigningPublic const& centre);

// The root's word on which keys and devices to trust: the serialised SignedTrustList.
[[nodiscard]] base::Bytes sign_trust_list(v1::TrustList const& list, crypto::SigningKey const& root);
// Refused "trust.malformed", "trust.bad_signature". Its date is for people: a kiosk's clock may lie.
[[nodiscard]] base::Result<v1::TrustList> verify_trust_list(base::ByteView signed_list,
                                                            crypto::SigningPublic const& root);

}  // namespace dga::protocol
