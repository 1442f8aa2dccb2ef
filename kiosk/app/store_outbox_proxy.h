#pragma once

#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "kiosk/app/store_thread.h"
#include "sync/agent/outbox.h"

namespace dga::app {

// Has `work` done on the store thread and waits for its answer. Refused "kiosk.locked", "kiosk.stopping".
// Thread: any but the UI's and the store thread.
template <typename Value>
[[nodiscard]] base::Result<Value> on_store_thread(StoreThread& store, std::function<base::Result<Value>(Kiosk&)> work) {
  // Shared with the store thread: it may still be at it when a broken promise has sent us home.
  auto answer = std::make_shared<std::promise<base::Result<Value>>>();
  auto waiting = answer->get_future();
  bool const asked = store.ask(ask::Work{[answer, work = std::move(work)](Kiosk* kiosk) {
    if (kiosk)
      answer->set_value(work(*kiosk));
    else
      answer->set_value(base::refused("kiosk.locked", "the kiosk is not unlocked yet"));
  }});
  if (!asked) return base::refused("kiosk.stopping", "the kiosk is being stopped");
  return waiting.get();
}

// The kiosk's store as the agent's outbox, seen from the sync thread.
class StoreOutboxProxy final : public agent::Outbox {
 public:
  // Both outlive the proxy.
  StoreOutboxProxy(StoreThread& store, base::Clock const& clock) : store_(&store), clock_(&clock) {}

  void work_on(store::LogNumber log) override { chosen_ = log; }
  [[nodiscard]] base::Done open_child(base::LogSalt const& salt) override;
  [[nodiscard]] base::Result<View> view() override;
  [[nodiscard]] base::Result<base::Digest> hash_at(std::uint64_t seq) override;
  [[nodiscard]] base::Result<std::vector<store::StoredRecord>> records(std::uint64_t from_seq, std::size_t most_count,
                                                                       std::size_t most_bytes) override;
  [[nodiscard]] base::Result<std::optional<store::Outbound>> outbound() override;
  [[nodiscard]] base::Done keep_outbound(store::Outbound const& batch) override;
  [[nodiscard]] base::Done drop_outbound() override;
  [[nodiscard]] base::Result<agent::Settlement> settle(v1::Receipt const& receipt,
                                                       std::optional<agent::Question> const& question) override;
  // The desk works with the new pack from here on, and the screens are told.
  [[nodiscard]] base::Done apply_pack(std::uint64_t version, base::Bytes const& class_pack,
                                      std::uint64_t sealed_bytes) override;
  [[nodiscard]] base::Done keep_question(base::RequestNonce const& nonce) override;
  [[nodiscard]] base::Done spend(std::uint64_t bytes) override;
  [[nodiscard]] base::Done record(v1::Record draft) override;

 private:
  template <typename Value>
  [[nodiscard]] base::Result<Value> ask(std::function<base::Result<Value>(agent::Outbox&)> work);

  StoreThread* store_;
  base::Clock const* clock_;
  std::optional<store::LogNumber> chosen_;
};

}  // namespace dga::app
