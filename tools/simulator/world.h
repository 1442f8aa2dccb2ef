#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/simulator/actor_clock.h"
#include "tools/simulator/dice.h"
#include "tools/simulator/ledger.h"
#include "tools/simulator/plan.h"
#include "tools/simulator/template.h"

namespace dga::simulator {

class SimulatedCentre;
class SimulatedKiosk;
class Network;
class Courier;

// An invariant that does not hold, and where.
struct Violation {
  std::string check;
  std::string what;
};

// One seed's kiosks, centre, network and time. Thread: one; what happens happens in turns, in the order of its time.
class World {
 public:
  enum class Telling { kSilent, kStory };
  World(Template const& begin, Plan const& plan, Telling telling);
  ~World();
  World(World const&) = delete;
  World& operator=(World const&) = delete;

  // Lives through the plan, then until the dust has settled.
  void live();

  [[nodiscard]] TrueTime const& time() const { return time_; }
  [[nodiscard]] std::uint64_t now() const { return time_.now_ms; }
  [[nodiscard]] Plan const& plan() const { return plan_; }
  [[nodiscard]] Template const& begin() const { return begin_; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] SimulatedCentre& centre() { return *centre_; }
  [[nodiscard]] Network& network() { return *network_; }
  [[nodiscard]] std::vector<std::unique_ptr<SimulatedKiosk>> const& kiosks() const { return kiosks_; }

  // Enrolled since dawn.
  [[nodiscard]] std::deque<Enrolled> const& newcomers() const { return newcomers_; }

  // `what` happens `in_ms` from now, after everything else that was to happen then.
  void later(std::uint64_t in_ms, std::function<void()> what);
  // So much time passes for whoever waits; meanwhile the others go on.
  void pass(std::uint64_t ms);
  // No fault happens any more.
  [[nodiscard]] bool settling() const { return settling_; }

  template <typename... Parts>
  void tell(fmt::format_string<Parts...> format, Parts&&... parts) {
    if (telling_ == Telling::kStory) say(fmt::format(format, std::forward<Parts>(parts)...));
  }
  void violated(std::string check, std::string what) { violations_.push_back({std::move(check), std::move(what)}); }
  [[nodiscard]] std::vector<Violation> const& violations() const { return violations_; }

 private:
  void say(std::string const& line) const;
  void run_next();
  void live_until(std::uint64_t end_ms);
  void draw_day(std::uint64_t most_records);
  void draw_disasters();
  void draw_backup(std::uint64_t within_ms);
  void enrol_another();
  void clone(SimulatedKiosk& kiosk);
  void a_month_passes();
  void settle();
  void settle_over_network();
  void settle_by_couriers();

  Template const& begin_;
  Plan const plan_;
  Telling telling_;
  TrueTime time_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t scheduled_ = 0;
  Ledger ledger_;
  Dice dice_;
  std::unique_ptr<SimulatedCentre> centre_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<Courier> courier_;
  std::vector<std::unique_ptr<SimulatedKiosk>> kiosks_;
  std::deque<Enrolled> newcomers_;
  bool settling_ = false;
  std::vector<Violation> violations_;
};

}  // namespace dga::simulator
