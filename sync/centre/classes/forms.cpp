#include "sync/centre/classes/forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "shared/course/form.h"
#include "shared/crypto/hash.h"
#include "sync/centre/classes/classes.h"
#include "sync/centre/ingest/replay.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

Done check_count(std::size_t known) {
  if (known <= kMostForms) return {};
  return base::usage("form.too_many", fmt::format("a class has at most {} forms, all versions together", kMostForms),
                     "Put what is left into a class of its own");
}

// One form in, among those that are kept; any other of its id gives way where it becomes current.
Done put(Tables& tables, std::uint64_t class_id, std::vector<FormRow> const& known, FormRow const& form) {
  for (auto other : known) {
    if (!form.current || !other.current || other.id != form.id || other.hash == form.hash) continue;
    other.current = false;
    TRY_DO(tables.classes.put_form(class_id, other));
  }
  return tables.classes.put_form(class_id, form);
}

bool knows(std::vector<FormRow> const& known, base::Digest const& hash) {
  return std::any_of(known.begin(), known.end(), [&](FormRow const& each) { return each.hash == hash; });
}

}  // namespace

Result<KeptForm> keep_form(Context const& context, std::uint64_t class_id, std::string_view json, FormUse use) {
  TRY(auto const read, course::read_form(json));
  KeptForm kept{{crypto::hash({json}), read.id, base::Bytes(json), use == FormUse::kCurrent}, 0};
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY_DO(load_class(tables, class_id));
    TRY(auto const known, tables.classes.forms(class_id));
    TRY_DO(check_count(known.size() + (knows(known, kept.form.hash) ? 0 : 1)));
    return put(tables, class_id, known, kept.form);
  }));
  kept.accepted = judge_anew(context);
  return kept;
}

Result<std::vector<FormRow>> list_forms(Context const& context, std::uint64_t class_id) {
  std::vector<FormRow> forms;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY_DO(load_class(tables, class_id));
    TRY(forms, tables.classes.forms(class_id));
    return {};
  }));
  return forms;
}

Done set_current_forms(Tables& tables, std::uint64_t class_id, std::vector<v1::Form> const& forms) {
  TRY(auto known, tables.classes.forms(class_id));
  for (auto& each : known) {
    if (!each.current) continue;
    each.current = false;
    TRY_DO(tables.classes.put_form(class_id, each));
  }
  std::size_t count = known.size();
  for (auto const& form : forms) {
    FormRow const row{crypto::hash({form.json()}), form.id(), form.json(), true};
    if (!knows(known, row.hash)) ++count;
    TRY_DO(tables.classes.put_form(class_id, row));
  }
  return check_count(count);
}

}  // namespace dga::centre
