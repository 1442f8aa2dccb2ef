#include "sync/centre/classes/staff.h"

#include <fmt/format.h>

#include <algorithm>

#include "shared/crypto/keys.h"
#include "shared/text/fold.h"
#include "sync/centre/classes/classes.h"

namespace dga::centre {

using base::Done;
using base::Result;

Result<NewStaff> add_staff(Context const& context, std::uint64_t class_id, std::string const& name, v1::StaffRole role,
                           std::optional<std::string> const& pin) {
  if (name.empty() || name.size() > 200 || !text::is_valid_utf8(name))
    return base::usage("staff.name", "a person's name has 1 to 200 bytes of UTF-8",
                       "Give the name as it should be shown");
  if (pin && (pin->size() < 4 || pin->size() > 8 ||
              !std::all_of(pin->begin(), pin->end(), [](char c) { return c >= '0' && c <= '9'; })))
    return base::usage("staff.pin", "a PIN has 4 to 8 digits", "Leave it out to have one drawn");
  NewStaff added{0, pin ? *pin : fmt::format("{:06}", context.random.below(1'000'000))};
  auto const pin_hash = crypto::hash_pin(added.pin);  // slow on purpose, so not inside the transaction
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const loaded, load_class(tables, class_id));
    TRY(auto const staff, tables.classes.staff(class_id));
    added.number = staff.empty() ? 1 : staff.back().number + 1;
    return tables.classes.add_staff(class_id,
                                    {added.number, text::to_nfc(name), static_cast<std::uint32_t>(role), pin_hash});
  }));
  return added;
}

}  // namespace dga::centre
