#include "sync/centre/classes/classes.h"

#include <algorithm>
#include <utility>

#include "shared/course/class_file.h"
#include "shared/crypto/keys.h"
#include "shared/text/badge.h"
#include "sync/centre/classes/forms.h"
#include "sync/centre/csv.h"
#include "sync/centre/ingest/replay.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

// What a coordinator should know while the plan can still be changed.
std::vector<std::string> notices_for(v1::Class const& a_class) {
  auto const counted = static_cast<std::uint64_t>(
      std::count_if(a_class.sessions().begin(), a_class.sessions().end(),
                    [](auto const& each) { return !each.not_counted() && !each.cancelled(); }));
  if (counted == 0) return {"no_session_counts"};
  auto const units_without_one = 2 * (counted - 1);
  bool const one_may_be_missed = units_without_one * 100 >= a_class.policy().threshold_percent() * 2 * counted;
  return one_may_be_missed ? std::vector<std::string>{} : std::vector<std::string>{"no_absence_allowed"};
}

// Whatever an offline kiosk may have recorded under `before` must still have its place.
Done check_change(v1::Class const& before, v1::Class const& after) {
  if (before.rehearsal() != after.rehearsal())
    return base::refused("class.rehearsal", "a rehearsal cannot be made a real class, nor a real class a rehearsal",
                         "Make a class with a number of its own");
  for (auto const& session : before.sessions()) {
    auto const same = [&](v1::Session const& each) { return each.id() == session.id(); };
    if (std::none_of(after.sessions().begin(), after.sessions().end(), same))
      return base::refused("class.session_gone",
                           "session " + std::to_string(session.id()) + " is missing in the changed class",
                           "Keep it in the file and cancel it (\"cancelled\": true): kiosks may have recorded in it");
  }
  for (auto const& group : before.groups()) {
    auto const same = [&](v1::Group const& each) { return each.id() == group.id(); };
    if (std::none_of(after.groups().begin(), after.groups().end(), same))
      return base::refused("class.group_gone",
                           "group " + std::to_string(group.id()) + " is missing in the changed class",
                           "Keep it in the file, under another name if need be: people belong to it, and kiosks may "
                           "have recorded scores for it");
  }
  return {};
}

}  // namespace

Result<CreatedClass> create_class(Context const& context, std::string_view class_file) {
  TRY(auto a_class, course::read_class_file(class_file));
  TRY(auto const forms, course::forms_of_class_file(class_file));
  if (a_class.id() == 0 || a_class.id() > static_cast<std::uint64_t>(INT64_MAX))
    return base::usage("class.invalid", "the class file's id is missing or no positive number",
                       "Give the class a number, such as 1");
  ClassRow const row{a_class.id(), a_class.SerializeAsString(), context.random.draw<base::Digest>().bytes(),
                     context.random.draw<base::Digest>().bytes()};
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const before, tables.classes.a_class(row.id));
    if (before)
      return base::refused("class.exists", "there is a class " + std::to_string(row.id) + " already",
                           "Give the new class a number of its own");
    TRY_DO(tables.classes.add_class(row));
    return forms ? set_current_forms(tables, row.id, *forms) : Done();
  }));
  auto notices = notices_for(a_class);
  return CreatedClass{std::move(a_class), std::move(notices)};
}

Result<ChangedClass> change_class(Context const& context, std::uint64_t id, std::string_view class_file) {
  TRY(auto a_class, course::read_class_file(class_file));
  TRY(auto const forms, course::forms_of_class_file(class_file));
  if (a_class.id() != id)
    return base::usage("class.other_number",
                       "the class file is of class " + std::to_string(a_class.id()) + ", not of " + std::to_string(id),
                       "Give the file of the class that is to change");
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const before, load_class(tables, id));
    TRY_DO(check_change(before.a_class, a_class));
    TRY_DO(tables.classes.change_class(id, a_class.SerializeAsString()));
    return forms ? set_current_forms(tables, id, *forms) : Done();
  }));
  // What kiosks sent for a session or a form that was not here yet.
  auto const accepted = judge_anew(context);
  auto notices = notices_for(a_class);
  return ChangedClass{std::move(a_class), std::move(notices), accepted};
}

Result<std::vector<ListedClass>> list_classes(Context const& context) {
  std::vector<ListedClass> listed;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    listed.clear();
    TRY(auto const rows, tables.classes.classes());
    for (auto const& row : rows) {
      TRY(auto loaded, load_class(tables, row.id));
      TRY(auto const participants, tables.classes.member_count(row.id));
      listed.push_back({std::move(loaded.a_class), participants});
    }
    return {};
  }));
  return listed;
}

Result<LoadedClass> load_class(Tables& tables, std::uint64_t id) {
  TRY(auto row, tables.classes.a_class(id));
  if (!row)
    return base::refused("class.not_found", "there is no class " + std::to_string(id),
                         "List them with \"dga class list\"");
  LoadedClass loaded;
  if (!loaded.a_class.ParseFromString(row->bytes))
    return base::damaged("store.damaged", "class " + std::to_string(id) + " can't be read from the centre's database",
                         "Restore the last backup");
  loaded.row = *std::move(row);
  return loaded;
}

Result<LoadedClass> load_class(Context const& context, std::uint64_t id) {
  LoadedClass loaded;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY(loaded, load_class(tables, id));
    return {};
  }));
  return loaded;
}

Result<std::string> badges_csv(Context const& context, std::uint64_t class_id) {
  std::string text;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    CsvWriter csv{"badge", "participant", "name"};
    TRY(auto const loaded, load_class(tables, class_id));
    TRY(auto const members, tables.classes.members(class_id));
    for (auto const& [person, group, citizen] : members) {
      auto const tag = crypto::badge_tag(loaded.row.badge_key, person.number);
      csv.row({text::write_badge({person.number, tag}), std::to_string(person.number), person.name});
    }
    text = csv.text();
    return {};
  }));
  return text;
}

}  // namespace dga::centre
