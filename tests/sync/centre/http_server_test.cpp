#include "sync/centre/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;

namespace {

// A client that sends exactly the bytes it is told to.
class RawClient {
 public:
  explicit RawClient(std::string const& address) {
    auto const port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
  }
  ~RawClient() { ::close(socket_); }
  RawClient(RawClient const&) = delete;
  RawClient& operator=(RawClient const&) = delete;

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }
  // One whole answer, or what came of it before the other side closed.
  std::string receive() {
    std::string answer;
    char part[4096];
    for (;;) {
      auto const head = answer.find("\r\n\r\n");
      auto const length = answer.find("Content-Length: ");
      if (head != std::string::npos && length < head &&
          answer.size() >= head + 4 + std::stoul(answer.substr(length + 16)))
        return answer;
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 30'000) <= 0) return answer;
      auto const got = ::recv(socket_, part, sizeof part, 0);
      if (got <= 0) return answer;
      answer.append(part, static_cast<std::size_t>(got));
    }
  }
  bool answered_within(std::chrono::milliseconds patience) {
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
  }

 private:
  int socket_ = -1;
};

std::string head(std::string const& method, std::string const& path, std::string const& fields = {}) {
  return method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
}
std::string length_field(std::size_t bytes) { return "Content-Length: " + std::to_string(bytes) + "\r\n"; }
int status_in(std::string const& answer) { return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0; }
std::string body_in(std::string const& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

// This process's memory now, in bytes.
std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * 4096;
}

struct Served : House {
  Served() {
    static bool const once = (centre::set_up_http_threads(), true);
    (void)once;
    demo_class();
    roster(1, 5);
    start();
  }
  void start(centre::HttpLimits limits = {}) {
    server.reset();
    limits.drain_ms = 500;
    auto started = centre::HttpServer::start(
        *centre, clock, "127.0.0.1:" + std::to_string(centre::free_loopback_port().value()), limits);
    REQUIRE_MESSAGE(started.ok(), started.error().what);
    server = std::move(started).value();
  }
  std::string exchange(std::string const& bytes) {
    RawClient client(server->address());
    client.send(bytes);
    return client.receive();
  }
  std::string post_batch(Kiosk const& kiosk, std::string const& body) {
    return exchange(head("POST", "/api/v1/logs/" + kiosk.log().hex() + "/batches",
                         "Content-Type: application/octet-stream\r\n" + length_field(body.size())) +
                    body);
  }
  bool alive() { return status_in(exchange(head("GET", "/healthz"))) == 200; }
  std::unique_ptr<centre::HttpServer> server;
};

}  // namespace

TEST_CASE_FIXTURE(Served, "requests, queries and tokens arrive as they were sent") {
  CHECK(body_in(exchange(head("GET", "/healthz"))).starts_with("{\"status\":\"ok\",\"instance\":\""));
  CHECK(status_in(exchange(head("GET", "/api/v1/classes"))) == 401);
  auto const token = "Authorization: Bearer " + std::string(centre->admin_token()) + "\r\n";
  auto const classes = exchange(head("GET", "/api/v1/classes", token));
  CHECK(classes.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(nlohmann::json::parse(body_in(classes))["classes"][0]["class"] == 1);
  auto const at =
      exchange(head("GET", "/api/v1/classes/1/attendance?at=2024-11-12T18:00:00%2B07:00&format=json", token));
  CHECK(nlohmann::json::parse(body_in(at))["participants"][0]["standing"] == "cannot");
  // A plus sign in an address stands for itself: times carry one.
  CHECK(status_in(exchange(head("GET", "/api/v1/classes/1/attendance?at=2024-11-12T18:00:00+07:00", token))) == 200);
  CHECK(status_in(exchange(head("GET", "/nothing/here"))) == 404);
  CHECK(status_in(exchange(head("PUT", "/healthz", length_field(0)))) == 405);
  // A body that nobody asked for changes nothing about the answer.
  CHECK(status_in(exchange(head("POST", "/nothing/here", length_field(100'000)) + std::string(100'000, 'x'))) == 404);
  CHECK(status_in(exchange(head("GET", "/healthz", length_field(5)) + "hello")) == 200);
}

TEST_CASE_FIXTURE(Served, "a batch sent whole or in single octets is received") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  kiosk.check_in(1);
  auto const body = kiosk.batch(1, 2);
  auto const answer = post_batch(kiosk, body);
  CHECK(status_in(answer) == 200);
  auto const receipt = protocol::verify_receipt(body_in(answer), keys().signing.public_key());
  REQUIRE(receipt.ok());
  CHECK(receipt->received_through() == 2);

  RawClient slow(server->address());
  auto const request = head("POST", "/api/v1/logs/" + kiosk.log().hex() + "/batches", length_field(body.size())) + body;
  for (char const octet : request) REQUIRE(slow.send({&octet, 1}));
  CHECK(status_in(slow.receive()) == 200);
}

TEST_CASE_FIXTURE(Served, "a body in chunks is received, and one chunk too many is too large") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const body = kiosk.batch(1, 1);
  auto const chunked = head("POST", "/api/v1/logs/" + kiosk.log().hex() + "/batches", "Transfer-Encoding: chunked\r\n");
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", body.size());
  CHECK(status_in(exchange(chunked + size + body + "\r\n0\r\n\r\n")) == 200);

  RawClient client(server->address());
  client.send(chunked);
  std::string const chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  for (int i = 0; i < 5; ++i) client.send(chunk);
  client.send("0\r\n\r\n");
  CHECK(status_in(client.receive()) == 413);
  CHECK(alive());
}

TEST_CASE_FIXTURE(Served, "a body of 300 MB ends with 413 and takes no memory") {
  constexpr std::size_t kBody = 300u * 1024 * 1024;
  std::string const part(256 * 1024, 'x');
  CHECK(alive());
  auto const before = resident_bytes();
  std::size_t highest = before;
  RawClient client(server->address());
  client.send(head("POST", "/api/v1/classes/1/roster?confirm=1", "Content-Type: text/csv\r\n" + length_field(kBody)));
  for (std::size_t sent = 0; sent < kBody; sent += part.size()) {
    if (!client.send(part)) break;
    highest = std::max(highest, resident_bytes());
  }
  auto const answer = client.receive();
  CHECK(status_in(answer) == 413);
  CHECK(House::error_code({413, "", body_in(answer), {}}) == "http.too_large");
  CHECK_MESSAGE(highest - before < 16u * 1024 * 1024, "grew by " << (highest - before) / 1024 << " KiB");
  CHECK(alive());
}

TEST_CASE_FIXTURE(Served, "half a head and half a body keep nobody else waiting") {
  RawClient half_head(server->address()), half_body(server->address()), nothing(server->address());
  half_head.send("POST /api/v1/packs HTTP/1.1\r\nHost: 127");
  half_body.send(head("POST", "/api/v1/packs", length_field(1000)) + "some of it");
  for (int i = 0; i < 20; ++i) CHECK(alive());
  CHECK_FALSE(half_head.answered_within(std::chrono::milliseconds(1)));
  CHECK_FALSE(half_body.answered_within(std::chrono::milliseconds(1)));
  server->stop();  // and they do not hold up the end
}

TEST_CASE_FIXTURE(Served, "a body shorter than its Content-Length changes nothing") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  auto const body = kiosk.batch(1, 1);
  RawClient client(server->address());
  client.send(head("POST", "/api/v1/logs/" + kiosk.log().hex() + "/batches", length_field(body.size() + 50)) + body);
  client.end_sending();
  CHECK(status_in(client.receive()) != 200);
  CHECK(alive());
  CHECK(get("/api/v1/reconciliation")["accepted"] == 0);
}

TEST_CASE_FIXTURE(Served, "a Content-Length that is no number, or negative, is refused or cut off") {
  for (auto const* length :
       {"Content-Length: -5\r\n", "Content-Length: many\r\n", "Content-Length: 99999999999999999999999\r\n"}) {
    RawClient client(server->address());
    client.send(head("POST", "/api/v1/packs", length) + "x");
    client.end_sending();
    CHECK_MESSAGE(status_in(client.receive()) != 200, length);
    CHECK(alive());
  }
}

TEST_CASE_FIXTURE(Served, "a post without a length has an empty body") {
  auto const answer = exchange(head("POST", "/api/v1/packs"));
  CHECK(status_in(answer) == 400);
}

TEST_CASE_FIXTURE(Served, "bodies beyond the common limit are told to come back") {
  start({2, 8, 64 * 1024, 0});
  auto const answer =
      exchange(head("POST", "/api/v1/classes/1/roster", length_field(300'000)) + std::string(300'000, 'x'));
  CHECK(status_in(answer) == 503);
  CHECK(answer.find("Retry-After: ") != std::string::npos);
  CHECK(alive());
}

TEST_CASE_FIXTURE(Served, "while a bundle takes all the room that bundles have, batches are received") {
  constexpr std::size_t kLarge = 64 * 1024, kRoom = 200'000;
  start({.workers = 2, .waiting = 8, .body_bytes = kRoom, .large_body = kLarge, .large_body_bytes = kRoom});
  Kiosk kiosk(*this);
  kiosk.enrol();
  kiosk.check_in(1);
  auto const bundle = [](std::size_t bytes) {
    return head("POST", "/api/v1/bundles", length_field(bytes)) + std::string(bytes, 'x');
  };
  auto const whole = bundle(kRoom);
  RawClient courier(server->address());
  courier.send(std::string_view(whole).substr(0, whole.size() - 1));
  // A batch and a small bundle have room of their own.
  for (int i = 0; i < 20; ++i) CHECK(status_in(post_batch(kiosk, kiosk.batch(1, 2))) == 200);
  CHECK(status_in(exchange(bundle(5))) == 403);
  courier.send("x");
  CHECK(status_in(courier.receive()) == 403);  // nobody's bundle, and it was read to its end
  // One byte more than there is room for; what was taken is given back once the courier has its answer.
  auto const refused = exchange(bundle(kRoom + 1));
  CHECK(status_in(refused) == 503);
  CHECK(refused.find("Retry-After: ") != std::string::npos);
  int status = 503;
  for (int i = 0; i < 1'000 && status == 503; ++i) status = status_in(exchange(whole));
  CHECK(status == 403);
}

TEST_CASE_FIXTURE(Served, "a large body that does not say how long it is has the room of large ones") {
  constexpr std::size_t kRoom = 150'000;
  start({.workers = 2, .waiting = 8, .body_bytes = 2 * kRoom, .large_body = 64 * 1024, .large_body_bytes = kRoom});
  auto const chunk = "186a0\r\n" + std::string(0x186a0, 'x') + "\r\n";
  auto const start_of = head("POST", "/api/v1/bundles", "Transfer-Encoding: chunked\r\n");
  CHECK(status_in(exchange(start_of + chunk + "0\r\n\r\n")) == 403);
  CHECK(status_in(exchange(start_of + chunk + chunk + "0\r\n\r\n")) == 503);
}

namespace {

// A courier whose file comes for a minute: the common room holds one such file.
struct SlowCourier : Served {
  static constexpr std::size_t kBody = 16'000'000;
  std::string const whole = head("POST", "/api/v1/bundles", length_field(kBody)) + std::string(kBody, 'x');
  std::optional<RawClient> courier;

  SlowCourier() {
    start({.workers = 2,
           .waiting = 8,
           .body_bytes = 1'000'000,
           .large_body_bytes = kBody + 1'000'000,
           .pace = {.long_ms = 60'000}});
    courier.emplace(server->address());
    // More than the connection can hold, so that the floor's 32 kB have been read.
    REQUIRE(courier->send(std::string_view(whole).substr(0, whole.size() - 1)));
    clock.advance(std::chrono::seconds(61));
  }
};

}  // namespace

TEST_CASE_FIXTURE(SlowCourier, "a courier's file that comes for long is taken while nobody needs its room") {
  courier->send("x");
  CHECK(status_in(courier->receive()) == 403);  // nobody's bundle, and it was read to its end
}

TEST_CASE_FIXTURE(SlowCourier, "a courier's file that comes for long gives way where another needs its room") {
  CHECK(status_in(exchange(whole)) == 403);
  courier->send("x");
  auto const answer = courier->receive();
  CHECK(status_in(answer) == 503);
  CHECK(House::error_code({503, "", body_in(answer), {}}) == "http.too_slow");
}

TEST_CASE_FIXTURE(SlowCourier,
                  "a courier's file that comes for long stays where small bodies lack room: it has none of theirs") {
  constexpr std::size_t kRoster = 1'500'000;
  CHECK(status_in(exchange(head("POST", "/api/v1/classes/1/roster", length_field(kRoster)) +
                           std::string(kRoster, 'x'))) == 503);
  courier->send("x");
  CHECK(status_in(courier->receive()) == 403);
}

TEST_CASE_FIXTURE(Served, "of two couriers' files that come for long one gives way where that is room enough") {
  constexpr std::size_t kBody = 8'000'000;
  start({.workers = 2, .waiting = 8, .large_body_bytes = 2 * kBody + 1'000'000, .pace = {.long_ms = 60'000}});
  auto const whole = head("POST", "/api/v1/bundles", length_field(kBody)) + std::string(kBody, 'x');
  RawClient first(server->address()), second(server->address());
  for (auto* each : {&first, &second}) REQUIRE(each->send(std::string_view(whole).substr(0, whole.size() - 1)));
  clock.advance(std::chrono::seconds(61));
  CHECK(status_in(exchange(whole)) == 403);
  std::multiset<int> statuses;
  for (auto* each : {&first, &second}) {
    each->send("x");
    statuses.insert(status_in(each->receive()));
  }
  CHECK(statuses == std::multiset<int>{403, 503});
}

TEST_CASE_FIXTURE(Served, "many kiosks at once leave one row a record") {
  constexpr int kKiosks = 16, kRecords = 40;
  std::vector<Kiosk> kiosks;
  for (int i = 0; i < kKiosks; ++i) {
    kiosks.emplace_back(*this, 100 + i);
    kiosks.back().enrol(1, std::to_string(i));
    for (int record = 0; record < kRecords; ++record)
      kiosks.back().check_in(1 + static_cast<std::uint64_t>(record % 5));
  }
  // Each in small overlapping batches, on connections of their own.
  std::vector<std::vector<std::string>> batches(kKiosks);
  for (int i = 0; i < kKiosks; ++i)
    for (std::uint64_t first = 1; first < kRecords; first += 5)
      batches[static_cast<std::size_t>(i)].push_back(
          kiosks[static_cast<std::size_t>(i)].batch(first, first + 6 > kRecords ? kRecords + 1 : first + 6));
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kKiosks; ++i)
    threads.emplace_back([&, i] {
      for (auto const& batch : batches[i])
        if (status_in(post_batch(kiosks[i], batch)) != 200) ++refused;
    });
  for (auto& thread : threads) thread.join();
  CHECK(refused == 0);
  auto const sum = get("/api/v1/reconciliation");
  CHECK(sum["accepted"] == kKiosks * (kRecords + 1));
  CHECK(sum["parked"] == 0);
  CHECK(sum["closes"] == true);
}

TEST_CASE_FIXTURE(Served, "one batch posted by many threads at once is stored once") {
  Kiosk kiosk(*this);
  kiosk.enrol();
  for (int i = 0; i < 50; ++i) kiosk.check_in(1);
  auto const whole = kiosk.batch(1, 51), tail = kiosk.batch(20, 51);
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 12; ++i)
    threads.emplace_back([&, i] { good += status_in(post_batch(kiosk, i % 2 == 0 ? whole : tail)) == 200 ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  CHECK(good == 12);
  auto const sum = get("/api/v1/reconciliation");
  CHECK(sum["accepted"] == 51);
  CHECK(sum["parked"] == 0);
}

TEST_CASE_FIXTURE(Served, "addresses that others could reach are refused, and so is a port in use") {
  CHECK(centre::loopback_address("http://127.0.0.1:8080/").value() == "http://127.0.0.1:8080");
  CHECK(centre::loopback_address("localhost:8080").value() == "http://127.0.0.1:8080");
  CHECK(centre::loopback_address("0.0.0.0:8080").error().code == "listen.not_loopback");
  CHECK(centre::loopback_address("192.168.1.4:8080").error().code == "listen.not_loopback");
  for (auto const* address : {"127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:http", "", ":"})
    CHECK(centre::loopback_address(address).error().code == "listen.address");
  CHECK(centre::HttpServer::start(*centre, clock, server->address()).error().code == "listen.in_use");
}
