#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "shared/crypto/keys.h"
#include "sync/centre/keys.h"
#include "tests/support/store_disk_vfs.h"
#include "tools/simulator/actor_clock.h"

namespace dga::simulator {

inline constexpr std::uint64_t kClass = 1;
inline constexpr std::uint64_t kPeople = 12;  // on the roster at dawn, numbered from 1
inline constexpr std::uint32_t kSessions = 2;
inline constexpr char kZone[] = "Asia/Ho_Chi_Minh";
// As the class's file has them, UTC milliseconds.
struct Span {
  std::int64_t start_ms, end_ms;
};
inline constexpr Span kSessionTimes[kSessions] = {{kDawnMs + 10 * 60'000, kDawnMs + 30 * 60'000},
                                                  {kDawnMs + 35 * 60'000, kDawnMs + 60 * 60'000}};
inline constexpr char kAdminToken[] = "the coordinator's token";
// Pages a database keeps in memory: what a world holds fits, and most of it must be read again after a start anyway.
inline constexpr std::int64_t kCacheBytes = 512 * 1024;

// What every world begins with, made once: a centre with a class and its roster, and kiosks that are enrolled and have
// not spoken since. Making it takes as long as simulating a seed.
struct Enrolled {
  crypto::KioskMaster master;
  test::Disk disk;  // kiosk.db
  base::Bytes certificate;
};
struct Template {
  crypto::SigningKey root;
  centre::CentreKeys keys;
  test::Disk centre;  // centre.db
  std::vector<Enrolled> kiosks;
};
// Ends the program with a word where the product cannot even do this.
[[nodiscard]] Template make_template(std::size_t kiosks);

// How a coordinator asks a centre, with POST; throws Broken where it does not do as it is told.
using Ask = std::function<base::Bytes(std::string const& path, base::Bytes body, std::string type)>;
// A new kiosk, with a coordinator beside it.
[[nodiscard]] Enrolled enrol_kiosk(std::string const& name, Ask const& ask, base::Clock const& clock,
                                   base::Random& random);

// The database key of all kiosks' first generation.
[[nodiscard]] inline crypto::Key32 database_key(crypto::KioskMaster const& master) { return master.database(0); }

// A roster as a coordinator imports it: people `first` to `last`.
[[nodiscard]] std::string roster_csv(std::uint64_t first, std::uint64_t last);

}  // namespace dga::simulator
