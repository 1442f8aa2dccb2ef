#include "sync/centre/answers.h"
#include "sync/centre/projection/export.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {
namespace {

using base::Result;
using Parts = std::vector<std::string>;

// At some 500 bytes a line 10 MB; the server's answers and the store's turns stay short.
constexpr std::size_t kMostLines = 20'000;

Result<Response> records(Context const& context, Request const& request) {
  std::optional<std::uint64_t> class_id;
  std::optional<ExportPlace> after;
  if (auto const found = request.query.find("class"); found != request.query.end()) {
    TRY(class_id, class_number(found->second));
  }
  if (auto const found = request.query.find("after"); found != request.query.end()) {
    after = read_export_place(found->second);
    if (!after)
      return base::usage("http.query", "after names no place in the export",
                         "Write LOG.BRANCH.SEQ as in the last line that came");
  }
  TRY(auto lines, export_records(context, class_id, after, kMostLines));
  return text_answer(std::move(lines), "application/jsonl; charset=utf-8");
}

}  // namespace

std::vector<Route> export_routes() {
  return {
      {"GET", "/api/v1/records", Asker::kCoordinator, BodyKind::kNone, 0,
       [](Context const& context, Request const& request, Parts const&) {
         auto answer = records(context, request);
         return answer.ok() ? std::move(answer).value() : error_answer(answer.error());
       }},
  };
}

}  // namespace dga::centre
