#include "tests/support/http_octets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace dga::support {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kLength = "\r\ncontent-length:";
constexpr timeval kPatience{20, 0};

struct Digits {
  std::size_t begin = 0, end = 0;
};
// Where the digits of Content-Length stand.
std::optional<Digits> length_digits(std::string_view message) {
  auto const head = message.substr(0, head_size(message));
  for (std::size_t at = 0; at + kLength.size() < head.size(); ++at) {
    if (::strncasecmp(head.data() + at, kLength.data(), kLength.size()) != 0) continue;
    auto const begin = head.find_first_not_of(' ', at + kLength.size());
    return Digits{begin, head.find_first_not_of("0123456789", begin)};
  }
  return std::nullopt;
}

}  // namespace

std::size_t head_size(std::string_view message) {
  auto const end = message.find(kHeadEnd);
  return end == std::string_view::npos ? message.size() : end + kHeadEnd.size();
}

std::optional<std::size_t> message_size(std::string_view octets) {
  if (octets.find(kHeadEnd) == std::string_view::npos) return std::nullopt;
  std::size_t length = 0;
  if (auto const digits = length_digits(octets))
    std::from_chars(octets.data() + digits->begin, octets.data() + digits->end, length);
  return head_size(octets) + length;
}

std::string_view body_of(std::string_view message) { return message.substr(head_size(message)); }

std::string_view target_of(std::string_view request) {
  auto const begin = request.find(' ') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

int status_of(std::string_view reply) {
  int status = 0;
  if (auto const space = reply.find(' '); space != std::string_view::npos)
    std::from_chars(reply.data() + space + 1, reply.data() + reply.size(), status);
  return status;
}

std::string with_content_length(std::string_view message, std::size_t length) {
  std::string changed(message);
  if (auto const digits = length_digits(message))
    changed.replace(digits->begin, digits->end - digits->begin, std::to_string(length));
  return changed;
}

Socket Socket::connect(int port) {
  Socket made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made.descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) made.close();
  return made;
}

Socket::Socket(int descriptor) : descriptor_(descriptor) {
  int const at_once = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
}

Socket::~Socket() { close(); }

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

bool Socket::send(std::string_view octets) const {
  while (!octets.empty()) {
    ssize_t const put = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string Socket::receive() const {
  std::string part(65536, '\0');
  for (;;) {
    ssize_t const got = ::recv(descriptor_, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    part.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return part;
  }
}

std::string Socket::receive_message() const {
  std::string message;
  for (;;) {
    auto const wanted = message_size(message);
    if (wanted && message.size() >= *wanted) return message;
    auto const part = receive();
    if (part.empty()) return message;
    message += part;
  }
}

void Socket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Socket::reset() {
  linger const at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void Socket::end() const { ::shutdown(descriptor_, SHUT_WR); }

}  // namespace dga::support
