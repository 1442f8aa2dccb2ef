#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shared/crypto/keys.h"
#include "sync/agent/session.h"
#include "sync/agent/store_outbox.h"
#include "tools/simulator/crash_disk.h"
#include "tools/simulator/world.h"

namespace dga::simulator {

class Link;

// What leads from a kiosk to its centre; couriers come to all of them.
enum class Reach { kNetwork, kCouriersOnly };

// A real kiosk's store and agent on a disk of its own: it records, sends, crashes, starts again, is restored, cloned.
class SimulatedKiosk {
 public:
  // `disk`: as enrolled, or a copy of another kiosk's.
  SimulatedKiosk(World& world, std::string name, crypto::KioskMaster const& master, test::Disk disk, std::uint64_t part,
                 Reach reach = Reach::kNetwork);
  ~SimulatedKiosk();

  [[nodiscard]] std::string const& name() const { return name_; }
  [[nodiscard]] base::DeviceId device() const;
  [[nodiscard]] crypto::KioskMaster const& master() const { return master_; }
  [[nodiscard]] Reach reach() const { return reach_; }
  [[nodiscard]] bool running() const { return store_.has_value(); }
  [[nodiscard]] bool doomed() const { return disk_.dead(); }
  [[nodiscard]] ActorClock& clock() { return clock_; }

  // Records so many facts, as people come.
  void record(std::uint64_t facts);
  // As when staff press the button, or the wait is over.
  void sync_now();
  // A bundle for a courier; nothing where nobody can make one now.
  [[nodiscard]] std::optional<base::Bytes> hand_over();
  // What a courier brings back: a bundle, or one receipt.
  void take_back(base::Bytes const& bytes);
  // The machine dies now; it comes up again a while later.
  void crash();
  // A whole copy of the folder, as an operator takes it.
  void copy_folder() { copy_ = disk_.content(); }
  void restore_folder();
  [[nodiscard]] test::Disk content() const { return disk_.content(); }
  void start();
  // Stands in a cupboard without power, until start().
  void switch_off();

  // Looks at what the kiosk has written since the last look, and what it takes for acknowledged.
  // `recorded_ms`: when, for what nobody has seen before.
  void observe(std::optional<std::uint64_t> recorded_ms = std::nullopt);
  // Everything is sent and there is nothing to do.
  [[nodiscard]] bool at_rest() const { return at_rest_; }
  // The same where only couriers come.
  [[nodiscard]] bool nothing_waits();
  [[nodiscard]] std::optional<base::Error> problem() const { return session_ ? session_->problem() : std::nullopt; }
  // The lines of all its logs. A time sample at the end waits for a fact to travel with.
  enum class Ends { kWithTimeSamples, kToLastFact };
  [[nodiscard]] std::vector<Place> lines(Ends ends) const;
  [[nodiscard]] store::KioskStore& store() { return *store_; }

 private:
  class SmallBatches;
  void turn(std::uint64_t generation);
  void wake(std::uint64_t in_ms);
  void bury();
  void stop();
  [[nodiscard]] v1::Record draw_fact();
  void look_at_log();
  void observe(store::HeldLog const& held, std::optional<std::uint64_t> recorded_ms);
  void look_at_child(store::HeldLog const& child);
  void look_for_wiped();
  // What the kiosk's program does when it has time: wipes what was kept long enough.
  void upkeep();

  World* world_;
  std::string name_;
  Reach reach_;
  crypto::KioskMaster master_;
  Dice dice_;
  std::unique_ptr<base::Random> random_;
  ActorClock clock_;
  CrashDisk disk_;
  std::optional<test::Disk> copy_;
  std::optional<store::KioskStore> store_;
  std::unique_ptr<SmallBatches> outbox_;
  std::unique_ptr<Link> link_;
  std::unique_ptr<agent::Session> session_;
  std::uint64_t generation_ = 0;  // of the wake-up call that counts
  bool in_turn_ = false;
  bool at_rest_ = false;
  // What of each log has been seen: h(0) ... h(n), and how far the centre has spoken for it.
  struct Seen {
    std::vector<base::Digest> hashes;
    std::uint64_t acknowledged = 0;
    bool closed = false;  // a child was opened
  };
  std::map<base::LogId, Seen> seen_;
  std::optional<base::LogId> log_;
};

}  // namespace dga::simulator
