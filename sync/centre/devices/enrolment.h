#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

// A code to carry to a kiosk, valid once and for ten minutes of the centre's clock.
struct NewCode {
  std::string ticket;   // digits, text and QR alike
  std::string code_id;  // hex
  std::int64_t expires_ms = 0;
};
// Refused "class.not_found"; usage "enrolment.bad_name", "enrolment.bad_address".
[[nodiscard]] base::Result<NewCode> make_code(Context const& context, std::string const& name, std::uint64_t class_id,
                                              std::string const& address);

// An EnrolRequest in, an EnrolReply out; a new device is pending, one in service keeps its key and name until the
// digits were compared. The same request gets the same answer while the code
// lives. Refused "enrolment.not_found", "enrolment.expired", "enrolment.used", "device.revoked", and protocol's errors.
[[nodiscard]] base::Result<base::Bytes> enrol(Context const& context, base::ByteView request);

struct PendingEnrolment {
  std::string code_id;
  std::string name;
  base::DeviceId device;
};
[[nodiscard]] base::Result<std::vector<PendingEnrolment>> pending_enrolments(Context const& context);

struct Confirmed {
  base::DeviceId device;
  std::string name;
  std::uint64_t class_id = 0;
};
// Compares the digits that the kiosk shows; then it is active under the key and name of this
// enrolment, assigned, and what it sent before is judged anew. After three wrong tries the code is dead.
// Refused "enrolment.not_found", "enrolment.not_pending", "enrolment.expired", "enrolment.wrong_digits",
// "enrolment.too_many_tries", "device.revoked"; usage "enrolment.digits".
[[nodiscard]] base::Result<Confirmed> confirm_enrolment(Context const& context, std::string_view code_id,
                                                        std::string_view digits);

}  // namespace dga::centre
