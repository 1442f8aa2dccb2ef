#include "sync/centre/router.h"

#include <optional>

#include "shared/crypto/hash.h"
#include "sync/centre/answers.h"

namespace dga::centre {
namespace {

// The parts that stand for {}, or nothing where the path is another one.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> parts;
  while (true) {
    auto const hole = pattern.find("{}");
    if (hole == std::string_view::npos) return pattern == path ? std::optional(std::move(parts)) : std::nullopt;
    if (path.substr(0, hole) != pattern.substr(0, hole) || path.size() <= hole) return std::nullopt;
    path.remove_prefix(hole);
    pattern.remove_prefix(hole + 2);
    auto const end = std::min(path.find('/'), path.size());
    if (end == 0) return std::nullopt;
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
}

bool content_fits(BodyKind kind, std::string_view type) {
  if (type.empty()) return true;  // said nothing: the body speaks for itself
  type = type.substr(0, type.find(';'));
  switch (kind) {
    case BodyKind::kNone: return true;
    case BodyKind::kOctets: return type == "application/octet-stream";
    case BodyKind::kJson: return type == "application/json";
    case BodyKind::kCsv:
      return type.starts_with("text/") || type == "application/octet-stream" || type == "application/csv";
  }
  return false;
}

std::string_view name_of(BodyKind kind) {
  switch (kind) {
    case BodyKind::kNone: return "nothing";
    case BodyKind::kOctets: return "application/octet-stream";
    case BodyKind::kJson: return "application/json";
    case BodyKind::kCsv: return "text/csv";
  }
  return "nothing";
}

Response no_route(std::string const& allowed) {
  if (allowed.empty())
    return error_answer(base::refused("http.no_route", "there is nothing under this address", "Check the address"));
  auto response = error_answer(base::usage("http.method", "this address takes other methods", "Use " + allowed));
  response.headers["Allow"] = allowed;
  return response;
}

}  // namespace

Response Router::answer(Context const& context, Request const& request, std::string_view admin_token) const {
  std::string allowed;
  for (auto const& route : routes_) {
    auto const parts = match(route.path, request.path);
    if (!parts) continue;
    if (route.method != request.method) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    if (route.asker == Asker::kCoordinator && !crypto::same(request.bearer, admin_token))
      return error_answer(base::refused("http.token", "this needs the coordinator's token",
                                        "Send the content of admin.token as \"Authorization: Bearer ...\""));
    if (request.body.size() > route.most_body_bytes)
      return error_answer(
          base::refused("http.too_large", "the body is larger than this address takes", "Send less at a time"));
    if (!content_fits(route.body, request.content_type))
      return error_answer(base::usage("http.content_type", "this address takes " + std::string(name_of(route.body)),
                                      "Set the Content-Type"));
    return route.answer(context, request, *parts);
  }
  return no_route(allowed);
}

std::size_t Router::most_body_bytes(std::string_view method, std::string_view path) const {
  for (auto const& route : routes_)
    if (route.method == method && match(route.path, path)) return route.most_body_bytes;
  return 0;
}

}  // namespace dga::centre
