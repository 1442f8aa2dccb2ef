#include <memory>
#include <nlohmann/json.hpp>

#include "shared/base/assets.h"
#include "shared/base/log.h"
#include "shared/text/qr_code.h"
#include "shared/text/web_page.h"
#include "sync/centre/answers.h"
#include "sync/centre/ingest/receipt_codes.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

using base::Result;
using nlohmann::ordered_json;

namespace {

using Parts = std::vector<std::string>;
using Pages = std::shared_ptr<Result<text::WebPages> const>;

// Receipts, and class packs of some 30 kB, of a hundred kiosks.
constexpr std::size_t kReceiptsBytes = 8 * 1024 * 1024;
constexpr char kContentPolicy[] =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'";

Response web_answer(std::string body, std::string type) {
  auto response = text_answer(std::move(body), std::move(type), 200);
  response.headers["Content-Security-Policy"] = kContentPolicy;
  response.headers["Referrer-Policy"] = "no-referrer";
  response.headers["X-Content-Type-Options"] = "nosniff";
  return response;
}

Response page(Pages const& pages, Request const& request) {
  if (!pages->ok()) return error_answer(pages->error(), 503);
  auto const chosen = request.query.find("lang");
  auto const language = text::web_language(
      chosen == request.query.end() ? std::string_view() : std::string_view(chosen->second), request.accept_language);
  bool const english = language == text::WebLanguage::kEnglish;
  constexpr char kCurrent[] = "aria-current=page";  // without quotes: what is put in is written as text
  auto written = (*pages)->page("courier", language,
                                {{"lang", std::string(text::code_of(language))},
                                 {"vi_current", english ? "" : kCurrent},
                                 {"en_current", english ? kCurrent : ""}});
  if (!written.ok()) return error_answer(written.error(), 503);
  auto response = web_answer(std::move(written).value(), "text/html; charset=utf-8");
  response.headers["Content-Language"] = text::code_of(language);
  response.headers["Vary"] = "Accept-Language";
  return response;
}

Response file(Pages const& pages, char const* name, char const* type) {
  if (!pages->ok()) return error_answer(pages->error(), 503);
  return web_answer(std::string((*pages)->file(name)), type);
}

char const* refusal(v1::Refused refused) {
  switch (static_cast<int>(refused)) {
    case v1::RESEAL: return "reseal";
    case v1::VERSION: return "version";
    default: return "";  // what a newer centre may have signed
  }
}

Result<Response> codes(Context const& context, Request const& request) {
  TRY(auto const found, receipt_codes(context, request.body));
  ordered_json receipts = ordered_json::array();
  for (auto const& [receipt, kiosk, missing_from, digits] : found) {
    TRY(auto const code, text::QrCode::of(digits));
    receipts.push_back({{"kiosk", kiosk},
                        {"device", base::to_hex(receipt.device_id())},
                        {"log", base::to_hex(receipt.log_id())},
                        {"received_through", receipt.received_through()},
                        {"durable_through", receipt.durable_through()},
                        {"quarantined", receipt.quarantined_total()},
                        {"missing_from", missing_from},
                        {"fork_at", receipt.fork_at()},
                        {"revoked", receipt.revoked()},
                        {"refused", refusal(receipt.refused())},
                        {"digits", digits},
                        {"svg", text::qr_svg(code, kiosk)}});
  }
  return json_answer({{"receipts", std::move(receipts)}});
}

}  // namespace

std::vector<Route> courier_routes() {
  auto const load = [] {
    auto const folder = base::asset("web");
    return folder.ok() ? text::WebPages::load(*folder) : Result<text::WebPages>(folder.error());
  };
  auto const pages = std::make_shared<Result<text::WebPages> const>(load());
  if (!pages->ok()) base::log(base::LogLevel::kError, "web.not_served", {{"what", base::describe(pages->error())}});
  auto const asset = [pages](char const* name, char const* type) {
    return [pages, name, type](Context const&, Request const&, Parts const&) { return file(pages, name, type); };
  };
  return {
      {"GET", "/courier", Asker::kAnyone, BodyKind::kNone, 0,
       [pages](Context const&, Request const& request, Parts const&) { return page(pages, request); }},
      {"GET", "/page.css", Asker::kAnyone, BodyKind::kNone, 0, asset("page.css", "text/css; charset=utf-8")},
      {"GET", "/courier.js", Asker::kAnyone, BodyKind::kNone, 0, asset("courier.js", "text/javascript; charset=utf-8")},
      {"POST", "/api/v1/bundles/codes", Asker::kAnyone, BodyKind::kOctets, kReceiptsBytes,
       [](Context const& context, Request const& request, Parts const&) {
         auto answer = codes(context, request);
         return answer.ok() ? std::move(answer).value() : error_answer(answer.error());
       }},
  };
}

}  // namespace dga::centre
