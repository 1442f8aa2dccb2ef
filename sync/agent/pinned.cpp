#include "sync/agent/pinned.h"

#include "shared/records/pack.pb.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/enrolment.h"

namespace dga::agent {

void Pinned::heed(base::ByteView signed_trust_list) {
  auto const list = protocol::verify_trust_list(signed_trust_list, root);
  if (!list.ok() || list->version() <= trust_version) return;
  trust_version = list->version();
  v1::TrustedKey const* newest = nullptr;
  for (auto const& key : list->keys())
    if (key.use() == v1::CENTRE_BOX && (newest == nullptr || key.id() > newest->id())) newest = &key;
  if (newest == nullptr) return;
  auto const key = crypto::BoxPublic::from(newest->public_key());
  if (!key || *key == box) return;
  box = *key;
  box_key_id = newest->id();
}

base::Result<Pinned> pinned_from(std::string_view address, std::string_view name, base::ByteView enrol_body) {
  v1::EnrolBody body;
  bool const read = body.ParseFromArray(enrol_body.data(), static_cast<int>(enrol_body.size()));
  auto const root = crypto::SigningPublic::from(body.root_ed25519());
  auto const centre = crypto::SigningPublic::from(body.centre_ed25519());
  auto const box = crypto::BoxPublic::from(body.centre_x25519());
  if (!read || !root || !centre || !box)
    return base::damaged("kiosk.enrolment",
                         "read what the enrolment left in the kiosk's database, and it is no enrolment",
                         "enrol the kiosk again");
  Pinned pinned{std::string(address), std::string(name), *root, *centre, *box, body.key_id(), body.certificate(), 0};
  pinned.heed(body.trust_list());
  return pinned;
}

base::Result<Pinned> read_pinned(store::KioskStore& store) {
  TRY(auto const address, store.setting("centre.address"));
  TRY(auto const body, store.setting("centre.enrolment"));
  TRY(auto const name, store.setting("kiosk.name"));
  if (!address || !body)
    return base::refused("kiosk.not_enrolled", "looked for this kiosk's centre, and it was never enrolled",
                         "enrol it with a ticket from the coordinator");
  TRY(auto pinned, pinned_from(*address, name.value_or(""), *body));
  TRY(auto const pack, store.pack());
  v1::ClassPack parsed;
  if (pack && parsed.ParseFromString(*pack)) pinned.heed(parsed.trust_list());
  return pinned;
}

}  // namespace dga::agent
