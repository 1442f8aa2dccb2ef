#include "sync/centre/ingest/senders.h"

namespace dga::centre {

using base::Result;

namespace {

// Kiosks that send within the same minutes; a few kB each.
constexpr std::size_t kMostRemembered = 1'024;

}  // namespace

Result<Sender> Sender::of(Tables& tables, LogInfo const& log) {
  Sender sender;
  TRY(sender.device, tables.devices.device(log.device));
  TRY(sender.judge, Judge::of(tables, log, sender.device));
  return sender;
}

std::optional<Sender> Senders::recall(LogInfo const& log) const {
  std::lock_guard lock(mutex_);
  auto const found = known_.find({log.device, log.salt});
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Senders::remember(LogInfo const& log, Sender const& sender) {
  std::lock_guard lock(mutex_);
  if (known_.size() >= kMostRemembered) known_.clear();
  known_.insert_or_assign(Key{log.device, log.salt}, sender);
}

}  // namespace dga::centre
