#include "sync/protocol/receipt.h"

#include "shared/crypto/chain.h"
#include "sync/protocol/wire.h"

namespace dga::protocol {
namespace {

// A receipt is some 150 bytes, with 100 quarantined records and a session's ballot boxes a few kB.
constexpr std::size_t kMostReceiptBytes = 1024 * 1024;
// 66 places are all that a 64-bit head can name; one more is what the kiosk was told.
constexpr int kMostPoints = 67;
constexpr std::size_t kMostHeadQueryBytes = 16 * 1024;

base::Error malformed_receipt() {
  return base::refused("receipt.malformed", "read an answer that is no receipt",
                       "check that the address is the centre's");
}
base::Error malformed_query(char const* found) {
  return base::usage("head.malformed", std::string("read a head query and found ") + found, "ask again");
}

bool well_formed(v1::Receipt const& receipt) {
  // Where nothing is said to be received (a refusal), there is no hash to name either.
  bool const hash_fits = receipt.received_hash().size() == base::Digest::kSize ||
                         (receipt.received_hash().empty() && receipt.received_through() == 0);
  return hash_fits && receipt.device_id().size() == base::DeviceId::kSize &&
         receipt.log_id().size() == base::LogId::kSize;
}

}  // namespace

base::Bytes sign_receipt(v1::Receipt const& receipt, crypto::SigningKey const& centre) {
  v1::SignedReceipt signed_receipt;
  signed_receipt.set_receipt(receipt.SerializeAsString());
  signed_receipt.set_signature(centre.sign(label::kReceipt, digests(signed_receipt.receipt())));
  return signed_receipt.SerializeAsString();
}

base::Result<v1::Receipt> verify_receipt(base::ByteView signed_receipt, crypto::SigningPublic const& centre) {
  auto const wrapped = parse<v1::SignedReceipt>(signed_receipt, kMostReceiptBytes);
  if (!wrapped || wrapped->receipt().empty() || wrapped->signature().size() != 64) return malformed_receipt();
  if (!crypto::verify(centre, label::kReceipt, digests(wrapped->receipt()), wrapped->signature()))
    return base::refused("receipt.bad_signature",
                         "checked a receipt against the centre's key and found that it is not its signature",
                         "check that the address is the centre's; if it was set up anew, enrol this kiosk again");
  auto receipt = parse<v1::Receipt>(wrapped->receipt(), kMostReceiptBytes);
  if (!receipt) return malformed_receipt();
  if (receipt->version() != kReceiptVersion)
    return base::refused("receipt.version",
                         "read a receipt of version " + std::to_string(receipt->version()) + ", where 1 is known",
                         "bring the kiosk's software up to date");
  if (!well_formed(*receipt)) return malformed_receipt();
  return *std::move(receipt);
}

base::Bytes sign_head_query(v1::HeadQuery const& query, crypto::SigningKey const& device) {
  v1::SignedHeadQuery signed_query;
  signed_query.set_query(query.SerializeAsString());
  signed_query.set_signature(device.sign(label::kHead, digests(signed_query.query())));
  return signed_query.SerializeAsString();
}

base::Result<v1::HeadQuery> verify_head_query(
    base::ByteView signed_query,
    std::function<std::optional<crypto::SigningPublic>(base::DeviceId const&)> const& device_key) {
  auto const wrapped = parse<v1::SignedHeadQuery>(signed_query, kMostHeadQueryBytes);
  if (!wrapped) return malformed_query("no signed query");
  auto query = parse<v1::HeadQuery>(wrapped->query(), kMostHeadQueryBytes);
  if (!query) return malformed_query("no query");
  auto const device = base::DeviceId::from(query->device_id());
  auto const log = base::LogId::from(query->log_id());
  auto const salt = base::LogSalt::from(query->log_salt());
  if (!device || !log || !salt) return malformed_query("an identity of the wrong length");

  auto const key = device_key(*device);
  if (!key)
    return base::refused("head.unknown_device", "looked up device " + device->hex() + ", which is not known here",
                         "present its certificate, or enrol it");
  if (crypto::device_id(*key) != *device || crypto::log_id(*device, *salt) != *log)
    return base::refused("head.wrong_ids",
                         "read a head query of device " + device->hex() + " for a log that is not its own",
                         "ask again");
  if (!crypto::verify(*key, label::kHead, digests(wrapped->query()), wrapped->signature()))
    return base::refused("head.bad_signature", "checked the signature of a head query of device " + device->hex(),
                         "ask again");

  if (query->head_hash().size() != base::Digest::kSize || query->nonce().size() != base::RequestNonce::kSize)
    return malformed_query("a hash or a nonce of the wrong length");
  if (query->points_size() > kMostPoints) return malformed_query("too many points");
  for (auto const& point : query->points())
    if (point.seq() > query->head_seq() || point.hash().size() != base::Digest::kSize)
      return malformed_query("a point beyond the head");
  return *std::move(query);
}

std::vector<std::uint64_t> head_query_places(std::uint64_t head_seq) {
  std::vector<std::uint64_t> places{head_seq};
  for (std::uint64_t back = 1; back < head_seq; back *= 2) {
    places.push_back(head_seq - back);
    if (back > head_seq / 2) break;  // doubling once more would leave the log, or 64 bits
  }
  if (head_seq > 0) places.push_back(0);
  return places;
}

}  // namespace dga::protocol
