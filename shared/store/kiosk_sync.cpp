// What the centre has said, and what is on its way to it.
#include <algorithm>
#include <new>

#include "shared/store/kiosk_schema.h"
#include "shared/store/kiosk_store.h"
#include "shared/store/memory.h"

namespace dga::store {

base::Result<std::uint64_t> KioskStore::facts_through(HeldLog const& log, std::uint64_t seq) {
  if (seq == 0) return std::uint64_t{0};
  if (seq >= log.head.seq) return log.facts;
  TRY(auto query, database_.prepare("SELECT facts FROM record WHERE place = ?"));
  query.bind(1, place_of(log.number, seq));
  TRY(bool const found, query.step());
  return found ? query.natural(0) : 0;
}

base::Result<std::uint64_t> KioskStore::waiting() {
  TRY(auto const all, totals());
  return all.waiting;
}

base::Result<std::uint64_t> KioskStore::waiting(LogNumber number) {
  TRY(auto const* const log, log_of(number));
  TRY(auto const state, sync_state(number));
  TRY(auto const received, facts_through(*log, state.received_through));
  return log->facts - received;
}

base::Result<KioskStore::Totals> KioskStore::totals() try {
  Totals sum;
  for (auto const& log : logs_) {
    TRY(auto const state, sync_state(log.number));
    TRY(auto const waits, waiting(log.number));
    sum.recorded += log.head.seq;
    sum.received += state.received_through;
    sum.waiting += waits;
    sum.quarantined += state.quarantined_total;
    sum.last_receipt_ms = std::max(sum.last_receipt_ms, state.last_receipt_ms);
  }
  return sum;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<SyncState> KioskStore::sync_state(LogNumber log) try {
  TRY(auto query,
      database_.prepare("SELECT received_through, durable_through, centre_epoch, fork_at, quarantined_total, "
                        "revoked, last_receipt_ms FROM sync_state WHERE log = ?"));
  query.bind(1, log);
  TRY(bool const found, query.step());
  SyncState state;
  if (!found) return state;
  state.received_through = query.natural(0);
  state.durable_through = query.natural(1);
  state.centre_epoch = query.natural(2);
  state.fork_at = query.natural(3);
  state.quarantined_total = static_cast<std::uint32_t>(query.integer(4));
  state.revoked = query.integer(5) != 0;
  state.last_receipt_ms = query.integer(6);
  return state;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::put_sync_state(LogNumber log, SyncState const& state) try {
  return durably([&]() -> base::Done {
    TRY(auto put,
        database_.prepare("INSERT OR REPLACE INTO sync_state (log, received_through, durable_through, centre_epoch, "
                          "fork_at, quarantined_total, revoked, last_receipt_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
    put.bind(1, log).bind(2, state.received_through).bind(3, state.durable_through).bind(4, state.centre_epoch);
    put.bind(5, state.fork_at).bind(6, state.quarantined_total).bind(7, state.revoked ? 1 : 0);
    put.bind(8, state.last_receipt_ms);
    return put.run();
  });
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::put_together(std::function<base::Done()> const& puts) try {
  return durably(puts);
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<std::optional<Outbound>> KioskStore::outbound(LogNumber log) try {
  TRY(auto query, database_.prepare("SELECT first_seq, count, sealed_batch FROM outbound WHERE log = ?"));
  query.bind(1, log);
  TRY(bool const found, query.step());
  if (!found) return std::optional<Outbound>();
  return std::optional(
      Outbound{query.natural(0), static_cast<std::uint32_t>(query.integer(1)), base::Bytes(query.bytes(2))});
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::keep_outbound(LogNumber log, Outbound const& batch) try {
  return durably([&]() -> base::Done {
    TRY(auto put,
        database_.prepare("INSERT OR REPLACE INTO outbound (log, first_seq, count, sealed_batch) VALUES (?, ?, ?, ?)"));
    put.bind(1, log).bind(2, batch.first_seq).bind(3, batch.count).bind_bytes(4, batch.sealed_batch);
    return put.run();
  });
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::drop_outbound(LogNumber log) try {
  return durably([&]() -> base::Done {
    TRY(auto drop, database_.prepare("DELETE FROM outbound WHERE log = ?"));
    drop.bind(1, log);
    return drop.run();
  });
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
