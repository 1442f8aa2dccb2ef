#include "kiosk/app/store_outbox_proxy.h"

#include "sync/agent/store_outbox.h"

namespace dga::app {

template <typename Value>
base::Result<Value> StoreOutboxProxy::ask(std::function<base::Result<Value>(agent::Outbox&)> work) {
  return on_store_thread<Value>(*store_, [clock = clock_, chosen = chosen_, work = std::move(work)](Kiosk& kiosk) {
    agent::StoreOutbox direct(kiosk.store(), *clock);
    if (chosen) direct.work_on(*chosen);
    return work(direct);
  });
}

base::Done StoreOutboxProxy::open_child(base::LogSalt const& salt) {
  return ask<void>([salt](agent::Outbox& direct) { return direct.open_child(salt); });
}

base::Result<agent::Outbox::View> StoreOutboxProxy::view() {
  return ask<View>([](agent::Outbox& direct) { return direct.view(); });
}

base::Result<base::Digest> StoreOutboxProxy::hash_at(std::uint64_t seq) {
  return ask<base::Digest>([seq](agent::Outbox& direct) { return direct.hash_at(seq); });
}

base::Result<std::vector<store::StoredRecord>> StoreOutboxProxy::records(std::uint64_t from_seq, std::size_t most_count,
                                                                         std::size_t most_bytes) {
  return ask<std::vector<store::StoredRecord>>(
      [=](agent::Outbox& direct) { return direct.records(from_seq, most_count, most_bytes); });
}

base::Result<std::optional<store::Outbound>> StoreOutboxProxy::outbound() {
  return ask<std::optional<store::Outbound>>([](agent::Outbox& direct) { return direct.outbound(); });
}

base::Done StoreOutboxProxy::keep_outbound(store::Outbound const& batch) {
  return ask<void>([batch](agent::Outbox& direct) { return direct.keep_outbound(batch); });
}

base::Done StoreOutboxProxy::drop_outbound() {
  return ask<void>([](agent::Outbox& direct) { return direct.drop_outbound(); });
}

base::Result<agent::Settlement> StoreOutboxProxy::settle(v1::Receipt const& receipt,
                                                         std::optional<agent::Question> const& question) {
  return ask<agent::Settlement>([=](agent::Outbox& direct) { return direct.settle(receipt, question); });
}

base::Done StoreOutboxProxy::apply_pack(std::uint64_t version, base::Bytes const& class_pack,
                                        std::uint64_t sealed_bytes) {
  TRY_DO(
      on_store_thread<void>(*store_, [clock = clock_, version, class_pack, sealed_bytes](Kiosk& kiosk) -> base::Done {
        agent::StoreOutbox direct(kiosk.store(), *clock);
        TRY_DO(direct.apply_pack(version, class_pack, sealed_bytes));
        return kiosk.desk().reload_pack();
      }));
  if (!store_->ask(ask::TellClass{})) return base::refused("kiosk.stopping", "the kiosk is being stopped");
  return {};
}

base::Done StoreOutboxProxy::keep_question(base::RequestNonce const& nonce) {
  return ask<void>([nonce](agent::Outbox& direct) { return direct.keep_question(nonce); });
}

base::Done StoreOutboxProxy::spend(std::uint64_t bytes) {
  return ask<void>([bytes](agent::Outbox& direct) { return direct.spend(bytes); });
}

base::Done StoreOutboxProxy::record(v1::Record draft) {
  return ask<void>([draft](agent::Outbox& direct) { return direct.record(draft); });
}

}  // namespace dga::app
