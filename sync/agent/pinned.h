#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"
#include "shared/store/kiosk_store.h"

namespace dga::agent {

// The centre as this kiosk came to know it at its enrolment: whom it believes, and for whom it seals.
struct Pinned {
  std::string address;  // "https://centre.example.org"
  std::string name;     // the kiosk's own, "1"
  crypto::SigningPublic root;
  crypto::SigningPublic centre;  // signs receipts and packs
  crypto::BoxPublic box;         // opens batches
  std::uint32_t box_key_id = 0;
  base::Bytes certificate;  // this kiosk's, a SignedCertificate
  std::uint64_t trust_version = 0;

  // Takes the centre's newest box key from a SignedTrustList, when the root signed it and it is newer than what is
  // known. What cannot be verified changes nothing: a kiosk goes on with the keys it has.
  void heed(base::ByteView signed_trust_list);
};

// From what the enrolment left. Damaged "kiosk.enrolment" for bytes that are no EnrolBody.
[[nodiscard]] base::Result<Pinned> pinned_from(std::string_view address, std::string_view name,
                                               base::ByteView enrol_body);
// From the store's settings and its last pack's trust list. Refused "kiosk.not_enrolled".
[[nodiscard]] base::Result<Pinned> read_pinned(store::KioskStore& store);

}  // namespace dga::agent
