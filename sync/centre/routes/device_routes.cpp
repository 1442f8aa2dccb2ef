#include "shared/base/log.h"
#include "sync/centre/answers.h"
#include "sync/centre/classes/packs.h"
#include "sync/centre/devices/enrolment.h"
#include "sync/centre/devices/registry.h"
#include "sync/centre/ingest/batches.h"
#include "sync/centre/ingest/heads.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"
#include "sync/protocol/batch.h"

namespace dga::centre {
namespace {

using Parts = std::vector<std::string>;
constexpr std::size_t kSmallMessageBytes = 64 * 1024;

Response octets(char const* event, base::Result<base::Bytes> result) {
  if (result.ok()) return octets_answer(std::move(result).value());
  base::log(base::LogLevel::kWarning, event, {{"code", result.error().code}});
  return error_answer(result.error());
}

Response batch(Context const& context, Request const& request, Parts const& parts) {
  auto const log = log_in(parts[0]);
  if (!log.ok()) return error_answer(log.error());
  return octets("batch.refused", receive_batch(context, *log, request.body));
}

Response head(Context const& context, Request const& request, Parts const& parts) {
  auto const log = log_in(parts[0]);
  if (!log.ok()) return error_answer(log.error());
  return octets("head.refused", answer_head(context, *log, request.body));
}

Response pack(Context const& context, Request const& request, Parts const&) {
  auto answer = answer_pack_query(context, request.body);
  if (answer.ok() && !*answer) return empty_answer(304);
  if (!answer.ok()) return octets("pack.refused", answer.error());
  return octets_answer(std::move(**answer));
}

Response enrolment(Context const& context, Request const& request, Parts const&) {
  return octets("enrolment.refused", enrol(context, request.body));
}

}  // namespace

std::vector<Route> device_routes() {
  return {
      {"POST", "/api/v1/logs/{}/batches", Asker::kDevice, BodyKind::kOctets, protocol::kMostBatchBytes, batch},
      {"POST", "/api/v1/logs/{}/head", Asker::kDevice, BodyKind::kOctets, kSmallMessageBytes, head},
      {"POST", "/api/v1/packs", Asker::kDevice, BodyKind::kOctets, kSmallMessageBytes, pack},
      {"POST", "/api/v1/enrol", Asker::kDevice, BodyKind::kOctets, kSmallMessageBytes, enrolment},
      {"POST", "/api/v1/devices", Asker::kDevice, BodyKind::kOctets, kSmallMessageBytes,
       [](Context const& context, Request const& request, Parts const&) {
         auto const learned = learn_device(context, request.body);
         return learned.ok() ? empty_answer(204) : error_answer(learned.error());
       }},
  };
}

}  // namespace dga::centre
