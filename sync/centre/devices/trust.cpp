#include "sync/centre/devices/trust.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "shared/base/file.h"
#include "shared/base/log.h"
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
constexpr std::size_t kMostRevokedBytes = 1024 * 1024;
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

// Beside the database, so that a restore knows of them; best effort, the devices are revoked whatever becomes of it.
void note_unsigned(std::filesystem::path const& folder, std::vector<base::DeviceId> const& devices) {
  std::error_code ignored;
  if (devices.empty()) {
    std::filesystem::remove(folder / kRevokedFile, ignored);
    return;
  }
  base::Bytes lines;
  for (auto const& id : devices) lines += id.hex() + '\n';
  auto const kept = base::write_file(folder / kRevokedFile, lines, base::FileAccess::kOwnerOnly);
  if (!kept.ok()) base::log(base::LogLevel::kWarning, "revoked.not_kept", {{"code", kept.error().code}});
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

Result<std::size_t> take_trust_list(Tables& tables, CentreKeys const& keys, base::ByteView signed_list) {
  TRY(auto const list, protocol::verify_trust_list(signed_list, keys.root));
  TRY(auto const version, trust_version(tables));
  if (list.version() < version) return std::size_t{0};
  TRY(auto const before, list_in_force(tables, keys));
  std::size_t fresh = 0;
  for (auto const& bytes : list.revoked_devices()) {
    auto const id = base::DeviceId::from(bytes);
    if (!id) continue;
    TRY(auto device, tables.devices.device(*id));
    if (!device) {
      auto const& old = before.revoked_devices();
      if (std::find(old.begin(), old.end(), bytes) == old.end()) ++fresh;
      continue;
    }
    if (device->state == DeviceState::kRevoked) continue;
    device->state = DeviceState::kRevoked;
    TRY_DO(tables.devices.put_device(*device));
    ++fresh;
  }
  TRY_DO(tables.settings.put_setting(kVersion, std::to_string(list.version())));
  TRY_DO(tables.settings.put_setting(kList, signed_list));
  return fresh;
}

Result<bool> revoked_by_list(Tables& tables, CentreKeys const& keys, base::DeviceId const& device) {
  TRY(auto const list, list_in_force(tables, keys));
  if (names(list, device)) return true;
  TRY(auto const more, unknown_unsigned(tables));
  return std::find(more.begin(), more.end(), device) != more.end();
}

Result<std::vector<base::DeviceId>> revoked_unsigned(Tables& tables, CentreKeys const& keys) {
  TRY(auto const list, list_in_force(tables, keys));
  TRY(auto unsigned_ids, unknown_unsigned(tables));
  TRY(auto const devices, tables.devices.devices());
  for (auto const& device : devices)
    if (device.state == DeviceState::kRevoked) unsigned_ids.push_back(device.id);
  // One that was known by its id alone has a row since it showed its certificate.
  std::erase_if(unsigned_ids, [&](auto const& id) { return names(list, id); });
  std::sort(unsigned_ids.begin(), unsigned_ids.end());
  unsigned_ids.erase(std::unique(unsigned_ids.begin(), unsigned_ids.end()), unsigned_ids.end());
  return unsigned_ids;
}

Result<std::vector<base::DeviceId>> read_revoked(std::filesystem::path const& folder) {
  std::vector<base::DeviceId> ids;
  auto const file = folder / kRevokedFile;
  std::error_code problem;
  if (!std::filesystem::exists(file, problem)) return ids;
  TRY(auto const content, base::read_file(file, kMostRevokedBytes));
  for (std::size_t at = 0; at < content.size();) {
    auto const end = std::min(content.find('\n', at), content.size());
    auto const bytes = base::from_hex(base::ByteView(content).substr(at, end - at));
    auto const id = bytes ? base::DeviceId::from(*bytes) : std::nullopt;
    if (!id)
      return base::damaged("revoked.damaged", file.string() + " can't be read as a list of revoked kiosks",
                           "Each line is a device id; take out what is none, and revoke again whom it cannot name");
    ids.push_back(*id);
    at = end + 1;
  }
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
  base::Bytes signed_list;
  std::vector<base::DeviceId> not_signed;
  bool unconfirmed = false;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto device, tables.devices.device(id));
    if (!device)
      return base::refused("device.not_found", "there is no device " + id.hex(), "List them with \"dga kiosk list\"");
    unconfirmed = device->state == DeviceState::kUnconfirmed;
    device->state = DeviceState::kRevoked;
    TRY_DO(tables.devices.put_device(*device));
    if (root.ok()) {
      TRY(revoked.trust_version, renew_trust_list(tables, context.keys, *root, context.clock.wall_ms()));
      TRY(signed_list, trust_list(tables));
    }
    TRY(not_signed, revoked_unsigned(tables, context.keys));
    return {};
  }));
  revoked.unsigned_devices = not_signed.size();
  if (unconfirmed) {
    // What it sent waits for no confirmation any more. The revocation stands whatever comes of it.
    auto const replayed = replay_quarantine(context);
    if (!replayed.ok())
      base::log(base::LogLevel::kWarning, "quarantine.replay_failed", {{"code", replayed.error().code}});
  }
  if (revoked.trust_version) {
    // The device is revoked whatever becomes of this copy.
    auto const kept = base::write_file(context.folder / kTrustFile, signed_list, base::FileAccess::kOwnerOnly);
    if (!kept.ok()) base::log(base::LogLevel::kWarning, "trust.not_kept", {{"code", kept.error().code}});
    if (!kept.ok()) return revoked;  // then the other file must go on naming them
  }
  note_unsigned(context.folder, not_signed);
  return revoked;
}

}  // namespace dga::centre
