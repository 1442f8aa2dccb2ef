#include "sync/agent/answer.h"

#include <string>
#include <utility>

namespace dga::agent {
namespace {

bool is_a_page(Reply const& reply) {
  auto const first = reply.body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return reply.content_type.starts_with("text/html") || (first != base::Bytes::npos && reply.body[first] == '<');
}

// The centre itself says so, so it is one: it has no such road yet. Its word is not signed; it only chooses a sentence.
bool is_without_route(Reply const& reply) { return reply.body.find("\"http.no_route\"") != base::Bytes::npos; }

bool is_from_a_portal(Reply const& reply) {
  constexpr int kNetworkAuthenticationRequired = 511;
  bool const redirect = reply.status >= 300 && reply.status < 400;
  bool const page = reply.status >= 200 && reply.status < 300 && is_a_page(reply);
  return redirect || page || reply.status == kNetworkAuthenticationRequired;
}

}  // namespace

base::Error problem_of(Reply const& reply) {
  auto const status = std::to_string(reply.status);
  if (is_from_a_portal(reply))
    return base::unreachable("sync.portal", "asked the centre and got somebody else's page (status " + status + ")",
                             "log in to this network in a browser, or choose another network");
  if (reply.status == 403)
    return base::refused("sync.forbidden", "asked the centre and it does not serve this kiosk (403)",
                         "ask the coordinator whether the kiosk is confirmed, assigned to a class and not revoked");
  if (reply.status == 404 && is_without_route(reply))
    return base::refused("sync.centre_too_old", "asked the centre in a way that it does not know yet (404)",
                         "bring the centre's software up to date");
  if (reply.status == 404 && !is_a_page(reply))
    return base::refused("sync.unknown_device", "asked the centre and it does not know this kiosk (404)",
                         "enrol the kiosk again");
  if (reply.status == 413)
    return base::refused("sync.too_large", "sent a batch that is too large for the centre (413)",
                         "raise the limit of what stands in front of the centre");
  if (reply.status == 429 || reply.status == 503)
    return base::unreachable("sync.busy", "asked the centre and it is busy (" + status + ")",
                             "nothing; the kiosk tries again by itself");
  if (reply.status >= 500)
    return base::unreachable("sync.centre_failed", "asked the centre and it failed (" + status + ")",
                             "nothing; the kiosk tries again by itself");
  if (reply.status >= 400 && reply.status != 404)
    return base::refused("sync.refused", "asked the centre and it refused the request (" + status + ")",
                         "compare the versions of kiosk and centre");
  return base::unreachable("sync.no_answer",
                           "asked the centre and got something that is no answer of its (status " + status + ")",
                           "check that the address is the centre's");
}

Answer read_answer(Reply const& reply, crypto::SigningPublic const& centre) {
  using Meaning = Answer::Meaning;
  auto receipt = protocol::verify_receipt(reply.body, centre);
  if (receipt.ok()) return {Meaning::kReceipt, std::move(receipt).value(), {}};
  if (reply.status == 413) return {Meaning::kTooLarge, {}, problem_of(reply)};
  if (auto problem = problem_of(reply); problem.code == "sync.unknown_device")
    return {Meaning::kUnknownDevice, {}, std::move(problem)};
  // A receipt of another centre, or of a newer one, is worth its own word; all else is told by its status.
  if (receipt.error().code != "receipt.malformed") return {Meaning::kFailure, {}, receipt.error()};
  return {Meaning::kFailure, {}, problem_of(reply)};
}

}  // namespace dga::agent
