#include "kiosk/app/phone_thread.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <fstream>

#include "shared/base/clock.h"
#include "tests/support/demo.h"

namespace {

using namespace dga;
using namespace std::chrono_literals;
using Phase = flow::PhoneView::Phase;

// A demo's kiosk behind its store thread, and what the phone thread tells.
struct Hall {
  explicit Hall(std::string address = "127.0.0.1") {
    std::ifstream file(demo.passphrase_file());
    std::string passphrase;
    std::getline(file, passphrase);
    auto opened = app::Kiosk::open(demo.kiosk(1), passphrase, *clock);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    store.emplace(demo.kiosk(1), std::move(opened).value(), *clock, [](std::vector<flow::Event>) {});
    auto tell = [this](flow::Event event) { static_cast<void>(told.try_send(event)); };
    phone.emplace(app::PhoneThread::Plan{"", std::move(address), tell}, *store, *clock);
  }
  template <typename Wanted>
  Wanted next() {
    auto const events = told.receive_for(1, 60s);
    REQUIRE(events.size() == 1);
    auto const* wanted = std::get_if<Wanted>(&events.front());
    REQUIRE(wanted != nullptr);
    return *wanted;
  }
  support::Demo demo{10, 1, 1};
  std::unique_ptr<base::Clock> clock = base::clock_starting_at(1'731'372'900'000);
  base::Mailbox<flow::Event> told{64};
  std::optional<app::StoreThread> store;
  std::optional<app::PhoneThread> phone;
};

// The first line of what the page answers; empty when nobody listens.
std::string ask(std::string const& url) {
  auto const port_at = url.rfind(':') + 1, path_at = url.find('/', port_at);
  int const connection = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(port_at, path_at - port_at))));
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(connection, reinterpret_cast<sockaddr*>(&there), sizeof there) == 0) {
    auto const request = "GET " + url.substr(path_at) + " HTTP/1.1\r\nHost: kiosk\r\n\r\n";
    ::send(connection, request.data(), request.size(), MSG_NOSIGNAL);
    char buffer[4'096];
    for (ssize_t got; (got = ::recv(connection, buffer, sizeof buffer, 0)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(connection);
  return answer.substr(0, answer.find("\r\n"));
}

}  // namespace

TEST_CASE("the page is there from its opening to its closing, and each opening has an address of its own") {
  Hall hall;
  hall.phone->open();
  auto const first = hall.next<flow::event::PhoneChanged>().phone;
  REQUIRE(first.phase == Phase::kOpen);
  CHECK(first.records > 0);
  CHECK(first.bundle_bytes > 0);
  CHECK(first.code != nullptr);
  CHECK(first.expires_ms > hall.clock->mono_ms());
  CHECK_FALSE(first.claimed);
  CHECK(ask(first.address) == "HTTP/1.1 200 OK");
  auto const claimed = hall.next<flow::event::PhoneChanged>().phone;
  CHECK(claimed.claimed);
  CHECK(claimed.records == first.records);

  hall.phone->open();
  auto const second = hall.next<flow::event::PhoneChanged>().phone;
  CHECK(second.address != first.address);
  CHECK(ask(second.address) == "HTTP/1.1 200 OK");
  CHECK(hall.next<flow::event::PhoneChanged>().phone.claimed);
  CHECK(ask(first.address) != "HTTP/1.1 200 OK");
  hall.phone.reset();
  CHECK(ask(second.address).empty());
}

TEST_CASE("what cannot be opened, and a receipt that is none, is told by its code") {
  Hall hall("192.0.2.1");  // RFC 5737: nobody's
  hall.phone->open();
  auto const failed = hall.next<flow::event::PhoneChanged>().phone;
  CHECK(failed.phase == Phase::kFailed);
  CHECK(failed.problem_code == "phone.not_bound");
  hall.phone->settle(base::Bytes(182, 'r'));
  CHECK_FALSE(hall.next<flow::event::ReceiptHanded>().receipt.problem_code.empty());
}
