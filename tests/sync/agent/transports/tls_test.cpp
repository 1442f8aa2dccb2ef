#include "sync/agent/transports/https.h"
#include "tests/support/store_scratch.h"
#include "tests/sync/agent/transports/tls_server.h"

using namespace dga;
using namespace dga::agent;
using namespace std::chrono_literals;
using test_agent::Certificate;
using test_agent::LoopbackServer;
using test_agent::TlsAnswer;

namespace {

constexpr long kHour = 3600;
constexpr char kReply[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer";

// What comes of asking a server that shows `shown`, when `believed` is an authority.
base::Result<Reply> ask(Certificate const& shown, Certificate const& believed, std::string const& host) {
  test::StoreScratch scratch;
  believed.write(scratch / "authorities.pem");
  auto const tls = std::make_shared<TlsAnswer>(shown, kReply);
  LoopbackServer server([tls](test_agent::Connection& connection) { (*tls)(connection); });
  set_up_network_threads();
  HttpsOptions options;
  options.authorities = scratch / "authorities.pem";
  options.patience = 5s;
  auto const transport = https_transport("https://" + host + ":" + std::to_string(server.port()), options);
  REQUIRE(transport.ok());
  Request request;
  request.path = "/api/v1/logs/00/head";
  return (*transport)->exchange(request, {});
}

}  // namespace

TEST_CASE("a certificate of a believed authority for this very name is trusted") {
  Certificate const certificate("DNS:localhost,IP:127.0.0.1", -kHour, kHour);
  auto const by_name = ask(certificate, certificate, "localhost");
  REQUIRE(by_name.ok());
  CHECK(by_name->body == "answer");
  CHECK(ask(certificate, certificate, "127.0.0.1").ok());
}

TEST_CASE("a certificate of nobody whom this machine believes is refused") {
  Certificate const certificate("DNS:localhost", -kHour, kHour), other("DNS:localhost", -kHour, kHour);
  CHECK(ask(certificate, other, "localhost").error().code == "net.certificate");
}

TEST_CASE("a certificate for another name is refused") {
  Certificate const certificate("DNS:centre.example.org", -kHour, kHour);
  CHECK(ask(certificate, certificate, "localhost").error().code == "net.certificate");
}

TEST_CASE("a certificate that has expired is refused") {
  Certificate const certificate("DNS:localhost", -2 * kHour, -kHour);
  CHECK(ask(certificate, certificate, "localhost").error().code == "net.certificate");
}
