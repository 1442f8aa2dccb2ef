#include "tools/benchmarks/sync/relay.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace dga::benchmarks {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool write_all(int to, char const* bytes, std::size_t size) {
  while (size > 0) {
    auto const put = ::send(to, bytes, size, MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

struct Pair {
  int kiosk, centre;
};

}  // namespace

Relay::Relay(std::string const& to)
    : to_(static_cast<std::uint16_t>(std::strtoul(to.substr(to.rfind(':') + 1).c_str(), nullptr, 10))) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 256) != 0)
    std::abort();
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  address_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

void Relay::serve() {
  std::vector<Pair> pairs;
  std::vector<char> part(64 * 1024);
  auto const pass = [&](int from, int to, std::atomic<std::uint64_t>& count) {
    auto const got = ::recv(from, part.data(), part.size(), 0);
    if (got <= 0) return false;
    count += static_cast<std::uint64_t>(got);
    return write_all(to, part.data(), static_cast<std::size_t>(got));
  };
  for (;;) {
    std::vector<pollfd> waits{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (auto const& pair : pairs) {
      waits.push_back({pair.kiosk, POLLIN, 0});
      waits.push_back({pair.centre, POLLIN, 0});
    }
    ::poll(waits.data(), waits.size(), -1);
    if (waits[0].revents != 0) break;
    for (std::size_t i = pairs.size(); i-- > 0;) {
      bool alive = true;
      if (waits[2 + 2 * i].revents != 0) alive = pass(pairs[i].kiosk, pairs[i].centre, up_);
      if (alive && waits[3 + 2 * i].revents != 0) alive = pass(pairs[i].centre, pairs[i].kiosk, down_);
      if (alive) continue;
      ::close(pairs[i].kiosk);
      ::close(pairs[i].centre);
      pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waits[1].revents != 0) {
      int const kiosk = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      int const centre = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      auto const address = loopback(to_);
      if (::connect(centre, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) std::abort();
      pairs.push_back({kiosk, centre});
    }
  }
  for (auto const& pair : pairs) {
    ::close(pair.kiosk);
    ::close(pair.centre);
  }
}

}  // namespace dga::benchmarks
