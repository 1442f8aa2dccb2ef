#include <nlohmann/json.hpp>

#include "sync/centre/answers.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

std::vector<Route> health_routes() {
  using Parts = std::vector<std::string>;
  return {
      {"GET", "/healthz", Asker::kAnyone, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) {
         return json_answer({{"status", "ok"}, {"instance", context.instance}});
       }},
      {"GET", "/readyz", Asker::kAnyone, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) {
         auto const probed = context.store.probe();
         return probed.ok() ? json_answer({{"status", "ready"}}) : error_answer(probed.error(), 503);
       }},
  };
}

}  // namespace dga::centre
