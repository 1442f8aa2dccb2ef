#include "sync/agent/transports/courier_site.h"

#include <fmt/format.h>

#include <charconv>

#include "shared/base/log.h"
#include "shared/crypto/hash.h"

namespace dga::agent {
namespace {

constexpr std::string_view kContentPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'";

CourierAnswer answer_of(int status, std::string type, std::string body = {}) {
  CourierAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  answer.headers = {{"Content-Type", std::move(type)},
                    {"Content-Security-Policy", std::string(kContentPolicy)},
                    {"Cache-Control", "no-store"},
                    {"Referrer-Policy", "no-referrer"},
                    {"X-Content-Type-Options", "nosniff"}};
  return answer;
}

struct Stretch {
  std::size_t from = 0, size = 0;
};
enum class RangeKind { kNone, kPart, kOutside };

std::optional<std::size_t> number_in(std::string_view digits) {
  std::size_t number = 0;
  auto const [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// RFC 9110, 14.2: one stretch of bytes. What is no range, or is several, is not looked at.
RangeKind range_of(std::string_view text, std::size_t size, Stretch& stretch) {
  stretch = {0, size};
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return RangeKind::kNone;
  text.remove_prefix(kUnit.size());
  auto const dash = text.find('-');
  if (dash == std::string_view::npos) return RangeKind::kNone;
  auto const first = text.substr(0, dash), last = text.substr(dash + 1);
  auto const from = number_in(first), to = number_in(last);
  if (first.empty()) {
    if (!to) return RangeKind::kNone;
    if (*to == 0) return RangeKind::kOutside;
    stretch.from = size - std::min(*to, size);
    stretch.size = size - stretch.from;
    return RangeKind::kPart;
  }
  if (!from || (!last.empty() && (!to || *to < *from))) return RangeKind::kNone;
  if (*from >= size) return RangeKind::kOutside;
  stretch.from = *from;
  stretch.size = (to ? std::min(*to, size - 1) : size - 1) - *from + 1;
  return RangeKind::kPart;
}

constexpr char kCurrent[] = "aria-current=page";  // without quotes: what is put in is written as text

// 1240 as "1.240", "1,240".
std::string counted(std::uint64_t number, text::WebLanguage language) {
  auto digits = fmt::format("{}", number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, language == text::WebLanguage::kEnglish ? ',' : '.');
  return digits;
}

// "22 kB" as people read it; decimal points stay out of it, so that both languages agree.
std::string size_text(std::size_t bytes) {
  return bytes < 1'000'000 ? fmt::format("{} kB", (bytes + 999) / 1000)
                           : fmt::format("{} MB", (bytes + 999'999) / 1'000'000);
}

}  // namespace

CourierSite::CourierSite(CourierOffer offer, SettleReceipts settle, text::WebPages const& pages,
                         base::Clock const& clock, base::Random& random)
    : offer_(std::move(offer)),
      settle_(std::move(settle)),
      pages_(&pages),
      clock_(&clock),
      token_(random.draw<base::RequestNonce>().hex()),
      tag_('"' + crypto::hash({offer_.bundle}).hex().substr(0, 32) + '"'),
      expires_ms_(clock.mono_ms() + kCourierTokenMs) {}

CourierAnswer CourierSite::not_found() { return answer_of(404, "text/plain; charset=utf-8", "404\n"); }
CourierAnswer CourierSite::too_large() { return answer_of(413, "application/json", R"({"error":"http.too_large"})"); }

std::optional<std::string_view> CourierSite::admitted(CourierRequest const& request) {
  auto path = request.path;
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  auto const end = std::min(path.find('/'), path.size());
  bool const right = crypto::same(path.substr(0, end), token_);
  if (!right || expired()) return std::nullopt;
  if (claimed_by_ && *claimed_by_ != request.peer) return std::nullopt;
  if (!claimed_by_) {
    claimed_by_ = std::string(request.peer);
    news_.claimed = true;
  }
  return path.substr(end);
}

CourierAnswer CourierSite::answer(CourierRequest const& request) {
  if (request.method != "GET" && request.method != "HEAD") return not_found();
  auto const rest = admitted(request);
  if (!rest) return not_found();
  if (rest->empty()) return page(request);
  auto const name = rest->substr(1);
  if (name == offer_.file_name) return bundle(request);
  if (name == "page.css") return file(name, "text/css; charset=utf-8");
  if (name == "phone.js") return file(name, "text/javascript; charset=utf-8");
  return not_found();
}

CourierAnswer CourierSite::page(CourierRequest const& request) const {
  auto const language = text::web_language(request.language, request.accept_language);
  bool const english = language == text::WebLanguage::kEnglish;
  auto const minutes = (expires_ms_ - std::min(expires_ms_, clock_->mono_ms()) + 59'999) / 60'000;
  auto const centre = offer_.centre_address.empty() ? std::string() : offer_.centre_address + "/courier";
  auto written = pages_->page("phone", language,
                              {{"lang", std::string(text::code_of(language))},
                               {"token", token_},
                               {"file", offer_.file_name},
                               {"kiosk", offer_.kiosk_name},
                               {"vi_current", english ? "" : kCurrent},
                               {"en_current", english ? kCurrent : ""},
                               {"centre_shown", centre.empty() ? "hidden" : ""},
                               {"centre_missing", centre.empty() ? "" : "hidden"},
                               {"records", counted(offer_.records, language)},
                               {"size", size_text(offer_.bundle.size())},
                               {"minutes", fmt::format("{}", minutes)},
                               {"centre", centre}});
  if (!written) {
    base::log(base::LogLevel::kError, "courier.page_failed", {{"what", base::describe(written.error())}});
    return answer_of(500, "text/plain; charset=utf-8", "500\n");
  }
  auto answer = answer_of(200, "text/html; charset=utf-8", std::move(written).value());
  answer.headers.emplace_back("Content-Language", text::code_of(language));
  return answer;
}

CourierAnswer CourierSite::file(std::string_view name, std::string type) const {
  return answer_of(200, std::move(type), std::string(pages_->file(name)));
}

CourierAnswer CourierSite::bundle(CourierRequest const& request) const {
  Stretch stretch;
  bool const same_file = request.if_range.empty() || request.if_range == tag_;
  auto const kind = range_of(same_file ? request.range : std::string_view(), offer_.bundle.size(), stretch);
  auto answer = answer_of(kind == RangeKind::kNone   ? 200
                          : kind == RangeKind::kPart ? 206
                                                     : 416,
                          "application/octet-stream");
  answer.headers.emplace_back("Accept-Ranges", "bytes");
  answer.headers.emplace_back("ETag", tag_);
  if (kind == RangeKind::kOutside) {
    answer.headers.emplace_back("Content-Range", fmt::format("bytes */{}", offer_.bundle.size()));
    return answer;
  }
  answer.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", offer_.file_name));
  if (kind == RangeKind::kPart)
    answer.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", stretch.from,
                                                             stretch.from + stretch.size - 1, offer_.bundle.size()));
  answer.part = base::ByteView(offer_.bundle).substr(stretch.from, stretch.size);
  answer.ends_bundle = request.method == "GET" && stretch.from + stretch.size == offer_.bundle.size();
  return answer;
}

bool CourierSite::takes_upload(CourierRequest const& request) {
  if (request.method != "POST") return false;
  auto const rest = admitted(request);
  return rest && *rest == "/receipts";
}

CourierAnswer CourierSite::upload(base::ByteView receipts) {
  auto const settled = settle_(receipts);
  if (!settled) {
    base::log(base::LogLevel::kWarning, "courier.receipts_refused", {{"code", settled.error().code}});
    return answer_of(settled.error().fault == base::Fault::kStorage ? 503 : 422, "application/json",
                     fmt::format(R"({{"error":"{}"}})", settled.error().code));
  }
  news_.settled = *settled;
  return answer_of(200, "application/json",
                   fmt::format(R"({{"received_through":{},"acknowledged":{},"waiting":{}}})", settled->received_through,
                               settled->acknowledged, settled->waiting));
}

}  // namespace dga::agent
