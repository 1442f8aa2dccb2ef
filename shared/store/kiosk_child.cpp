#include "shared/store/kiosk_child.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "shared/store/kiosk_schema.h"
#include "shared/store/memory.h"

namespace dga::store {

base::Done insert_log(Database& database, HeldLog const& log) {
  TRY(auto insert, database.prepare("INSERT INTO log (number, log_id, device_id, log_salt) VALUES (?, ?, ?, ?)"));
  insert.bind(1, log.number).bind_bytes(2, log.identity.log.view()).bind_bytes(3, log.identity.device.view());
  return insert.bind_bytes(4, log.identity.salt.view()).run();
}

v1::Record log_opened(LogIdentity const& identity, std::string_view product_version) {
  v1::Record record;
  auto& fact = *record.mutable_log_opened();
  fact.set_device_id(identity.device.bytes());
  fact.set_log_salt(identity.salt.bytes());
  fact.set_product_version(std::string(product_version));
  return record;
}

base::Done KioskStore::open_child(base::LogSalt const& salt, std::string_view product_version, base::Clock const& clock,
                                  std::function<base::Done()> const& with) try {
  auto const& parent = logs_.back();
  auto const id = crypto::log_id(parent.identity.device, salt);
  if (std::any_of(logs_.begin(), logs_.end(), [&](auto const& log) { return log.identity.log == id; }))
    return base::refused("store.identity", "a child log needs a salt of its own, and this one was used before",
                         "Draw another salt");
  HeldLog child{parent.number + 1, {parent.identity.device, id, salt}, {0, crypto::chain_start(id)}};
  auto opened = log_opened(child.identity, product_version);
  opened.mutable_log_opened()->set_parent_log(parent.identity.log.bytes());
  opened.mutable_log_opened()->set_parent_seq(parent.head.seq);
  opened.mutable_log_opened()->set_parent_hash(parent.head.hash.bytes());
  TRY(auto const sync, sync_state(parent.number));
  // What is known of the centre stays known: a word of an epoch that it has left counts for no log.
  SyncState inherited;
  inherited.centre_epoch = sync.centre_epoch;
  inherited.revoked = sync.revoked;
  inherited.last_receipt_ms = sync.last_receipt_ms;

  logs_.reserve(logs_.size() + 1);  // no memory needed once it is durable
  auto const begin = [&]() -> base::Done {
    TRY_DO(insert_log(database_, child));
    return put_sync_state(child.number, inherited);
  };
  TRY_DO(write(child, {opened}, clock, begin, with));
  logs_.push_back(child);
  return {};
} catch (std::bad_alloc const&) {
  return no_memory();
}

// The child says where its parent ended: a parent that ends elsewhere has lost its end.
base::Done KioskStore::goes_on(HeldLog const& child, HeldLog const& parent) {
  v1::Record first;
  TRY_DO(replay(child.number, 1, [&](StoredRecord const& stored) -> base::Result<bool> {
    if (!first.ParseFromString(stored.bytes)) first.Clear();
    return false;
  }));
  auto const& opened = first.log_opened();
  if (opened.parent_log() == parent.identity.log.view() && opened.parent_seq() == parent.head.seq &&
      opened.parent_hash() == parent.head.hash.view())
    return {};
  return base::damaged(
      "store.chain",
      fmt::format("log {} goes on from record {} of the one before it, which ends with record {} or is another",
                  child.number, opened.parent_seq(), parent.head.seq),
      "Keep the folder as it is and look at it with \"dga store check\"; what was sent is at the centre");
}

base::Done KioskStore::check_chains() {
  for (auto const& log : logs_) {
    TRY_DO(check_chain(log.number, 1));
    if (log.number > 1) TRY_DO(goes_on(log, logs_[static_cast<std::size_t>(log.number) - 2]));
  }
  return {};
}

}  // namespace dga::store
