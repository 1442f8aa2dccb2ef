#include "sync/agent/transports/courier_page.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "sync/agent/transports/lan_addresses.h"
#include "tests/support/manual_clock.h"

namespace {

using namespace dga;
using namespace std::chrono_literals;

// News that a test waits for.
class Heard {
 public:
  void note(agent::CourierNews const& news) {
    std::lock_guard const lock(mutex_);
    last_ = news;
    changed_.notify_all();
  }
  template <typename Until>
  agent::CourierNews wait(Until until) {
    std::unique_lock lock(mutex_);
    CHECK(changed_.wait_for(lock, 20s, [&] { return until(last_); }));
    return last_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  agent::CourierNews last_;
};

struct Served {
  explicit Served(base::Bytes the_bundle = "DGAB1\nwhat a kiosk recorded") : bundle(std::move(the_bundle)) {
    auto opened = agent::CourierPage::open({{bundle, "kiosk-1.dgab", "1", 3, ""},
                                            [this](base::ByteView receipts) -> base::Result<agent::CourierSettled> {
                                              received = receipts;
                                              return agent::CourierSettled{3, 3, 0};
                                            },
                                            [this](agent::CourierNews const& news) { heard.note(news); },
                                            "127.0.0.1",
                                            clock,
                                            *random});
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    page = std::move(opened).value();
    auto const url = page->url();
    auto const port_at = url.rfind(':') + 1, path_at = url.find('/', port_at);
    port = std::stoi(url.substr(port_at, path_at - port_at));
    path = url.substr(path_at);
  }
  support::ManualClock clock{1'731'372'900'000};
  std::unique_ptr<base::Random> random = base::seeded_random(9);
  base::Bytes bundle, received;
  Heard heard;
  std::unique_ptr<agent::CourierPage> page;
  int port = 0;
  std::string path;
};

// A phone's connection, from an address of its own: all of 127/8 is this machine.
class Phone {
 public:
  explicit Phone(Served const& served, char const* address = "127.0.0.1") : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    ::inet_pton(AF_INET, address, &own.sin_addr);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0);
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_port = htons(static_cast<std::uint16_t>(served.port));
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&there), sizeof there) == 0);
    timeval const patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Phone() { ::close(socket_); }
  Phone(Phone const&) = delete;
  Phone& operator=(Phone const&) = delete;

  void say(std::string_view octets) {
    while (!octets.empty()) {
      auto const sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      octets.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Everything until the other side hangs up; "(timeout)" when it does not.
  std::string hear() {
    std::string all;
    std::vector<char> buffer(64 * 1024);
    for (;;) {
      auto const got = ::recv(socket_, buffer.data(), buffer.size(), 0);
      if (got < 0 && errno != ECONNRESET) return all + "(timeout)";
      if (got <= 0) return all;
      all.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  // Something can be read within so long, the end of the connection included.
  bool answered_within(int milliseconds) {
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, milliseconds) > 0;
  }
  std::string ask(std::string const& method, std::string const& path, std::string const& more = {},
                  std::string const& body = {}) {
    say(method + " " + path + " HTTP/1.1\r\nHost: kiosk\r\n" + more + "\r\n" + body);
    return hear();
  }

 private:
  int socket_;
};

std::string body_of(std::string const& answer) {
  return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
}
bool ok(std::string const& answer) { return answer.starts_with("HTTP/1.1 200 "); }
bool not_found(std::string const& answer) { return answer.starts_with("HTTP/1.1 404 "); }

}  // namespace

TEST_CASE("a phone opens the page, fetches the bundle whole and in parts, and the kiosk is told") {
  Served served(base::Bytes(3 * 1024 * 1024, 'x') + "end");
  CHECK(ok(Phone(served).ask("GET", served.path)));
  served.heard.wait([](auto const& news) { return news.claimed; });
  auto const file = served.path + "/kiosk-1.dgab";
  auto const whole = Phone(served).ask("GET", file);
  CHECK(ok(whole));
  CHECK(body_of(whole) == served.bundle);
  served.heard.wait([](auto const& news) { return news.fetched == 1; });

  auto const rest = Phone(served).ask("GET", file, "Range: bytes=3145728-\r\n");
  CHECK(rest.starts_with("HTTP/1.1 206 "));
  CHECK(body_of(rest) == "end");
  auto const head = Phone(served).ask("HEAD", file);
  CHECK(ok(head));
  CHECK(head.find("Content-Length: 3145731\r\n") != std::string::npos);
  CHECK(body_of(head).empty());
  CHECK(served.heard.wait([](auto const& news) { return news.fetched == 2; }).fetched == 2);
}

TEST_CASE("strangers, wrong paths and other methods get a 404 that tells them nothing") {
  Served served;
  CHECK(ok(Phone(served).ask("GET", served.path)));
  auto const plain = [](std::string answer) {  // without the date
    auto const at = answer.find("Date: ");
    return at == std::string::npos ? answer : answer.erase(at, answer.find("\r\n", at) - at);
  };
  auto const wrong_token = plain(Phone(served).ask("GET", "/00112233445566778899aabbccddeeff"));
  CHECK(not_found(wrong_token));
  CHECK(plain(Phone(served, "127.0.0.2").ask("GET", served.path)) == wrong_token);
  CHECK(plain(Phone(served, "127.0.0.2").ask("GET", served.path + "/kiosk-1.dgab")) == wrong_token);
  CHECK(plain(Phone(served).ask("GET", served.path + "/other.dgab")) == wrong_token);
  CHECK(plain(Phone(served).ask("DELETE", served.path)) == wrong_token);
  CHECK(not_found(Phone(served, "127.0.0.2").ask("POST", served.path + "/receipts", "Content-Length: 2\r\n", "ab")));
  CHECK(served.received.empty());
  served.clock.advance(10min);
  CHECK(plain(Phone(served).ask("GET", served.path)) == wrong_token);
}

TEST_CASE("receipts come back on the same page, up to one MiB") {
  Served served;
  auto const path = served.path + "/receipts";
  base::Bytes const most(agent::kMostCourierUploadBytes, 'r');
  auto const answer = Phone(served).ask("POST", path, "Content-Length: " + std::to_string(most.size()) + "\r\n", most);
  CHECK(ok(answer));
  CHECK(body_of(answer) == R"({"received_through":3,"acknowledged":3,"waiting":0})");
  CHECK(served.received == most);
  CHECK(served.heard.wait([](auto const& news) { return news.settled.has_value(); }).settled->acknowledged == 3);

  served.received.clear();
  auto const more = most + "r";
  CHECK(Phone(served)
            .ask("POST", path, "Content-Length: " + std::to_string(more.size()) + "\r\n", more)
            .starts_with("HTTP/1.1 413 "));
  CHECK(Phone(served).ask("POST", path, "Content-Length: 99999999999\r\n").starts_with("HTTP/1.1 413 "));
  CHECK(served.received.empty());
}

TEST_CASE("two connections are served at once, a third waits its turn") {
  Served served;
  Phone first(served), second(served);
  first.say("GET " + served.path + " HTTP/1.1\r\n");
  second.say("GET " + served.path + " HTTP/1.1\r\n");
  Phone third(served);
  third.say("GET " + served.path + " HTTP/1.1\r\nHost: kiosk\r\n\r\n");
  second.say("Host: kiosk\r\n\r\n");
  CHECK(ok(second.hear()));
  CHECK(ok(third.hear()));  // in the place that became free
  first.say("Host: kiosk\r\n\r\n");
  CHECK(ok(first.hear()));
}

TEST_CASE("while both places are taken nobody else is answered") {
  Served served;
  Phone first(served), second(served);
  first.say("GET /");
  second.say("GET /");
  Phone third(served);
  third.say("GET " + served.path + " HTTP/1.1\r\nHost: kiosk\r\n\r\n");
  second.say(" HTTP/1.1\r\nHost: kiosk\r\nX: ");  // still no end
  CHECK_FALSE(third.answered_within(300));
  // Whoever says their head byte by byte is shown out when its time is over, however busy the line is. Its time begins
  // when the page takes it on, which may be after the clock was moved once.
  int moved = 0;
  for (; moved < 20 && !first.answered_within(300); ++moved) {
    first.say("x");
    served.clock.advance(11s);
  }
  CHECK(moved <= 2);
  CHECK(first.hear().find("200") == std::string::npos);
  CHECK(ok(third.hear()));
}

TEST_CASE("a body that comes byte by byte has a deadline, too") {
  Served served;
  Phone phone(served);
  phone.say("POST " + served.path + "/receipts HTTP/1.1\r\nHost: kiosk\r\nContent-Length: 100\r\n\r\nab");
  served.heard.wait([](auto const& news) { return news.claimed; });
  served.clock.advance(59s);
  phone.say("c");
  served.clock.advance(2s);
  CHECK(phone.hear().find("200") == std::string::npos);
  CHECK(served.received.empty());
}

TEST_CASE("headers that do not fit are refused, and the page goes on") {
  Served served;
  auto const answer = Phone(served).ask("GET", served.path, "X-Long: " + std::string(64 * 1024, 'x') + "\r\n");
  CHECK_FALSE(ok(answer));
  CHECK(answer.find("(timeout)") == std::string::npos);
  CHECK_FALSE(ok(Phone(served).ask("GET", "/" + std::string(64 * 1024, 'x'))));
  CHECK_FALSE(ok(Phone(served).ask("\x16\x03\x01", "\x01\x02")));
  CHECK(ok(Phone(served).ask("GET", served.path)));
}

TEST_CASE("a closed page is gone, in the middle of a download, too") {
  Served served(base::Bytes(32 * 1024 * 1024, 'x'));
  Phone phone(served);
  phone.say("GET " + served.path + "/kiosk-1.dgab HTTP/1.1\r\nHost: kiosk\r\n\r\n");
  served.heard.wait([](auto const& news) { return news.claimed; });
  served.page.reset();
  CHECK(body_of(phone.hear()).size() < served.bundle.size());
  int const probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(static_cast<std::uint16_t>(served.port));
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(::connect(probe, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0);
  ::close(probe);
}

TEST_CASE("an address that is none, or not this machine's, is an error that says so") {
  Served served;
  auto const open_at = [&](char const* address) {
    return agent::CourierPage::open({{}, {}, {}, address, served.clock, *served.random});
  };
  CHECK(open_at("kiosk.local").error().code == "phone.address");
  CHECK(open_at("192.0.2.1").error().code == "phone.not_bound");  // RFC 5737: nobody's
}

TEST_CASE("this machine's addresses for phones are never the loopback") {
  for (auto const& address : agent::lan_addresses()) CHECK_FALSE(address.starts_with("127."));
}
