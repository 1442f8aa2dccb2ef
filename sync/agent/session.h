#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "shared/base/clock.h"
#include "shared/crypto/seal.h"
#include "shared/crypto/sign.h"
#include "sync/agent/forecast.h"
#include "sync/agent/machine.h"
#include "sync/agent/outbox.h"
#include "sync/agent/pinned.h"
#include "sync/agent/settlement.h"
#include "sync/agent/transport.h"

namespace dga::agent {

// What one kiosk's exchange with its centre works on. The references outlive the session.
struct SessionParts {
  Outbox& outbox;
  Transport& transport;
  base::Clock const& clock;
  base::Random& random;
  Pinned pinned;
  crypto::SigningKey signing;  // the kiosk's own
  crypto::BoxKey box;
  // A limit for this session alone, both ways; the day's budget (budget.h) holds besides.
  std::optional<std::uint64_t> most_bytes = std::nullopt;
};

// What went over, in one session.
struct Tally {
  std::uint64_t sent = 0;                      // in batches that got a reply; each record once
  std::uint64_t acknowledged = 0;              // by receipts that verified, those of earlier batches included
  std::uint64_t bytes_up = 0, bytes_down = 0;  // bodies and what stands around them (kExchangeBytes)
};

// How fast things go, while they go.
struct Pace {
  std::uint32_t records_per_second = 0;
  std::uint32_t seconds_left = 0;
  bool operator==(Pace const&) const = default;
};

// Does what the machine decides: asks the store, seals, sends, verifies, keeps. One request is in flight at a time.
// Thread: its owner's only; calls block while the transport does.
class Session {
 public:
  explicit Session(SessionParts parts);

  // One step. Gives the rest when there was nothing to do before its end.
  [[nodiscard]] std::optional<Rest> turn(std::stop_token stop);
  // A person wants it now.
  void hurry() { machine_.hurry(); }

  [[nodiscard]] Tally const& tally() const { return tally_; }
  [[nodiscard]] std::optional<base::Error> problem() const;
  [[nodiscard]] std::optional<std::uint32_t> round_trip_ms() const { return round_trip_ms_; }
  // As of the last turn.
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
  [[nodiscard]] std::uint64_t received_through() const { return received_through_; }
  // What sending the rest is likely to take.
  [[nodiscard]] Forecast forecast() const { return costs_.of(waiting_, pack_bytes_); }
  [[nodiscard]] std::optional<Budget> const& budget() const { return budget_; }
  // Nothing before the second batch of a streak has arrived.
  [[nodiscard]] std::optional<Pace> pace() const;

 private:
  // An exchange that came to a reply, and how long it took.
  struct Exchanged {
    Reply reply;
    std::uint64_t sent_ms = 0, received_ms = 0;
    [[nodiscard]] std::chrono::milliseconds took() const { return std::chrono::milliseconds(received_ms - sent_ms); }
  };
  [[nodiscard]] base::Result<Exchanged> exchange(std::string path, base::Bytes body, std::stop_token stop);

  // Each carries out one step and reports to the machine what came of it.
  void perform(Step const& step, Outbox::View const& view, std::stop_token stop);
  void ask_head(Outbox::View const& view, std::stop_token stop);
  void present_certificate(std::stop_token stop);
  void open_child();
  void work_on(store::LogNumber log);
  void write(WriteTimeSample const& step);
  void fetch_pack(Outbox::View const& view, std::stop_token stop);
  void cut(CutBatch const& step, Outbox::View const& view);
  void send_kept(Outbox::View const& view, std::stop_token stop);
  void drop_kept();

  [[nodiscard]] base::Done take_pack(Outbox::View const& view, Reply const& reply, base::RequestNonce const& nonce);
  [[nodiscard]] base::Result<store::Outbound> seal(CutBatch const& step, Outbox::View const& view);
  void batch_answered(Outbox::View const& view, store::Outbound const& batch, v1::Receipt const& receipt,
                      std::chrono::milliseconds took);
  // Settles a receipt that answers the question with `nonce`; gives what is known, and kept, after it.
  [[nodiscard]] base::Result<store::SyncState> settle_receipt(Outbox::View const& view, v1::Receipt const& receipt,
                                                              base::ByteView nonce, std::uint64_t batch_first_seq);

  [[nodiscard]] std::optional<std::uint64_t> bytes_left() const;
  [[nodiscard]] std::uint64_t bytes_allowed() const;
  void count(std::uint64_t up, std::uint64_t down);

  void fail(base::Error problem, Machine::Then then = Machine::Then::kSameAgain);
  void fail(base::Error problem, Reply const& reply, Machine::Then then);

  SessionParts parts_;
  Machine machine_;
  Tally tally_;
  std::uint64_t counted_through_ = 0;  // records up to here are in tally_.sent
  std::optional<std::uint32_t> round_trip_ms_;
  bool revoked_ = false;
  Costs costs_;
  std::optional<Budget> budget_;
  // Batches that followed each other without a rest.
  struct Streak {
    std::uint64_t began_ms = 0, records = 0, batches = 0, last_ms = 0;
  };
  Streak streak_;
  std::uint64_t waiting_ = 0, received_through_ = 0, pack_bytes_ = 0;
};

// What came of one round of sending.
struct SyncOutcome {
  Tally tally;
  std::uint64_t waiting = 0;
  std::optional<base::Error> problem;  // why something still waits; its fault gives the exit code
};
// Sends until nothing is left or something fails; waits for nothing.
[[nodiscard]] SyncOutcome sync_once(SessionParts parts, std::stop_token stop = {});

}  // namespace dga::agent
