#pragma once

#include <string_view>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

struct KnownDevice {
  DeviceRow row;
  std::vector<std::uint64_t> classes;
};
[[nodiscard]] base::Result<std::vector<KnownDevice>> known_devices(Context const& context);

// A SignedCertificate of our own: a centre restored from an old backup learns the device again. A certificate is given
// out before anybody has compared six digits, so it does not say that a coordinator ever confirmed the device: all that
// it sends is quarantined, and it gets nothing, until one does so by hand. A device that is known stays as it is: a
// certificate neither confirms nor forgives. Refused "device.pending", "device.rejected" and protocol's errors.
[[nodiscard]] base::Done learn_device(Context const& context, base::ByteView signed_certificate);

// A coordinator typed the mark of an unconfirmed device's keys (protocol::keys_mark) as the kiosk shows it: where it is
// that of the keys that this centre was shown, the device is active from now on, serves the class, and what it sent is
// judged anew. Again for the same class, it only judges anew. Refused "device.not_found", "device.not_unconfirmed",
// "device.other_keys", "class.not_found".
[[nodiscard]] base::Result<DeviceRow> confirm_device(Context const& context, base::DeviceId const& id,
                                                     std::uint64_t class_id, std::string_view mark);
// After the database was put back: whoever had no confirmation then may have got one since, and is refused no longer
// but unconfirmed. Gives how many. REQUIRES: within one unit of work.
[[nodiscard]] base::Result<std::size_t> doubt_enrolments(Tables& tables);

// Lets an active device speak for one more class, and judges what it sent before anew.
// Refused "device.not_found", "device.not_active", "device.unconfirmed", "class.not_found".
[[nodiscard]] base::Done assign_device(Context const& context, base::DeviceId const& id, std::uint64_t class_id);

}  // namespace dga::centre
