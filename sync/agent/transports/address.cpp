#include "sync/agent/transports/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace dga::agent {
namespace {

bool is_this_machine(std::string const& host) {
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  if (inet_pton(AF_INET6, host.c_str(), &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
  return host == "localhost";
}

bool is_a_port(std::string_view port) {
  std::uint16_t number = 0;
  auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number > 0;
}

// "host", "host:port", "[::1]" or "[::1]:port"; nothing for anything else.
std::optional<std::string> host_of(std::string_view authority) {
  auto const bracket = authority.find(']');
  bool const six = authority.starts_with('[');
  if (six != (bracket != std::string_view::npos)) return std::nullopt;
  auto const colon =
      six ? (bracket + 1 < authority.size() ? bracket + 1 : std::string_view::npos) : authority.find(':');
  if (colon != std::string_view::npos && (authority[colon] != ':' || !is_a_port(authority.substr(colon + 1))))
    return std::nullopt;
  auto const name = six ? authority.substr(1, bracket - 1) : authority.substr(0, colon);
  if (name.empty()) return std::nullopt;
  bool const known = std::all_of(name.begin(), name.end(), [six](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || (six ? c == ':' : c == '-' || c == '_');
  });
  return known ? std::optional(std::string(name)) : std::nullopt;
}

}  // namespace

base::Result<Address> read_address(std::string_view address) {
  auto const bad = [&](char const* why) {
    return base::usage("net.address",
                       "read the centre's address \"" + std::string(address.substr(0, 255)) + "\", " + why,
                       "give an address such as https://centre.example.org");
  };
  std::string lower(address);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string_view rest = lower;
  bool const encrypted = rest.starts_with("https://");
  if (!encrypted && !rest.starts_with("http://")) return bad("which begins with neither https:// nor http://");
  rest.remove_prefix(encrypted ? 8 : 7);
  if (rest.find_first_of("?#@\\") != std::string_view::npos) return bad("which has more in it than a host and a path");
  auto const host = host_of(rest.substr(0, rest.find('/')));
  if (!host) return bad("which names no host");
  if (!encrypted && !is_this_machine(*host)) return bad("which is not encrypted and not this machine");
  if (host->find(':') == std::string::npos) return Address{encrypted, *host, std::string(address)};
  if (encrypted) return bad("which is an IPv6 number instead of a name");
  auto const after = rest.substr(rest.find(']') + 1);
  return Address{encrypted, *host, "http://localhost" + std::string(after)};
}

}  // namespace dga::agent
