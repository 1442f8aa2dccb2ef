#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shared/records/pack.pb.h"
#include "sync/centre/context.h"

namespace dga::centre {

struct NewStaff {
  std::uint32_t number = 0;
  std::string pin;  // shown once; only its Argon2id hash is kept
};
// Adds a person of staff to a class. A PIN of six digits is drawn where none is given.
// Refused "class.not_found"; usage "staff.name", "staff.pin".
[[nodiscard]] base::Result<NewStaff> add_staff(Context const& context, std::uint64_t class_id, std::string const& name,
                                               v1::StaffRole role, std::optional<std::string> const& pin);

}  // namespace dga::centre
