#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/flow/outcome.h"
#include "kiosk/flow/state.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "shared/store/kiosk_store.h"

namespace dga::desk {

// What is brought to the desk.
struct ByScan {
  std::string text;
};
struct ByName {
  std::uint64_t participant = 0;
};
using Visit = std::variant<ByScan, ByName>;

// Where check-ins are decided and recorded: over the log, the pack and what both say of who is here.
// Thread: the store thread's only.
class Desk {
 public:
  // Replays the log. The store outlives the desk.
  [[nodiscard]] static base::Result<Desk> open(store::KioskStore& store, base::Clock const& clock);
  Desk(Desk&&) noexcept;
  Desk& operator=(Desk&&) noexcept;
  ~Desk();

  // Serves visits in order, all their records in one commit; every outcome returned is durable. On an error nothing of
  // them was recorded. Two visits of one person in one call: the second is "already".
  [[nodiscard]] base::Result<std::vector<flow::Outcome>> serve(std::vector<Visit> const& visits);

  // After a new pack was kept in the store.
  [[nodiscard]] base::Done reload_pack();
  [[nodiscard]] bool has_class() const;
  // The class's IANA zone; "UTC" before a pack came.
  [[nodiscard]] std::string zone() const;
  // None before a pack came. The index of names is made at the first call.
  [[nodiscard]] std::shared_ptr<flow::ClassView const> a_class() const;

  // The first record of the logs without which the desk would forget somebody at the next start: of its class, and not
  // in the pack yet. Nothing where the pack knows all of them, or the class is over by `centre_ms`, the centre's time.
  [[nodiscard]] std::optional<store::RecordPlace> needed_from(std::optional<std::int64_t> centre_ms) const;

  // By whose word the desk goes.
  [[nodiscard]] flow::ClockView clock() const;
  // After the store may have heard the centre; what is known of who is here follows.
  [[nodiscard]] base::Done look_at_clock();
  // One of the staff says which session it is now, and what time. On record (SESSION_OVERRIDE); holds in this boot: the
  // session within its window, until they say otherwise; the time, for the sessions that follow too, until the centre's
  // is known, which then counts for all. Stamps stay as the clock gives them. Refused "session.unknown": none of the
  // class's, or cancelled, or not at that time; "session.not_now": not by the centre's time, where that is known.
  [[nodiscard]] base::Done tell_time(std::uint32_t session, std::int64_t at_ms, std::uint32_t staff);
  // They name none any more, on record: by the centre's time where it is known, else by the kiosk's clock.
  [[nodiscard]] base::Done name_no_session(std::uint32_t staff);

  struct Presence {
    std::uint64_t in_session = 0;
    std::vector<flow::PresentLine> lines;  // newest first
    std::vector<std::uint32_t> arrivals_per_5_minutes;
  };
  [[nodiscard]] Presence presence() const;
  // The same in_session alone; quick, unless the session has changed since it was last asked.
  [[nodiscard]] std::uint64_t count_present();

 private:
  struct Inside;
  explicit Desk(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dga::desk
