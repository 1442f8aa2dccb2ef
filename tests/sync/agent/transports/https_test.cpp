#include "sync/agent/transports/https.h"

#include "tests/sync/agent/transports/loopback_server.h"

using namespace dga;
using namespace dga::agent;
using namespace std::chrono_literals;
using test_agent::Connection;
using test_agent::LoopbackServer;

namespace {

std::unique_ptr<Transport> transport_to(std::string const& address, std::chrono::milliseconds patience = 5s) {
  set_up_network_threads();
  HttpsOptions options;
  options.patience = patience;
  auto transport = https_transport(address, options);
  REQUIRE(transport.ok());
  return std::move(transport).value();
}
std::string reply_of(std::string const& body, std::string const& status = "200 OK", std::string const& headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Type:application/octet-stream\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
// A server that answers every request on every connection in the same way.
auto always(std::string reply) {
  return [reply = std::move(reply)](Connection& connection) {
    while (!connection.read_request().empty())
      if (!connection.say(reply)) return;
  };
}
Request request_with(base::Bytes body, std::string path = "/api/v1/logs/00/head") {
  Request request;
  request.path = std::move(path);
  request.body = std::move(body);
  return request;
}
base::Result<Reply> ask(Transport& transport, Request const& request = request_with("question")) {
  return transport.exchange(request, {});
}

}  // namespace

TEST_CASE("what the centre says of a courier's file comes with its receipts, and other headers do not") {
  // By what was sent: the client may take another connection for its second request.
  LoopbackServer server([](Connection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();)
      connection.say(request.ends_with("first")
                         ? reply_of("receipts", "200 OK", "dga-bundle: batches=1 gave_up=1\r\nX-Other: 1\r\n")
                         : reply_of("receipts"));
  });
  auto const transport = transport_to(server.address());
  CHECK(ask(*transport, request_with("first", "/api/v1/bundles"))->bundle_header == "batches=1 gave_up=1");
  CHECK(ask(*transport, request_with("second", "/api/v1/bundles"))->bundle_header.empty());
}

TEST_CASE("octets go out and come back unchanged") {
  base::Bytes octets;
  for (int i = 0; i < 100'000; ++i) octets += static_cast<char>(i * 7);
  std::string received;
  LoopbackServer server([&](Connection& connection) {
    received = connection.read_request();
    connection.say(reply_of(octets));
  });
  auto const transport = transport_to(server.address());
  Request request = request_with(octets, "/api/v1/logs/ab/batches");
  request.bearer = "token";
  auto const reply = ask(*transport, request);
  REQUIRE(reply.ok());
  CHECK(reply->status == 200);
  CHECK(reply->content_type == "application/octet-stream");
  CHECK(reply->body == octets);
  CHECK(received.starts_with("POST /api/v1/logs/ab/batches HTTP/1.1\r\n"));
  CHECK(received.find("\r\nAuthorization:Bearer token\r\n") != std::string::npos);
  CHECK(received.find("\r\nContent-Type:application/octet-stream\r\n") != std::string::npos);
  CHECK(received.substr(received.find("\r\n\r\n") + 4) == octets);
}

TEST_CASE("the connection is kept alive from one exchange to the next") {
  LoopbackServer server(always(reply_of("answer")));
  auto const transport = transport_to(server.address());
  for (int i = 0; i < 20; ++i) REQUIRE(ask(*transport).ok());
  CHECK(server.connections() <=
        2);  // cpprestsdk may still be putting the first one away when the second exchange begins
}

TEST_CASE("a connection that the centre closed meanwhile is opened anew") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.say(reply_of("answer"));
  });
  auto const transport = transport_to(server.address());
  for (int i = 0; i < 3; ++i) {
    auto const reply = ask(*transport);
    REQUIRE(reply.ok());
    CHECK(reply->body == "answer");
  }
}

TEST_CASE("a connection that breaks under a long request is opened anew when it had worked before") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.say(reply_of("answer"));
  });
  auto const transport = transport_to(server.address());
  for (int i = 0; i < 10; ++i) {
    auto const reply = ask(*transport, request_with(base::Bytes(1024 * 1024, 'b')));
    REQUIRE(reply.ok());
    CHECK(reply->body == "answer");
  }
}

TEST_CASE("this machine is reached by each of its names") {
  LoopbackServer server(always(reply_of("answer")));
  for (auto const* host : {"127.0.0.1", "localhost", "[::1]"}) {
    CAPTURE(host);
    auto const reply = ask(*transport_to("http://" + std::string(host) + ":" + std::to_string(server.port())));
    REQUIRE(reply.ok());
    CHECK(reply->body == "answer");
  }
}

TEST_CASE("a redirect is a reply like any other and is not followed") {
  LoopbackServer other(always(reply_of("you were led here")));
  LoopbackServer server(always(reply_of("", "302 Found", "Location: " + other.address() + "/login\r\n")));
  auto const transport = transport_to(server.address());
  auto const reply = ask(*transport);
  REQUIRE(reply.ok());
  CHECK(reply->status == 302);
  CHECK(other.connections() == 0);
}

TEST_CASE("a status of any kind is a reply with its body and its Retry-After") {
  LoopbackServer server(always(reply_of("busy", "503 Service Unavailable", "Retry-After: 120\r\n")));
  auto const transport = transport_to(server.address());
  auto const reply = ask(*transport);
  REQUIRE(reply.ok());
  CHECK(reply->status == 503);
  CHECK(reply->body == "busy");
  CHECK(reply->retry_after == 120s);
}

TEST_CASE("Retry-After may be a date and is measured by the reply's own clock") {
  LoopbackServer server(
      always(reply_of("", "429 Too Many Requests",
                      "Date: Tue, 12 Nov 2024 08:00:00 GMT\r\nRetry-After: Tue, 12 Nov 2024 08:01:30 GMT\r\n")));
  auto const transport = transport_to(server.address());
  CHECK(ask(*transport)->retry_after == 90s);
  LoopbackServer odd(always(reply_of("", "429 Too Many Requests", "Retry-After: soon\r\n")));
  CHECK(ask(*transport_to(odd.address()))->retry_after == std::nullopt);
}

TEST_CASE("a reply without a body is a reply") {
  LoopbackServer server(always("HTTP/1.1 304 Not Modified\r\n\r\n"));
  auto const transport = transport_to(server.address());
  CHECK(ask(*transport)->status == 304);
  CHECK(ask(*transport)->body.empty());
}

TEST_CASE("a reply that is larger than any of the centre's is given up while it comes") {
  std::atomic<std::size_t> said = 0;
  auto const flood = [&](std::string const& headers, bool chunked) {
    return [&said, headers, chunked](Connection& connection) {
      connection.read_request();
      connection.say("HTTP/1.1 200 OK\r\n" + headers + "\r\n");
      std::string const block(64 * 1024, 'x');
      std::string const piece = chunked ? "10000\r\n" + block + "\r\n" : block;
      while (said < 300'000'000 && connection.say(piece)) said += block.size();
    };
  };
  for (auto const& [headers, chunked] : {std::pair<std::string, bool>{"Content-Length: 300000000\r\n", false},
                                         {"Connection: close\r\n", false},
                                         {"Transfer-Encoding: chunked\r\n", true}}) {
    CAPTURE(headers);
    said = 0;
    LoopbackServer server(flood(headers, chunked));
    CHECK(ask(*transport_to(server.address())).error().code == "net.too_large");
    CHECK(said < 20'000'000);
  }
}

TEST_CASE("a pack may be larger than other replies") {
  LoopbackServer server(always(reply_of(std::string(9 * 1024 * 1024, 'p'))));
  auto const transport = transport_to(server.address());
  CHECK(ask(*transport).error().code == "net.too_large");
  auto const pack = ask(*transport, request_with("query", "/api/v1/packs"));
  REQUIRE(pack.ok());
  CHECK(pack->body.size() == 9 * 1024 * 1024);
}

TEST_CASE("nobody there and a name that nobody knows are told apart") {
  int port = 0;
  {
    LoopbackServer gone(always(""));
    port = gone.port();
  }
  CHECK(ask(*transport_to("http://127.0.0.1:" + std::to_string(port))).error().code == "net.refused");
  auto const unknown = ask(*transport_to("https://centre.invalid"));
  CHECK(unknown.error().code == "net.no_dns");
  CHECK(unknown.error().fault == base::Fault::kUnreachable);
}

TEST_CASE("a reply cut anywhere is a failure and never a shorter reply") {
  std::string const whole = reply_of("answer");
  std::atomic<std::size_t> size = 0;
  LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    connection.say(std::string_view(whole).substr(0, size));
  });
  for (size = 0; size < whole.size(); size += 7) {
    CAPTURE(size.load());
    auto const reply = ask(*transport_to(server.address()));
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.error().code == "net.failed");
  }
}

TEST_CASE("what is no HTTP at all is a failure") {
  LoopbackServer server(always("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  CHECK(ask(*transport_to(server.address())).error().code == "net.failed");
}

TEST_CASE("a centre that says nothing is waited for no longer than the patience") {
  LoopbackServer server([](Connection& connection) { connection.wait_for_end(); });
  auto const begin = std::chrono::steady_clock::now();
  CHECK(ask(*transport_to(server.address(), 300ms)).error().code == "net.timeout");
  CHECK(std::chrono::steady_clock::now() - begin < 3s);
}

TEST_CASE("a centre that says one octet at a time is not waited for beyond the patience") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (connection.say("x")) connection.pause(50);
  });
  auto const begin = std::chrono::steady_clock::now();
  CHECK(ask(*transport_to(server.address(), 400ms)).error().code == "net.timeout");
  CHECK(std::chrono::steady_clock::now() - begin < 3s);
}

TEST_CASE("a stop ends an exchange that is under way") {
  std::stop_source stop;
  LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    stop.request_stop();
    connection.wait_for_end();
  });
  auto const transport = transport_to(server.address(), 30s);
  CHECK(transport->exchange(request_with("question"), stop.get_token()).error().code == "net.stopped");
}

TEST_CASE("after a failure the next exchange begins afresh") {
  std::atomic<int> turn = 0;
  LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    if (turn++ == 0) return connection.wait_for_end();
    connection.say(reply_of("answer"));
  });
  auto const transport = transport_to(server.address(), 300ms);
  CHECK(ask(*transport).error().code == "net.timeout");
  auto const reply = ask(*transport);
  REQUIRE(reply.ok());
  CHECK(reply->body == "answer");
}

TEST_CASE("a certificate that is not to be trusted is never talked past") {
  // What answers speaks no TLS at all, as a portal's page on port 443 may.
  LoopbackServer server([](Connection& connection) {
    connection.say("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.wait_for_end();
  });
  CHECK(ask(*transport_to("https://127.0.0.1:" + std::to_string(server.port()))).error().code == "net.certificate");
}
