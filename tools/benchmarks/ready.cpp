// How long a kiosk of 100,000 people takes from its key to the first scan, and to the first search for a name.
#include <fmt/format.h>

#include <cstdlib>

#include "kiosk/desk/desk.h"
#include "shared/base/random.h"
#include "shared/course/demo.h"
#include "shared/course/roster.h"
#include "shared/crypto/chain.h"
#include "shared/records/pack.pb.h"
#include "shared/store/kiosk_store.h"
#include "tools/benchmarks/must.h"
#include "tools/benchmarks/workloads.h"

namespace dga::benchmarks {
namespace {

constexpr std::uint32_t kPeople = 100'000;

crypto::Key32 key() { return *crypto::Key32::from(std::string(crypto::Key32::kSize, 'b')); }

v1::ClassPack pack_of(std::uint32_t people) {
  auto random = base::seeded_random(3);
  v1::ClassPack pack;
  auto& about = *pack.mutable_class_();
  about.set_id(1);
  about.set_zone("Asia/Ho_Chi_Minh");
  auto& policy = *about.mutable_policy();
  policy.set_opens_before_minutes(60);
  policy.set_grace_minutes(15);
  policy.set_late_units(2);
  policy.set_threshold_percent(80);
  for (std::uint32_t number = 1; number <= 6; ++number) {
    auto& session = *about.add_sessions();
    session.set_id(number);
    session.set_start_ms(number * 36'000'000LL);
    session.set_end_ms(number * 36'000'000LL + 12'600'000);
  }
  auto const drawn = [&](std::size_t size) {
    base::Bytes bytes(size, '\0');
    random->fill(bytes.data(), bytes.size());
    return bytes;
  };
  pack.set_badge_key(drawn(32));
  pack.set_citizen_key(drawn(32));
  auto const roster = must(course::read_roster_csv(course::demo_roster_csv(people, 1)));
  for (auto const& row : roster.rows) {
    auto& entry = *pack.add_roster();
    entry.set_participant(static_cast<std::uint64_t>(pack.roster_size()));
    entry.set_name(row.name);
    entry.set_agency(row.agency);
    entry.set_position(row.position);
    entry.set_province(row.province);
    entry.set_phone_tail("123");
    entry.set_citizen_hash(drawn(32));
  }
  return pack;
}

}  // namespace

void measure_ready(Plan const& plan, Report& report) {
  auto const people = kPeople / static_cast<std::uint32_t>(plan.divisor);
  auto const folder = plan.folder / "ready";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  auto const clock = base::system_clock();
  auto random = base::seeded_random(4);
  store::LogIdentity identity;
  identity.device = random->draw<base::DeviceId>();
  identity.salt = random->draw<base::LogSalt>();
  identity.log = crypto::log_id(identity.device, identity.salt);
  {
    auto store = must(store::KioskStore::create(folder, key(), identity, "benchmark", *clock));
    must(store.keep_pack(1, pack_of(people).SerializeAsString()));
  }
  std::vector<double> opened, scanning, searching;
  for (int round = 0; round < plan.rounds; ++round) {
    double const start = wall_seconds();
    auto store = must(store::KioskStore::open(folder, key()));
    opened.push_back(wall_seconds() - start);
    auto desk = must(desk::Desk::open(store, *clock));
    scanning.push_back(wall_seconds() - start);
    if (desk.a_class()->names.size() != people) std::abort();
    searching.push_back(wall_seconds() - start);
  }
  report.say(
      fmt::format("a kiosk of {} people, from its key: open {:.3f} s, first scan {:.3f} s, first search {:.3f} s "
                  "(goal 1 s; medians of {})",
                  people, median(opened), median(scanning), median(searching), plan.rounds));
  std::filesystem::remove_all(folder);
}

}  // namespace dga::benchmarks
