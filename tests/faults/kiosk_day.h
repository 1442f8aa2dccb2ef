#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/store/kiosk_store.h"
#include "tests/support/store_scratch.h"

namespace dga::test {

// Whether the harness was asked for its long form (tools/test --faults).
[[nodiscard]] bool is_long();

// What a kiosk's store holds, besides its records, which are only ever added to.
struct KioskContent {
  std::vector<std::size_t> closed;  // records of each log before the newest, oldest first
  std::size_t records = 0;          // of the newest log, as what follows
  store::SyncState sync;
  std::optional<store::Outbound> outbound;
  std::uint64_t pack_version = 0;
  base::Bytes pack;
  std::map<std::string, base::Bytes, std::less<>> settings;
};

// One thing that a kiosk does with its store: one transaction, but for checkpoints.
struct Step {
  enum class Kind {
    kAppend,
    kCheckpoint,
    kSync,
    kOutbound,
    kDrop,
    kPack,
    kPackApplied,  // with the record of it, as the agent keeps one
    kPackApart,    // the same in two transactions: for controls
    kChild,        // as after a fork, with what the agent writes beside it
    kSetting,
    kRoom,
    kScrub
  };
  Kind kind;
  std::size_t amount = 1;  // records, or bytes
};

// A day's steps: mostly single check-ins, a rush now and then, a batch sent and its receipt, a pack, a checkpoint.
// The same seed gives the same day.
[[nodiscard]] std::vector<Step> plan_day(std::uint64_t seed, std::size_t steps);
// The same with forks and packs that are applied: one of each in every dozen steps.
[[nodiscard]] std::vector<Step> plan_forked_day(std::uint64_t seed, std::size_t steps);
// 50 records, singly and in rushes, and what else a kiosk keeps; a pack of so many octets at the end.
[[nodiscard]] std::vector<Step> plan_fifty(std::size_t pack_bytes);

// A kiosk, and what its store was told to keep and has acknowledged.
class KioskDay {
 public:
  explicit KioskDay(std::uint64_t seed);

  [[nodiscard]] store::LogIdentity const& identity() const { return identity_; }
  [[nodiscard]] crypto::Key32 key() const { return store_key('k'); }
  // An empty kiosk's files: kiosk.db with record 1.
  [[nodiscard]] std::map<std::string, std::string> const& files() const { return files_; }

  // Does a step; what is acknowledged is remembered.
  [[nodiscard]] base::Done act(store::KioskStore& store, Step const& step);
  [[nodiscard]] KioskContent const& acknowledged() const { return acknowledged_; }
  // What the store holds is what was acknowledged.
  [[nodiscard]] base::Done adopt(store::KioskStore& store);
  // After failed steps and a new start: what was acknowledged must be there, and one of the steps that failed since
  // whole or none of them. Empty when so (and what is there is adopted), otherwise what differs.
  [[nodiscard]] std::string settle(store::KioskStore& store);

  // What of the store differs from `expected`; empty when nothing. Reads all there is. Records beyond those that were
  // acknowledged need only fit the chain.
  [[nodiscard]] std::string difference(store::KioskStore& store, KioskContent const& expected) const;

  // Around each call of the store in act(), so that only the store meets a fault. May be empty.
  std::function<void()> before_call, after_call;
  StoreClock clock;

 private:
  template <typename Call>
  auto called(Call const& call) {
    if (before_call) before_call();
    auto result = call();
    if (after_call) after_call();
    return result;
  }

  // What of the log differs, whose first records these are.
  [[nodiscard]] static std::string difference(store::KioskStore& store, store::LogNumber log,
                                              std::vector<store::StoredRecord> const& written, std::size_t expected);
  void remember(store::LogNumber log, store::StoredRecord record);

  // `after` becomes what there is when the step is done.
  base::Done act(store::KioskStore& store, Step const& step, KioskContent& after);

  store::LogIdentity identity_;
  std::map<std::string, std::string> files_;
  std::uint64_t drawn_ = 0;
  std::vector<std::vector<store::StoredRecord>> records_;  // by log
  KioskContent acknowledged_;
  std::vector<KioskContent> attempted_;  // had a step been done that failed since the last that went well
};

}  // namespace dga::test
