#include "sync/protocol/pack.h"

#include <cassert>

#include "shared/crypto/chain.h"
#include "sync/protocol/compress.h"
#include "sync/protocol/wire.h"

namespace dga::protocol {
namespace {

// A pack that does not compress at all still fits, with its header and signature.
constexpr std::size_t kMostSealedPackBytes = kMostPackBytes + 1024 * 1024;
constexpr std::size_t kMostPackQueryBytes = 4 * 1024;

base::Error malformed(char const* found) {
  return base::refused("pack.malformed", std::string("read a class pack and found ") + found, "fetch the pack again");
}

}  // namespace

base::Bytes seal_pack(v1::ClassPack const& pack, base::DeviceId const& device, crypto::BoxPublic const& kiosk,
                      std::uint32_t key_id, base::ByteView nonce, crypto::SigningKey const& centre) {
  auto const plain = pack.SerializeAsString();
  assert(plain.size() <= kMostPackBytes);
  v1::PackHeader header;
  header.set_version(kPackVersion);
  header.set_key_id(key_id);
  header.set_device_id(device.bytes());
  header.set_class_id(pack.class_().id());
  header.set_pack_version(pack.pack_version());
  header.set_nonce(base::Bytes(nonce));
  header.set_plain_bytes(static_cast<std::uint32_t>(plain.size()));

  v1::SealedPack sealed;
  sealed.set_header(header.SerializeAsString());
  sealed.set_sealed(crypto::seal(kiosk, compress(plain)));
  sealed.set_signature(centre.sign(label::kPack, digests(sealed.header(), sealed.sealed())));
  return sealed.SerializeAsString();
}

base::Result<OpenedPack> open_pack(base::ByteView sealed_pack, crypto::SigningPublic const& centre,
                                   base::DeviceId const& device, crypto::BoxKey const& kiosk,
                                   std::optional<base::RequestNonce> nonce) {
  auto const sealed = parse<v1::SealedPack>(sealed_pack, kMostSealedPackBytes);
  if (!sealed || sealed->header().empty()) return malformed("no sealed pack");
  if (!crypto::verify(centre, label::kPack, digests(sealed->header(), sealed->sealed()), sealed->signature()))
    return base::refused("pack.bad_signature", "checked a class pack that this kiosk's centre did not sign",
                         "fetch the pack from the centre that enrolled this kiosk");
  auto header = parse<v1::PackHeader>(sealed->header(), kMostPackQueryBytes);
  if (!header) return malformed("no header");
  if (header->version() != kPackVersion)
    return base::refused("pack.version",
                         "read a class pack of version " + std::to_string(header->version()) + ", where 1 is known",
                         "bring the kiosk's software up to date");
  if (header->device_id() != device.view())
    return base::refused("pack.other_device", "read a class pack that was sealed for another kiosk",
                         "fetch this kiosk's own pack");
  if (nonce && header->nonce() != nonce->view())
    return base::refused("pack.other_answer", "read a class pack that answers another question", "ask again");
  if (header->plain_bytes() > kMostPackBytes) return malformed("more content announced than 64 MiB");

  auto const damaged = [](char const* found) {
    return base::damaged("pack.damaged", std::string("opened a class pack and found ") + found, "fetch the pack again");
  };
  auto const frame = kiosk.open(sealed->sealed());
  if (!frame.ok()) return damaged("that it does not open with this kiosk's key");
  auto plain = decompress(*frame, header->plain_bytes());
  if (!plain.ok()) return damaged("that its compressed content is damaged");
  auto pack = parse<v1::ClassPack>(*plain, kMostPackBytes);
  if (!pack) return malformed("content that is no class pack");
  if (pack->pack_version() != header->pack_version() || pack->class_().id() != header->class_id())
    return malformed("another class or version inside than on its cover");
  return OpenedPack{*std::move(header), *std::move(pack), std::move(plain).value()};
}

base::Bytes sign_pack_query(v1::PackQuery const& query, crypto::SigningKey const& device) {
  v1::SignedPackQuery signed_query;
  signed_query.set_query(query.SerializeAsString());
  signed_query.set_signature(device.sign(label::kPackQuery, digests(signed_query.query())));
  return signed_query.SerializeAsString();
}

base::Result<v1::PackQuery> verify_pack_query(
    base::ByteView signed_query,
    std::function<std::optional<crypto::SigningPublic>(base::DeviceId const&)> const& device_key) {
  auto const malformed_query = [] {
    return base::usage("packquery.malformed", "read something that is no pack query", "ask again");
  };
  auto const wrapped = parse<v1::SignedPackQuery>(signed_query, kMostPackQueryBytes);
  if (!wrapped) return malformed_query();
  auto query = parse<v1::PackQuery>(wrapped->query(), kMostPackQueryBytes);
  if (!query || query->nonce().size() != base::RequestNonce::kSize) return malformed_query();
  auto const device = base::DeviceId::from(query->device_id());
  if (!device) return malformed_query();
  auto const key = device_key(*device);
  if (!key)
    return base::refused("packquery.unknown_device", "looked up device " + device->hex() + ", which is not known here",
                         "present its certificate, or enrol it");
  if (crypto::device_id(*key) != *device)
    return base::refused("packquery.wrong_ids",
                         "read a pack query of device " + device->hex() + " under a key that is not its own",
                         "ask again");
  if (!crypto::verify(*key, label::kPackQuery, digests(wrapped->query()), wrapped->signature()))
    return base::refused("packquery.bad_signature", "checked the signature of a pack query of device " + device->hex(),
                         "ask again");
  return *std::move(query);
}

}  // namespace dga::protocol
