#include "sync/centre/loopback.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

namespace dga::centre {

base::Result<std::string> loopback_address(std::string_view address) {
  auto const malformed = [&] {
    return base::usage("listen.address", fmt::format("\"{}\" is no address to listen on", address),
                       "Write it as 127.0.0.1:8470");
  };
  std::string_view rest = address;
  if (rest.starts_with("http://")) rest.remove_prefix(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  auto const colon = rest.rfind(':');
  if (colon == std::string_view::npos) return malformed();
  auto const host = std::string(rest.substr(0, colon));
  auto const port_text = rest.substr(colon + 1);
  std::uint32_t port = 0;
  auto const [end, problem] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (problem != std::errc() || end != port_text.data() + port_text.size() || port == 0 || port > 65535)
    return malformed();
  in_addr number{};
  auto const numeric = host == "localhost" ? std::string("127.0.0.1") : host;
  if (inet_pton(AF_INET, numeric.c_str(), &number) != 1 || (ntohl(number.s_addr) >> 24) != 127)
    return base::refused("listen.not_loopback", fmt::format("\"{}\" is not this machine's own loopback address", host),
                         "Listen on 127.0.0.1 and put nginx in front of it (assets/deploy)");
  return fmt::format("http://{}:{}", numeric, port);
}

base::Result<std::uint16_t> free_loopback_port() {
  int const probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  bool const found = probe >= 0 && ::bind(probe, reinterpret_cast<sockaddr*>(&where), size) == 0 &&
                     ::getsockname(probe, reinterpret_cast<sockaddr*>(&where), &size) == 0;
  if (probe >= 0) ::close(probe);
  if (!found)
    return base::storage("listen.no_port", "could not find a free port on 127.0.0.1",
                         "Close other programs and try again");
  return ntohs(where.sin_port);
}

}  // namespace dga::centre
