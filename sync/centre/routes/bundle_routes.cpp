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

// Receipts for the courier; the numbers beside them are for a person who carries and cannot read receipts.
Response take_in(Context const& context, Request const& request, Parts const&) {
  auto taken = receive_bundle(context, request.body);
  if (!taken.ok()) {
    base::log(base::LogLevel::kWarning, "bundle.refused", {{"code", taken.error().code}});
    return error_answer(taken.error());
  }
  auto response = octets_answer(std::move(taken->answer));
  response.headers["Dga-Bundle"] =
      "batches=" + std::to_string(taken->batches) + " questions=" + std::to_string(taken->questions) +
      " refused=" + std::to_string(taken->refused) + " damages=" + std::to_string(taken->damages) +
      " cut=" + (taken->cut ? "1" : "0") + " gave_up=" + (taken->gave_up ? "1" : "0") +
      " packs_too_large=" + std::to_string(taken->packs_too_large);
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
