#include <nlohmann/json.hpp>

#include "shared/base/log.h"
#include "sync/centre/answers.h"
#include "sync/centre/ingest/quarantine.h"
#include "sync/centre/ingest/replay.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

using base::Result;
using nlohmann::ordered_json;

namespace {

using Parts = std::vector<std::string>;
constexpr std::size_t kFormBytes = 16 * 1024;
constexpr std::size_t kMostRows = 10'000;  // in one answer: some 2 MB; the total says how many there are

// ?class=N and ?log=HEX; either may be left out.
Result<QuarantineChoice> choice_in(Request const& request) {
  QuarantineChoice choice;
  if (auto const found = request.query.find("class"); found != request.query.end()) {
    TRY(choice.class_id, class_number(found->second));
  }
  if (auto const found = request.query.find("log"); found != request.query.end()) {
    TRY(choice.log, log_in(found->second));
  }
  return choice;
}

Result<Response> list(Context const& context, Request const& request) {
  TRY(auto const choice, choice_in(request));
  TRY(auto const found, list_quarantine(context, choice, kMostRows));
  ordered_json rows = ordered_json::array();
  for (auto const& row : found.rows)
    rows.push_back({{"log", row.log.hex()},
                    {"device", row.device.hex()},
                    {"name", row.name},
                    {"branch", row.branch},
                    {"seq", row.seq},
                    {"class", row.class_id},
                    {"reason", reason_name(row.reason)},
                    {"next", reason_advice(row.reason)}});
  return json_answer({{"total", found.total}, {"records", std::move(rows)}});
}

Result<Response> replay(Context const& context, Request const& request) {
  TRY(auto const choice, choice_in(request));
  TRY(auto const accepted, replay_quarantine(context, choice));
  return json_answer({{"accepted", accepted}});
}

Result<Response> admit(Context const& context, Request const& request) {
  TRY(auto const object, json_object(request.body));
  TRY(auto const log_text, text_field(object, "log"));
  TRY(auto const log, log_in(log_text));
  TRY(auto const branch, number_field(object, "branch"));
  TRY(auto const through, number_field(object, "through"));
  if (branch > UINT32_MAX) return base::usage("http.field", "there is no such branch", "A branch is a small number");
  TRY(auto const accepted, admit_revoked(context, log, static_cast<std::uint32_t>(branch), through));
  base::log(base::LogLevel::kWarning, "quarantine.admitted",
            {{"log", log.hex()}, {"through", std::to_string(through)}, {"accepted", std::to_string(accepted)}});
  return json_answer({{"accepted", accepted}});
}

}  // namespace

std::vector<Route> quarantine_routes() {
  constexpr auto kWho = Asker::kCoordinator;
  return {
      {"GET", "/api/v1/quarantine", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const& request, Parts const&) { return settled(list(context, request)); }},
      {"POST", "/api/v1/quarantine/replay", kWho, BodyKind::kNone, kFormBytes,
       [](Context const& context, Request const& request, Parts const&) { return settled(replay(context, request)); }},
      {"POST", "/api/v1/quarantine/admit", kWho, BodyKind::kJson, kFormBytes,
       [](Context const& context, Request const& request, Parts const&) { return settled(admit(context, request)); }},
  };
}

}  // namespace dga::centre
