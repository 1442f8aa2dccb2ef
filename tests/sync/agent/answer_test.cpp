#include "sync/agent/answer.h"

#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using Meaning = Answer::Meaning;

namespace {

std::string problem(int status, std::string content_type = "", base::Bytes body = "") {
  return problem_of({status, std::move(content_type), std::move(body), {}}).code;
}

}  // namespace

TEST_CASE("a page and a redirect are a portal's and nothing of the centre's") {
  CHECK(problem_of(test_agent::page()).code == "sync.portal");
  CHECK(problem(200, "application/octet-stream", "\n <html>") == "sync.portal");
  CHECK(problem(302) == "sync.portal");
  CHECK(problem(511, "text/html", "<html>") == "sync.portal");
  CHECK(problem_of(test_agent::page()).fault == base::Fault::kUnreachable);
}

TEST_CASE("each status without a receipt has its own problem") {
  CHECK(problem(200, "application/octet-stream", "\x01\x02") == "sync.no_answer");
  CHECK(problem(403) == "sync.forbidden");
  CHECK(problem(404, "application/json", R"({"error":"head.unknown_device"})") == "sync.unknown_device");
  CHECK(problem(404) == "sync.unknown_device");
  CHECK(problem(404, "application/json", R"({"error":"http.no_route"})") == "sync.centre_too_old");
  CHECK(problem(404, "text/html", "<html>Not Found</html>") == "sync.no_answer");  // some web server
  CHECK(problem(413, "text/html", "<html>") == "sync.too_large");
  CHECK(problem(429) == "sync.busy");
  CHECK(problem(503, "text/html", "<html>") == "sync.busy");
  CHECK(problem(502, "text/html", "<html>") == "sync.centre_failed");
  CHECK(problem(400) == "sync.refused");
}

TEST_CASE("a receipt counts whatever its status and a status never counts as a receipt") {
  test_agent::World world;
  v1::Receipt receipt;
  receipt.set_version(1);
  receipt.set_device_id(base::Bytes(16, 'd'));
  receipt.set_log_id(base::Bytes(16, 'l'));
  auto const bytes = protocol::sign_receipt(receipt, world.centre.key);
  CHECK(read_answer({409, "", bytes, {}}, world.centre.key.public_key()).meaning == Meaning::kReceipt);
  CHECK(read_answer({200, "", "", {}}, world.centre.key.public_key()).meaning == Meaning::kFailure);
  CHECK(read_answer({413, "", "", {}}, world.centre.key.public_key()).meaning == Meaning::kTooLarge);
  CHECK(read_answer({404, "", "", {}}, world.centre.key.public_key()).meaning == Meaning::kUnknownDevice);
  CHECK(read_answer({404, "text/html", "<html>", {}}, world.centre.key.public_key()).meaning == Meaning::kFailure);
  auto const other = read_answer({200, "", bytes, {}}, world.centre.root.public_key());
  CHECK(other.meaning == Meaning::kFailure);
  CHECK(other.problem.code == "receipt.bad_signature");
}
