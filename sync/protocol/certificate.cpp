#include "sync/protocol/certificate.h"

#include "shared/crypto/chain.h"
#include "shared/crypto/seal.h"
#include "sync/protocol/wire.h"

namespace dga::protocol {
namespace {

constexpr std::size_t kMarkBytes = 10;
constexpr std::size_t kMostCertificateBytes = 4 * 1024;
// 16 bytes for each device ever revoked, and a few keys: room for some 60,000.
constexpr std::size_t kMostTrustListBytes = 1024 * 1024;

}  // namespace

base::Bytes sign_certificate(v1::DeviceCertificate const& certificate, crypto::SigningKey const& centre) {
  v1::SignedCertificate signed_certificate;
  signed_certificate.set_certificate(certificate.SerializeAsString());
  signed_certificate.set_signature(centre.sign(label::kDeviceCertificate, digests(signed_certificate.certificate())));
  return signed_certificate.SerializeAsString();
}

base::Result<v1::DeviceCertificate> verify_certificate(base::ByteView signed_certificate,
                                                       crypto::SigningPublic const& centre) {
  auto const malformed = [] {
    return base::refused("certificate.malformed", "read something that is no device certificate",
                         "enrol the kiosk again");
  };
  auto const wrapped = parse<v1::SignedCertificate>(signed_certificate, kMostCertificateBytes);
  if (!wrapped || wrapped->certificate().empty()) return malformed();
  if (!crypto::verify(centre, label::kDeviceCertificate, digests(wrapped->certificate()), wrapped->signature()))
    return base::refused("certificate.bad_signature", "checked a device certificate that this centre did not sign",
                         "enrol the kiosk at this centre");
  auto certificate = parse<v1::DeviceCertificate>(wrapped->certificate(), kMostCertificateBytes);
  if (!certificate) return malformed();
  auto const key = crypto::SigningPublic::from(certificate->ed25519());
  if (!key || certificate->x25519().size() != crypto::BoxPublic::kSize) return malformed();
  if (certificate->device_id() != crypto::device_id(*key).view())
    return base::refused("certificate.wrong_ids", "read a device certificate whose id does not belong to its key",
                         "enrol the kiosk again");
  return *std::move(certificate);
}

std::string keys_mark(base::ByteView ed25519, base::ByteView x25519) {
  auto const digits = base::to_hex(crypto::hash({label::kDeviceKeys, ed25519, x25519}).view().substr(0, kMarkBytes));
  std::string grouped;
  for (std::size_t at = 0; at < digits.size(); at += 4) grouped += (at == 0 ? "" : "-") + digits.substr(at, 4);
  return grouped;
}

bool is_keys_mark(std::string_view typed, std::string_view mark) {
  auto const plain = [](std::string_view text) {
    std::string digits;
    for (char c : text)
      if (c != '-' && c != ' ') digits += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return digits;
  };
  return plain(typed) == plain(mark);
}

base::Bytes sign_trust_list(v1::TrustList const& list, crypto::SigningKey const& root) {
  v1::SignedTrustList signed_list;
  signed_list.set_trust_list(list.SerializeAsString());
  signed_list.set_signature(root.sign(label::kTrust, digests(signed_list.trust_list())));
  return signed_list.SerializeAsString();
}

base::Result<v1::TrustList> verify_trust_list(base::ByteView signed_list, crypto::SigningPublic const& root) {
  auto const malformed = [] {
    return base::refused("trust.malformed", "read something that is no trust list", "fetch the latest trust list");
  };
  auto const wrapped = parse<v1::SignedTrustList>(signed_list, kMostTrustListBytes);
  if (!wrapped || wrapped->trust_list().empty()) return malformed();
  if (!crypto::verify(root, label::kTrust, digests(wrapped->trust_list()), wrapped->signature()))
    return base::refused("trust.bad_signature", "checked a trust list that the root did not sign",
                         "fetch the latest trust list");
  auto list = parse<v1::TrustList>(wrapped->trust_list(), kMostTrustListBytes);
  if (!list) return malformed();
  for (auto const& key : list->keys())
    if (key.public_key().size() != crypto::SigningPublic::kSize) return malformed();
  for (auto const& device : list->revoked_devices())
    if (device.size() != base::DeviceId::kSize) return malformed();
  return *std::move(list);
}

}  // namespace dga::protocol
