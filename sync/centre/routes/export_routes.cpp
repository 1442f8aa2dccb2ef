#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "sync/centre/answers.h"
#include "sync/centre/classes/classes.h"
#include "sync/centre/projection/export.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {
namespace {

using base::Result;
using Parts = std::vector<std::string>;

// The server's answers and the store's turns stay short, and a client takes answers of 8 MiB. A line longer than these
// 4 MiB is a page of its own and stays below that: a record of 1 MiB (a batch's most) of a text that is all control
// characters has six letters for each and four for three in base64, together 7.7 MB.
constexpr PageSize kMostOfAPage{20'000, 4 * 1024 * 1024};

// ?page=N: at most N lines; behind them, where there is more, one line {"next":"..."} for ?after=.
Result<std::optional<PageSize>> page_in(Request const& request) {
  auto const found = request.query.find("page");
  if (found == request.query.end()) return std::optional<PageSize>{};
  std::size_t lines = 0;
  auto const& text = found->second;
  auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), lines);
  if (problem != std::errc() || end != text.data() + text.size() || lines == 0)
    return base::usage("http.query", "page is no number of lines", "Write a number from 1");
  return std::optional(PageSize{std::min(lines, kMostOfAPage.lines), kMostOfAPage.bytes});
}

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
                         "Write LOG.BRANCH.SEQ as in the last line that came, or what next says with ?page=");
  }
  TRY(auto const asked, page_in(request));
  TRY(auto page, export_records(context, class_id, after, asked.value_or(kMostOfAPage)));
  // An empty list would pass for a class without records. Those that name a class which is not known here are given.
  if (class_id && !after && page.lines.empty() && !page.next) TRY_DO(load_class(context, *class_id));
  if (asked && page.next) page.lines += nlohmann::ordered_json{{"next", export_place_text(*page.next)}}.dump() + '\n';
  return text_answer(std::move(page.lines), "application/jsonl; charset=utf-8");
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
