#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/centre/context.h"
#include "sync/centre/http.h"

namespace dga::centre {

// Who may ask: anyone, a device (what it sends is signed), or whoever shows the coordinator's token.
enum class Asker { kAnyone, kDevice, kCoordinator };
// What a body may be. Where a route takes none, one that comes is not looked at.
enum class BodyKind { kNone, kOctets, kJson, kCsv };

// One address. `path`: "/api/v1/classes/{}/roster"; each {} is one part, handed to `answer` in order.
struct Route {
  std::string_view method;
  std::string_view path;
  Asker asker;
  BodyKind body;
  std::size_t most_body_bytes;
  std::function<Response(Context const&, Request const&, std::vector<std::string> const& parts)> answer;
};

// Finds the route of a request, and refuses what fits none: 404, 405 with Allow, 401, 415, 413.
class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}
  [[nodiscard]] Response answer(Context const& context, Request const& request, std::string_view admin_token) const;
  // 0 where there is no such route.
  [[nodiscard]] std::size_t most_body_bytes(std::string_view method, std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace dga::centre
