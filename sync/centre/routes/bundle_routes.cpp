#include <nlohmann/json.hpp>

#include "shared/base/log.h"
#include "sync/centre/answers.h"
#include "sync/centre/ingest/bundle_check.h"
#include "sync/centre/ingest/bundles.h"
#include "sync/centre/routes/routes.h"
#include "sync/protocol/bundle.h"

namespace dga::centre {
namespace {

using Parts = std::vector<std::string>;

// Receipts for the courier. What came of the file beside them stands in the header: no receipt can say what was not
// looked at. `dga bundle import` and the courier's page read it out.
Response take_in(Context const& context, Request const& request, Parts const&) {
  auto taken = receive_bundle(context, request.body);
  if (!taken.ok()) {
    base::log(base::LogLevel::kWarning, "bundle.refused", {{"code", taken.error().code}});
    return error_answer(taken.error());
  }
  auto response = octets_answer(std::move(taken->answer));
  response.headers["Dga-Bundle"] = bundle_header(*taken);
  return response;
}

Response check(Context const& context, Request const& request, Parts const&) {
  auto const checked = check_bundle(context, request.body);
  return checked.ok() ? json_answer(check_json(*checked)) : error_answer(checked.error());
}

}  // namespace

std::vector<Route> bundle_routes() {
  return {
      {"POST", "/api/v1/bundles", Asker::kAnyone, BodyKind::kOctets, protocol::kMostBundleBytes, take_in},
      {"POST", "/api/v1/bundles/check", Asker::kCoordinator, BodyKind::kOctets, protocol::kMostBundleBytes, check},
  };
}

}  // namespace dga::centre
