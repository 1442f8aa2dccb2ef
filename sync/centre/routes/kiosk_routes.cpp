#include <nlohmann/json.hpp>

#include "shared/base/log.h"
#include "sync/centre/answers.h"
#include "sync/centre/devices/enrolment.h"
#include "sync/centre/devices/registry.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/projection/reconciliation.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

using base::Result;
using nlohmann::ordered_json;

namespace {

using Parts = std::vector<std::string>;
constexpr std::size_t kFormBytes = 16 * 1024;

Result<Response> new_code(Context const& context, Request const& request) {
  TRY(auto const object, json_object(request.body));
  TRY(auto const name, text_field(object, "name"));
  TRY(auto const class_id, number_field(object, "class"));
  TRY(auto const address, text_field(object, "address"));
  TRY(auto const code, make_code(context, name, class_id, address));
  base::log(base::LogLevel::kInfo, "enrolment.code_made", {{"code_id", code.code_id}});
  return json_answer({{"ticket", code.ticket}, {"code_id", code.code_id}, {"expires_ms", code.expires_ms}}, 201);
}

Result<Response> pending(Context const& context) {
  TRY(auto const enrolments, pending_enrolments(context));
  ordered_json lines = ordered_json::array();
  for (auto const& each : enrolments)
    lines.push_back({{"code_id", each.code_id}, {"name", each.name}, {"device", each.device.hex()}});
  return json_answer({{"pending", std::move(lines)}});
}

Result<Response> confirm(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const object, json_object(request.body));
  TRY(auto const digits, text_field(object, "digits"));
  TRY(auto const confirmed, confirm_enrolment(context, parts[0], digits));
  base::log(base::LogLevel::kInfo, "enrolment.confirmed", {{"device", confirmed.device.hex()}});
  return json_answer({{"device", confirmed.device.hex()}, {"name", confirmed.name}, {"class", confirmed.class_id}});
}

std::string_view name_of(DeviceState state) {
  switch (state) {
    case DeviceState::kPending: return "pending";
    case DeviceState::kActive: return "active";
    case DeviceState::kRevoked: return "revoked";
    case DeviceState::kRejected: return "rejected";
    case DeviceState::kUnconfirmed: return "unconfirmed";
  }
  return "unknown";
}

Result<Response> devices(Context const& context) {
  TRY(auto const known, known_devices(context));
  ordered_json lines = ordered_json::array();
  for (auto const& [row, classes] : known)
    lines.push_back({{"device", row.id.hex()},
                     {"name", row.name},
                     {"state", name_of(row.state)},
                     {"active", row.state == DeviceState::kActive},
                     {"revoked", row.state == DeviceState::kRevoked},
                     {"classes", classes},
                     {"last_heard_ms", row.last_heard_ms}});
  std::vector<base::DeviceId> not_signed;
  TRY_DO(context.store.read([&](Tables& tables) -> base::Done {
    TRY(not_signed, revoked_unsigned(tables, context.keys));
    return {};
  }));
  ordered_json ids = ordered_json::array();
  for (auto const& id : not_signed) ids.push_back(id.hex());
  return json_answer(
      {{"devices", std::move(lines)}, {"revoked_unsigned", not_signed.size()}, {"unsigned_devices", std::move(ids)}});
}

Result<Response> revoke(Context const& context, Parts const& parts) {
  TRY(auto const id, device_in(parts[0]));
  TRY(auto const revoked, revoke_device(context, id));
  base::log(base::LogLevel::kWarning, "device.revoked", {{"device", id.hex()}});
  ordered_json body{{"device", id.hex()}, {"revoked", true}, {"trust_list_signed", revoked.trust_version.has_value()}};
  if (revoked.trust_version) body["trust_version"] = *revoked.trust_version;
  body["revoked_unsigned"] = revoked.unsigned_devices;
  body["kept_beside"] = revoked.kept_beside;
  if (!revoked.kept_beside)
    body["next"] =
        "The centre's folder could not be written: make room there and revoke again, else a restore of an earlier "
        "backup lets this kiosk in";
  else if (!revoked.trust_version)
    body["next"] =
        "Bring root.key from its safe and revoke again: then kiosks are told too, and the trust list that a "
        "restore elsewhere needs names this one";
  return json_answer(body);
}

Result<Response> confirm_certified(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const id, device_in(parts[0]));
  TRY(auto const object, json_object(request.body));
  TRY(auto const class_id, number_field(object, "class"));
  TRY(auto const mark, text_field(object, "keys"));
  TRY(auto const device, confirm_device(context, id, class_id, mark));
  base::log(base::LogLevel::kWarning, "device.confirmed", {{"device", id.hex()}});
  return json_answer({{"device", id.hex()}, {"name", device.name}, {"class", class_id}});
}

Result<Response> assign(Context const& context, Request const& request, Parts const& parts) {
  TRY(auto const id, device_in(parts[0]));
  TRY(auto const object, json_object(request.body));
  TRY(auto const class_id, number_field(object, "class"));
  TRY_DO(assign_device(context, id, class_id));
  return json_answer({{"device", id.hex()}, {"class", class_id}});
}

Result<Response> reconciliation(Context const& context) {
  TRY(auto const statements, reconcile(context));
  return json_answer(reconciliation_json(statements));
}

}  // namespace

std::vector<Route> kiosk_routes() {
  constexpr auto kWho = Asker::kCoordinator;
  return {
      {"POST", "/api/v1/enrolment-codes", kWho, BodyKind::kJson, kFormBytes,
       [](Context const& context, Request const& request, Parts const&) {
         return settled(new_code(context, request));
       }},
      {"GET", "/api/v1/enrolments", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) { return settled(pending(context)); }},
      {"POST", "/api/v1/enrolments/{}/confirm", kWho, BodyKind::kJson, kFormBytes,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(confirm(context, request, parts));
       }},
      {"GET", "/api/v1/devices", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) { return settled(devices(context)); }},
      {"POST", "/api/v1/devices/{}/revoke", kWho, BodyKind::kNone, kFormBytes,
       [](Context const& context, Request const&, Parts const& parts) { return settled(revoke(context, parts)); }},
      {"POST", "/api/v1/devices/{}/confirm", kWho, BodyKind::kJson, kFormBytes,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(confirm_certified(context, request, parts));
       }},
      {"POST", "/api/v1/devices/{}/classes", kWho, BodyKind::kJson, kFormBytes,
       [](Context const& context, Request const& request, Parts const& parts) {
         return settled(assign(context, request, parts));
       }},
      {"GET", "/api/v1/reconciliation", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) { return settled(reconciliation(context)); }},
  };
}

}  // namespace dga::centre
