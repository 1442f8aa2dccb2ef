#include "sync/centre/devices/trust.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "shared/base/log.h"
#include "sync/centre/devices/trust_files.h"
#include "sync/centre/ingest/replay.h"
#include "sync/protocol/certificate.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr char kList[] = "trust.list";
constexpr char kVersion[] = "trust.version";
// Ids, one behind the other, of devices that this database has no row of and that no signed list names yet.
constexpr char kUnsigned[] = "trust.unsigned";
// Shown to coordinators, never a reason for a kiosk to refuse: its clock may lie.
constexpr std::int64_t kValidMs = std::int64_t{2} * 365 * 24 * 3600 * 1000;

void add_key(v1::TrustList& list, std::uint32_t id, v1::KeyUse use, base::ByteView public_key) {
  auto* key = list.add_keys();
  key->set_id(id);
  key->set_use(use);
  key->set_public_key(base::Bytes(public_key));
}

Result<v1::TrustList> list_in_force(Tables& tables, CentreKeys const& keys) {
  TRY(auto const signed_list, tables.settings.setting(kList));
  if (!signed_list) return v1::TrustList();
  return protocol::verify_trust_list(*signed_list, keys.root);
}

Result<std::vector<base::DeviceId>> unknown_unsigned(Tables& tables) {
  std::vector<base::DeviceId> ids;
  TRY(auto const kept, tables.settings.setting(kUnsigned));
  auto const all = kept.value_or("");
  for (std::size_t at = 0; at + base::DeviceId::kSize <= all.size(); at += base::DeviceId::kSize)
    ids.push_back(*base::DeviceId::from(base::ByteView(all).substr(at, base::DeviceId::kSize)));
  return ids;
}

bool names(v1::TrustList const& list, base::DeviceId const& device) {
  auto const& revoked = list.revoked_devices();
  return std::find(revoked.begin(), revoked.end(), device.view()) != revoked.end();
}

// A device that was enrolled and revoked after the backup that this database comes from is known by the list alone.
Done keep_unknown(Tables& tables, CentreKeys const& keys, std::vector<DeviceRow> const& known, v1::TrustList& list) {
  TRY(auto const before, list_in_force(tables, keys));
  for (auto const& id : before.revoked_devices()) {
    bool const here = std::any_of(known.begin(), known.end(), [&](auto const& each) { return each.id.view() == id; });
    if (!here) list.add_revoked_devices(id);
  }
  TRY(auto const more, unknown_unsigned(tables));
  for (auto const& id : more)
    if (!names(list, id)) list.add_revoked_devices(id.bytes());
  return more.empty() ? Done() : tables.settings.put_setting(kUnsigned, "");
}

}  // namespace

Result<base::Bytes> trust_list(Tables& tables) {
  TRY(auto const list, tables.settings.setting(kList));
  if (!list)
    return base::damaged("store.damaged", "the centre's database holds no trust list", "Restore the last backup");
  return *list;
}

Result<std::uint64_t> trust_version(Tables& tables) {
  std::uint64_t version = 0;
  TRY(auto const text, tables.settings.setting(kVersion));
  if (text) std::from_chars(text->data(), text->data() + text->size(), version);
  return version;
}

Result<std::uint64_t> renew_trust_list(Tables& tables, CentreKeys const& keys, crypto::SigningKey const& root,
                                       std::int64_t now_ms) {
  TRY(auto const previous, trust_version(tables));
  auto const seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(now_ms, 0) / 1000);

  v1::TrustList list;
  list.set_version(std::max(previous + 1, seconds));
  list.set_expires_ms(now_ms + kValidMs);
  add_key(list, keys.signing_id, v1::CENTRE_SIGNING, keys.signing.public_key().view());
  for (auto const& [id, box] : keys.boxes) add_key(list, id, v1::CENTRE_BOX, box.public_key().view());
  add_key(list, keys.certificates_id, v1::CERTIFICATES, keys.certificates.public_key().view());
  TRY(auto const devices, tables.devices.devices());
  for (auto const& device : devices)
    if (device.state == DeviceState::kRevoked) list.add_revoked_devices(device.id.bytes());
  TRY_DO(keep_unknown(tables, keys, devices, list));
  TRY_DO(tables.settings.put_setting(kVersion, std::to_string(list.version())));
  TRY_DO(tables.settings.put_setting(kList, protocol::sign_trust_list(list, root)));
  return list.version();
}

Result<v1::TrustList> take_trust_list(Tables& tables, CentreKeys const& keys, base::ByteView signed_list) {
  TRY(auto list, protocol::verify_trust_list(signed_list, keys.root));
  TRY(auto const version, trust_version(tables));
  if (list.version() < version) return list;
  TRY_DO(tables.settings.put_setting(kVersion, std::to_string(list.version())));
  TRY_DO(tables.settings.put_setting(kList, signed_list));
  return list;
}

Result<bool> revoked_by_list(Tables& tables, CentreKeys const& keys, base::DeviceId const& device) {
  TRY(auto const list, list_in_force(tables, keys));
  if (names(list, device)) return true;
  TRY(auto const more, unknown_unsigned(tables));
  return std::find(more.begin(), more.end(), device) != more.end();
}

Result<std::vector<base::DeviceId>> revoked_devices(Tables& tables, CentreKeys const& keys) {
  TRY(auto const list, list_in_force(tables, keys));
  TRY(auto ids, unknown_unsigned(tables));
  for (auto const& bytes : list.revoked_devices())
    if (auto const id = base::DeviceId::from(bytes)) ids.push_back(*id);
  TRY(auto const devices, tables.devices.devices());
  for (auto const& device : devices)
    if (device.state == DeviceState::kRevoked) ids.push_back(device.id);
  // One that was known by its id alone has a row since it showed its certificate.
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<std::vector<base::DeviceId>> revoked_unsigned(Tables& tables, CentreKeys const& keys) {
  TRY(auto const list, list_in_force(tables, keys));
  TRY(auto ids, revoked_devices(tables, keys));
  std::erase_if(ids, [&](auto const& id) { return names(list, id); });
  return ids;
}

Result<std::size_t> take_revoked(Tables& tables, CentreKeys const& keys, std::span<base::DeviceId const> devices) {
  if (devices.empty()) return std::size_t{0};
  TRY(auto unknown, unknown_unsigned(tables));
  std::size_t fresh = 0;
  for (auto const& id : devices) {
    TRY(auto device, tables.devices.device(id));
    TRY(bool const by_list, revoked_by_list(tables, keys, id));
    if (!device) {
      if (by_list || std::find(unknown.begin(), unknown.end(), id) != unknown.end()) continue;
      unknown.push_back(id);
    } else {
      if (device->state == DeviceState::kRevoked) continue;
      device->state = DeviceState::kRevoked;
      TRY_DO(tables.devices.put_device(*device));
    }
    ++fresh;
  }
  base::Bytes all;
  for (auto const& id : unknown) all += id.view();
  TRY_DO(tables.settings.put_setting(kUnsigned, all));
  return fresh;
}

Result<Revoked> revoke_device(Context const& context, base::DeviceId const& id) {
  auto const root = read_root(context.folder, context.keys.root);
  if (!root.ok() && root.error().code != "root.not_here") return root.error();
  Revoked revoked;
  bool unconfirmed = false;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto device, tables.devices.device(id));
    // One that is revoked already may be known by its id alone: it is signed for as any other.
    TRY(bool const by_list, revoked_by_list(tables, context.keys, id));
    if (!device && !by_list)
      return base::refused("device.not_found", "there is no device " + id.hex(), "List them with \"dga kiosk list\"");
    unconfirmed = device && device->state == DeviceState::kUnconfirmed;
    if (device) {
      device->state = DeviceState::kRevoked;
      TRY_DO(tables.devices.put_device(*device));
    }
    if (root.ok()) {
      TRY(revoked.trust_version, renew_trust_list(tables, context.keys, *root, context.clock.wall_ms()));
    }
    TRY(auto const not_signed, revoked_unsigned(tables, context.keys));
    revoked.unsigned_devices = not_signed.size();
    return {};
  }));
  // The device is revoked whatever becomes of the rest.
  auto const kept = context.trust_files.keep(context.folder, context.store, context.keys);
  if (!kept.ok()) base::log(base::LogLevel::kWarning, "revoked.not_kept", {{"code", kept.error().code}});
  revoked.kept_beside = kept.ok();
  // What it sent waits for no confirmation any more.
  if (unconfirmed) judge_anew(context);
  return revoked;
}

}  // namespace dga::centre
