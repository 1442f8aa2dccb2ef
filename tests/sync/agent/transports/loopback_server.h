#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

// A server that says exactly the octets a test wants said, on a port of its own of this machine.
namespace dga::test_agent {

// One connection, as the test's handler sees it.
class Connection {
 public:
  explicit Connection(int socket) : socket_(socket) {}
  int socket() const { return socket_; }
  // A whole request, its body included; empty when the other side is gone.
  std::string read_request() {
    std::string request;
    for (;;) {
      auto const end = request.find("\r\n\r\n");
      if (end != std::string::npos) {
        auto const length = request.find("\r\nContent-Length:");
        auto const body = length == std::string::npos || length > end ? 0 : std::stoul(request.substr(length + 17));
        if (request.size() >= end + 4 + body) return request;
      }
      char buffer[16 * 1024];
      auto const got = recv(socket_, buffer, sizeof buffer, 0);
      if (got <= 0) return {};
      request.append(buffer, static_cast<std::size_t>(got));
    }
  }
  // False when the other side is gone.
  bool say(std::string_view octets) {
    while (!octets.empty()) {
      auto const sent = send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Until the other side says something or hangs up, at most so long.
  void pause(int milliseconds) {
    pollfd waiting{socket_, POLLIN, 0};
    poll(&waiting, 1, milliseconds);
  }
  // Until the other side hangs up.
  void wait_for_end() {
    char octet = 0;
    while (recv(socket_, &octet, 1, 0) > 0) {}
  }

 private:
  int socket_;
};

class LoopbackServer {
 public:
  // `handler` is called for each connection on a thread of its own; the connection is closed when it returns.
  explicit LoopbackServer(std::function<void(Connection&)> handler) : handler_(std::move(handler)) {
    listening_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const address = reinterpret_cast<sockaddr*>(&here);
    socklen_t size = sizeof here;
    REQUIRE(bind(listening_, address, size) == 0);
    REQUIRE(listen(listening_, 16) == 0);
    getsockname(listening_, address, &size);
    port_ = ntohs(here.sin_port);
    accepting_ = std::jthread([this](std::stop_token stop) { accept_all(stop); });
  }
  ~LoopbackServer() {
    accepting_.request_stop();
    accepting_.join();
    close(listening_);
    for (int const open : sockets_) shutdown(open, SHUT_RDWR);
    serving_.clear();
    for (int const open : sockets_) close(open);
  }
  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void accept_all(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
      pollfd waiting{listening_, POLLIN, 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      int const accepted = accept(listening_, nullptr, nullptr);
      if (accepted < 0) continue;
      ++connections_;
      sockets_.push_back(accepted);
      serving_.emplace_back([this, accepted] {
        Connection connection(accepted);
        handler_(connection);
        shutdown(accepted, SHUT_RDWR);
      });
    }
  }

  std::function<void(Connection&)> handler_;
  int listening_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::vector<int> sockets_;
  std::vector<std::jthread> serving_;
  std::jthread accepting_;
};

}  // namespace dga::test_agent
