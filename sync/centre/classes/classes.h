#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/records/pack.pb.h"
#include "sync/centre/context.h"

namespace dga::centre {

struct CreatedClass {
  v1::Class a_class;
  std::vector<std::string> notices;  // "no_absence_allowed"
};
// From a class file, with the forms in it. Its badge and citizen keys are drawn here. Usage "class.invalid",
// "form.too_many"; refused "class.exists".
[[nodiscard]] base::Result<CreatedClass> create_class(Context const& context, std::string_view class_file);

struct ChangedClass {
  v1::Class a_class;
  std::vector<std::string> notices;
  std::uint64_t accepted = 0;  // records that were quarantined, and are understood now
};
// The class as a newer file has it: sessions moved, cancelled or added, another rule, other forms (where the file has
// "forms" at all; the earlier ones stay known). Keys, roster and staff stay. Kiosks that are offline go on with what
// they have, so nothing may go that their records name: refused "class.session_gone" (cancel it instead),
// "class.group_gone", "class.rehearsal" for a rehearsal made real or the other way round. Usage "class.invalid",
// "class.other_number" for a file of another class, "form.too_many"; refused "class.not_found".
[[nodiscard]] base::Result<ChangedClass> change_class(Context const& context, std::uint64_t id,
                                                      std::string_view class_file);

struct ListedClass {
  v1::Class a_class;
  std::uint64_t participants = 0;
};
[[nodiscard]] base::Result<std::vector<ListedClass>> list_classes(Context const& context);

// A class with its keys. Refused "class.not_found".
struct LoadedClass {
  ClassRow row;
  v1::Class a_class;
};
[[nodiscard]] base::Result<LoadedClass> load_class(Tables& tables, std::uint64_t id);
[[nodiscard]] base::Result<LoadedClass> load_class(Context const& context, std::uint64_t id);

// `badge,participant,name`, one line a participant of the class, by number: what is printed as QR.
[[nodiscard]] base::Result<std::string> badges_csv(Context const& context, std::uint64_t class_id);

}  // namespace dga::centre
