#include "tests/support/canned_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace dga::support {

CannedServer::CannedServer(std::string answer) : answer_(std::move(answer)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener_, 16) == 0);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  address_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  thread_ = std::thread([this] { serve(); });
}

CannedServer::~CannedServer() {
  ::shutdown(listener_, SHUT_RDWR);  // ends accept
  thread_.join();
  ::close(listener_);
}

void CannedServer::serve() {
  for (;;) {
    int const connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    // Reads the request whole, so that the other side is not reset while it sends.
    std::string request;
    char part[65536];
    std::size_t wanted = std::string::npos;
    while (request.size() < wanted) {
      ssize_t const got = ::read(connection, part, sizeof part);
      if (got <= 0) break;
      request.append(part, static_cast<std::size_t>(got));
      auto const head = request.find("\r\n\r\n");
      if (head == std::string::npos || wanted != std::string::npos) continue;
      auto const length = request.find("Content-Length: ");
      wanted = head + 4 + (length < head ? std::strtoul(request.c_str() + length + 16, nullptr, 10) : 0);
    }
    ++requests_;
    for (std::size_t sent = 0; sent < answer_.size();) {
      ssize_t const put = ::send(connection, answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
      if (put <= 0) break;
      sent += static_cast<std::size_t>(put);
    }
    ::close(connection);
  }
}

}  // namespace dga::support
