#include "kiosk/desk/roster.h"

#include <algorithm>

#include "shared/crypto/keys.h"
#include "shared/text/badge.h"
#include "shared/text/citizen_card.h"

namespace dga::desk {
namespace {

constexpr std::size_t kBadgeDigits = 19;
constexpr std::size_t kKeyBytes = 32;
// Longer than any badge or citizen card: a card's QR holds some 150 bytes.
constexpr std::size_t kLongestScan = 1'024;

bool looks_like_a_badge(std::string_view scan) {
  return scan.size() == kBadgeDigits && scan.front() == '9' &&
         std::all_of(scan.begin(), scan.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <typename Key>
std::optional<std::uint32_t> find(std::vector<std::pair<Key, std::uint32_t>> const& sorted, Key const& key) {
  auto const at = std::lower_bound(sorted.begin(), sorted.end(), key,
                                   [](auto const& entry, Key const& wanted) { return entry.first < wanted; });
  if (at == sorted.end() || at->first != key) return std::nullopt;
  return at->second;
}

}  // namespace

Roster::Roster(v1::ClassPack const& pack) {
  numbers_.reserve(static_cast<std::size_t>(pack.roster_size()));
  for (int i = 0; i < pack.roster_size(); ++i) {
    v1::RosterEntry const& entry = pack.roster(i);
    numbers_.emplace_back(entry.participant(), static_cast<std::uint32_t>(i));
    if (auto hash = base::Digest::from(entry.citizen_hash()))
      citizens_.emplace_back(*hash, static_cast<std::uint32_t>(i));
  }
  std::sort(numbers_.begin(), numbers_.end());
  std::sort(citizens_.begin(), citizens_.end());
}

std::optional<std::uint32_t> Roster::by_number(std::uint64_t participant) const { return find(numbers_, participant); }
std::optional<std::uint32_t> Roster::by_citizen(base::Digest const& hash) const { return find(citizens_, hash); }

Reading read_scan(std::string_view scan, v1::ClassPack const& pack, Roster const& roster) {
  Reading reading;
  if (scan.size() > kLongestScan) return reading;

  if (looks_like_a_badge(scan)) {
    reading.kind = Reading::Kind::kBadBadge;
    auto const code = text::read_badge(scan);
    if (!code || pack.badge_key().size() != kKeyBytes) return reading;
    if (crypto::badge_tag(pack.badge_key(), code->participant) != code->tag) return reading;
    return {Reading::Kind::kPerson, code->participant, roster.by_number(code->participant), v1::BADGE};
  }

  if (auto const card = text::read_citizen_card(scan)) {
    reading.kind = Reading::Kind::kUnknownCitizen;
    if (pack.citizen_key().size() != kKeyBytes) return reading;
    auto const place = roster.by_citizen(crypto::citizen_hash(pack.citizen_key(), card->number));
    if (!place) return reading;
    return {Reading::Kind::kPerson, pack.roster(static_cast<int>(*place)).participant(), place, v1::CITIZEN_CARD};
  }
  return reading;
}

}  // namespace dga::desk
