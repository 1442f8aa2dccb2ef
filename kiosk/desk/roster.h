#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/records/pack.pb.h"
#include "shared/records/record.pb.h"

namespace dga::desk {

// Finds people of a pack by number and by the hash of their citizen's number. Places are those of pack.roster().
class Roster {
 public:
  Roster() = default;
  explicit Roster(v1::ClassPack const& pack);
  [[nodiscard]] std::optional<std::uint32_t> by_number(std::uint64_t participant) const;
  [[nodiscard]] std::optional<std::uint32_t> by_citizen(base::Digest const& hash) const;

 private:
  std::vector<std::pair<std::uint64_t, std::uint32_t>> numbers_;  // sorted
  std::vector<std::pair<base::Digest, std::uint32_t>> citizens_;  // sorted
};

// Whom a scan stands for. A citizen's number is hashed in here and goes no further.
struct Reading {
  enum class Kind { kPerson, kUnknownCitizen, kBadBadge, kNotABadge } kind = Kind::kNotABadge;
  std::uint64_t participant = 0;
  std::optional<std::uint32_t> roster_place;  // none: the badge verifies, but this roster does not know the number
  v1::Method method = v1::METHOD_UNSPECIFIED;
};
// Any bytes may come: a scan of 10,000 characters, zero bytes and broken UTF-8 are no badge.
[[nodiscard]] Reading read_scan(std::string_view scan, v1::ClassPack const& pack, Roster const& roster);

}  // namespace dga::desk
