#include "sync/agent/transports/lan_addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace dga::agent {
namespace {

// RFC 1918 and RFC 3927.
enum class Kind { kPrivate, kOther, kSelfGiven };
Kind kind_of(std::uint32_t address) {
  bool const is_private =
      (address >> 24) == 10 || (address >> 20) == ((172U << 4) | 1U) || (address >> 16) == ((192U << 8) | 168U);
  if (is_private) return Kind::kPrivate;
  return (address >> 16) == ((169U << 8) | 254U) ? Kind::kSelfGiven : Kind::kOther;
}

// A card or a stick that a cable or an aerial belongs to has a device; bridges and tunnels have none.
bool has_hardware(std::string_view name) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::path("/sys/class/net") / name / "device", ignored);
}

}  // namespace

std::vector<std::string> lan_addresses() {
  ifaddrs* listed = nullptr;
  if (::getifaddrs(&listed) != 0) return {};
  std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> const owner(listed, &::freeifaddrs);
  std::vector<std::pair<int, std::string>> found;
  for (auto const* each = listed; each; each = each->ifa_next) {
    bool const usable = (each->ifa_flags & IFF_UP) && !(each->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT));
    if (!usable || !each->ifa_addr || each->ifa_addr->sa_family != AF_INET) continue;
    auto const& address = reinterpret_cast<sockaddr_in const*>(each->ifa_addr)->sin_addr;
    std::array<char, INET_ADDRSTRLEN> text{};
    if (!::inet_ntop(AF_INET, &address, text.data(), text.size())) continue;
    int const rank = 2 * static_cast<int>(kind_of(ntohl(address.s_addr))) + (has_hardware(each->ifa_name) ? 0 : 1);
    found.emplace_back(rank, text.data());
  }
  std::stable_sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
  std::vector<std::string> addresses;
  for (auto& [rank, address] : found) addresses.push_back(std::move(address));
  return addresses;
}

}  // namespace dga::agent
