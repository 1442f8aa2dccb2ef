#include <nlohmann/json.hpp>

#include "sync/centre/answers.h"
#include "sync/centre/classes/forms.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

using base::Result;
using nlohmann::ordered_json;

namespace {

using Parts = std::vector<std::string>;
constexpr std::size_t kFormFileBytes = 64 * 1024;  // the largest of ours, in two languages, has 4 kB

ordered_json told(FormRow const& form) {
  return {{"id", form.id}, {"hash", form.hash.hex()}, {"bytes", form.json.size()}, {"current", form.current}};
}

Result<Response> keep(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  auto const found = request.query.find("older");
  auto const older = found == request.query.end() ? std::string("0") : found->second;
  if (older != "0" && older != "1")
    return base::usage("http.query", "older is neither 0 nor 1", "Leave it out for the form that is to be filled in");
  TRY(auto const kept, keep_form(context, class_id, request.body, older == "1" ? FormUse::kOlder : FormUse::kCurrent));
  auto body = told(kept.form);
  body["accepted"] = kept.accepted;
  return json_answer(body, 201);
}

Result<Response> list(Context const& context, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  TRY(auto const forms, list_forms(context, class_id));
  ordered_json lines = ordered_json::array();
  for (auto const& form : forms) lines.push_back(told(form));
  return json_answer({{"class", class_id}, {"forms", std::move(lines)}});
}

// A form byte for byte, to be brought to another centre or class.
Result<Response> one(Context const& context, Parts const& parts) {
  TRY(auto const class_id, class_number(parts[0]));
  TRY(auto const forms, list_forms(context, class_id));
  for (auto const& form : forms)
    if (form.hash.hex() == parts[1]) return text_answer(form.json, "application/json");
  return base::refused("form.not_found", "the class never had a form of this hash",
                       "List them with \"dga class forms\"");
}

}  // namespace

std::vector<Route> form_routes() {
  constexpr auto kWho = Asker::kCoordinator;
  return {
      {"POST", "/api/v1/classes/{}/forms", kWho, BodyKind::kJson, kFormFileBytes,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(keep(context, request, parts));
       }},
      {"GET", "/api/v1/classes/{}/forms", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const& parts) { return settled(list(context, parts)); }},
      {"GET", "/api/v1/classes/{}/forms/{}", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const& parts) { return settled(one(context, parts)); }},
  };
}

}  // namespace dga::centre
