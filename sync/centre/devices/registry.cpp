#include "sync/centre/devices/registry.h"

#include <algorithm>
#include <utility>

#include "shared/base/planted.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/ingest/batches.h"
#include "sync/centre/ingest/replay.h"
#include "sync/protocol/certificate.h"

namespace dga::centre {

using base::Done;
using base::Result;

Result<std::vector<KnownDevice>> known_devices(Context const& context) {
  std::vector<KnownDevice> known;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    known.clear();
    TRY(auto devices, tables.devices.devices());
    for (auto& device : devices) {
      TRY(auto classes, tables.devices.classes_of(device.id));
      known.push_back({std::move(device), std::move(classes)});
    }
    return {};
  }));
  return known;
}

Done learn_device(Context const& context, base::ByteView signed_certificate) {
  TRY(auto const certificate, protocol::verify_certificate(signed_certificate, context.keys.signing.public_key()));
  auto const id = base::DeviceId::from(certificate.device_id());
  if (!id) return base::refused("certificate.malformed", "the certificate names no device", "Enrol the kiosk again");
  return context.store.write([&](Tables& tables) -> Done {
    TRY(auto const known, tables.devices.device(*id));
    if (known) return check_sender(known);
    // Revoked after the backup from which this database was restored: known here by the trust list alone.
    TRY(bool const revoked, revoked_by_list(tables, context.keys, *id));
    return tables.devices.put_device({*id, certificate.ed25519(), certificate.x25519(), certificate.name(),
                                      revoked ? DeviceState::kRevoked : DeviceState::kUnconfirmed,
                                      context.clock.wall_ms()});
  });
}

Done assign_device(Context const& context, base::DeviceId const& id, std::uint64_t class_id) {
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const device, tables.devices.device(id));
    if (!device)
      return base::refused("device.not_found", "there is no device " + id.hex(), "List them with \"dga kiosk list\"");
    if (device->state == DeviceState::kUnconfirmed)
      return base::refused("device.unconfirmed",
                           "device " + id.hex() + " is known by its certificate alone, since a restore",
                           "Read its keys' mark at the kiosk (dga kiosk status), then \"dga kiosk confirm --device\"");
    if (device->state != DeviceState::kActive)
      return base::refused("device.not_active", "device " + id.hex() + " is not active", "Enrol it first");
    TRY(auto const a_class, tables.classes.a_class(class_id));
    if (!a_class)
      return base::refused("class.not_found", "there is no class " + std::to_string(class_id),
                           "List them with \"dga class list\"");
    return tables.devices.assign(id, class_id, context.clock.wall_ms());
  }));
  if constexpr (base::kPlantedBug == base::PlantedBug::kAssignedTooLate) return {};
  judge_anew(context);
  return {};
}

Result<DeviceRow> confirm_device(Context const& context, base::DeviceId const& id, std::uint64_t class_id,
                                 std::string_view mark) {
  DeviceRow confirmed;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto device, tables.devices.device(id));
    if (!device)
      return base::refused("device.not_found", "there is no device " + id.hex(), "List them with \"dga kiosk list\"");
    // Again, where the machine stopped before what had waited was judged anew.
    bool again = false;
    if (device->state == DeviceState::kActive) {
      TRY(auto const classes, tables.devices.classes_of(id));
      again = std::find(classes.begin(), classes.end(), class_id) != classes.end();
    }
    if (device->state != DeviceState::kUnconfirmed && !again)
      return base::refused("device.not_unconfirmed",
                           "device " + id.hex() + " is none that a restored centre knows by its certificate alone",
                           "See \"dga kiosk list\"; a kiosk that was just enrolled is confirmed by its six digits");
    // The certificate proves a code, and whoever had one may have named the kiosk's id with a box key of his own.
    if (!protocol::is_keys_mark(mark, protocol::keys_mark(device->ed25519, device->x25519)))
      return base::refused(
          "device.other_keys", "the keys that this centre was shown for device " + id.hex() + " have another mark",
          "Compare it with \"dga kiosk status\" there; where it is right, enrol the kiosk again with a "
          "code: it keeps its keys and its records");
    confirmed = *device;
    if (again) return {};
    TRY(auto const a_class, tables.classes.a_class(class_id));
    if (!a_class)
      return base::refused("class.not_found", "there is no class " + std::to_string(class_id),
                           "List them with \"dga class list\"");
    device->state = DeviceState::kActive;
    TRY_DO(tables.devices.put_device(*device));
    confirmed = *device;
    return tables.devices.assign(id, class_id, context.clock.wall_ms());
  }));
  if constexpr (base::kPlantedBug == base::PlantedBug::kAssignedTooLate) return confirmed;
  judge_anew(context);
  return confirmed;
}

Result<std::size_t> doubt_enrolments(Tables& tables) {
  TRY(auto const devices, tables.devices.devices());
  std::size_t doubted = 0;
  for (auto device : devices) {
    if (device.state != DeviceState::kPending && device.state != DeviceState::kRejected) continue;
    device.state = DeviceState::kUnconfirmed;
    TRY_DO(tables.devices.put_device(device));
    ++doubted;
  }
  return doubted;
}

}  // namespace dga::centre
