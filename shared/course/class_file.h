#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.h"
#include "shared/records/pack.pb.h"

namespace dga::course {

// Reads a class file (JSON, as assets/demo/class.json). Policy fields that are missing get the rule's defaults.
// Usage "class.invalid" names the field and what is wrong: an unknown kind, an end before its start, two sessions
// of one id, a missing zone, an instant without an offset, ...
[[nodiscard]] base::Result<v1::Class> read_class_file(std::string_view json);
// The file's own forms ("forms": [{...}], form.h), in its order and without a hash: each as compact JSON with sorted
// names, so that laying the file out anew changes no form. Nothing where the file has no "forms" at all.
// Usage "class.invalid" as above, also for a form that cannot be used and for two of one id.
[[nodiscard]] base::Result<std::optional<std::vector<v1::Form>>> forms_of_class_file(std::string_view json);

// The same class with its first day moved to `date` ("2026-11-22", in the class's zone), days and hours kept.
[[nodiscard]] base::Result<v1::Class> starting_on(v1::Class a_class, std::string_view date);

}  // namespace dga::course
