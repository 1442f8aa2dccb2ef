#pragma once

#include <chrono>
#include <functional>

#include "shared/base/clock.h"
#include "sync/agent/outbox.h"

namespace dga::agent {

// At most one time sample in each boot within this (protocol.md, "The log").
inline constexpr std::chrono::milliseconds kTimeSampleEvery = std::chrono::minutes(10);

// The kiosk's store itself as the agent's outbox. Packs are applied through it alone while it lives.
// Thread: the store's owner's.
class StoreOutbox : public Outbox {
 public:
  // Both outlive the outbox.
  StoreOutbox(store::KioskStore& store, base::Clock const& clock) : store_(&store), clock_(&clock) {}

  void work_on(store::LogNumber log) override { chosen_ = log; }
  [[nodiscard]] base::Done open_child(base::LogSalt const& salt) override;
  [[nodiscard]] base::Result<View> view() override;
  [[nodiscard]] base::Result<base::Digest> hash_at(std::uint64_t seq) override { return store_->hash_at(log(), seq); }
  [[nodiscard]] base::Result<std::vector<store::StoredRecord>> records(std::uint64_t from_seq, std::size_t most_count,
                                                                       std::size_t most_bytes) override;
  [[nodiscard]] base::Result<std::optional<store::Outbound>> outbound() override { return store_->outbound(log()); }
  [[nodiscard]] base::Done keep_outbound(store::Outbound const& batch) override {
    return store_->keep_outbound(log(), batch);
  }
  [[nodiscard]] base::Done drop_outbound() override { return store_->drop_outbound(log()); }
  [[nodiscard]] base::Result<Settlement> settle(v1::Receipt const& receipt,
                                                std::optional<Question> const& question) override;
  // The pack and its record in one transaction: never one without the other.
  [[nodiscard]] base::Done apply_pack(std::uint64_t version, base::Bytes const& class_pack,
                                      std::uint64_t sealed_bytes) override;
  [[nodiscard]] base::Done keep_question(base::RequestNonce const& nonce) override;
  [[nodiscard]] base::Done spend(std::uint64_t bytes) override { return agent::spend(*store_, *clock_, bytes); }
  [[nodiscard]] base::Done record(v1::Record draft) override;

 private:
  [[nodiscard]] store::LogNumber log() const { return chosen_.value_or(store_->logs().back().number); }
  [[nodiscard]] base::Result<store::HeldLog const*> held() const;
  [[nodiscard]] base::Done append(std::vector<v1::Record> drafts, std::function<base::Done()> const& with);

  store::KioskStore* store_;
  base::Clock const* clock_;
  std::optional<store::LogNumber> chosen_;
};

}  // namespace dga::agent
