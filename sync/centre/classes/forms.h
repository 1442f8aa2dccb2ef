#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "shared/records/pack.pb.h"
#include "sync/centre/context.h"

namespace dga::centre {

// The most forms that a class ever had, all versions together: a batch is judged by their hashes.
inline constexpr std::size_t kMostForms = 200;

enum class FormUse {
  kCurrent,  // in the class's packs from now on, in the place of an earlier one of its id
  kOlder,    // known, and no longer given out
};
struct KeptForm {
  FormRow form;
  std::uint64_t accepted = 0;  // records that were quarantined, and are accepted now that their form is here
};
// Keeps a form for a class, byte for byte: its hash is what answers name. It is kept for good.
// Usage "form.invalid", "form.too_many"; refused "class.not_found".
[[nodiscard]] base::Result<KeptForm> keep_form(Context const& context, std::uint64_t class_id, std::string_view json,
                                               FormUse use);

// Every form the class ever had, by id and hash. Refused "class.not_found".
[[nodiscard]] base::Result<std::vector<FormRow>> list_forms(Context const& context, std::uint64_t class_id);

// Within a unit of work: the class's packs carry exactly `forms` (course::forms_of_class_file) from now on.
// Usage "form.too_many".
[[nodiscard]] base::Done set_current_forms(Tables& tables, std::uint64_t class_id, std::vector<v1::Form> const& forms);

}  // namespace dga::centre
