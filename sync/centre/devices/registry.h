#pragma once

#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

struct KnownDevice {
  DeviceRow row;
  std::vector<std::uint64_t> classes;
};
[[nodiscard]] base::Result<std::vector<KnownDevice>> known_devices(Context const& context);

// A SignedCertificate of our own: a centre restored from an old backup learns the device again. It is assigned to no
// class until a coordinator says so; what it sends meanwhile is quarantined and replayed then. A device that is known
// stays as it is: a certificate neither confirms nor forgives. Refused "device.rejected" and protocol's errors.
[[nodiscard]] base::Done learn_device(Context const& context, base::ByteView signed_certificate);

// Lets an active device speak for one more class, and judges what it sent before anew.
// Refused "device.not_found", "device.not_active", "class.not_found".
[[nodiscard]] base::Done assign_device(Context const& context, base::DeviceId const& id, std::uint64_t class_id);

}  // namespace dga::centre
