#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

#include "shared/base/error.h"
#include "shared/records/record.pb.h"
#include "shared/store/kiosk_store.h"
#include "sync/agent/backoff.h"
#include "sync/agent/batch_size.h"

namespace dga::agent {

// How long an agent that has nothing to send leaves the centre alone: by then a new pack, a revocation or a restored
// centre is noticed. Where bytes are counted, six times as long.
inline constexpr std::chrono::milliseconds kLookAgain = std::chrono::minutes(5);

// What the machine needs to know of the kiosk's log for its next step.
struct Standing {
  std::uint64_t received_through = 0;
  std::uint64_t waiting = 0;
  bool time_sample_due = false;
  // Which of the kiosk's logs this is of all the others; those before the newest are closed.
  store::LogNumber log = 1, newest = 1;
  bool forked = false;  // the centre has told of a fork of this log
  // The sealed batch that waits for its acknowledgement.
  struct Kept {
    std::uint64_t first_seq = 0;
    std::uint32_t count = 0;
    std::uint64_t bytes = 0;
  };
  std::optional<Kept> kept;
  std::optional<std::uint64_t> bytes_left;   // of a budget (budget.h), where there is one
  std::uint64_t bytes_allowed = UINT64_MAX;  // of which those are left: no later day has more
  std::uint64_t bytes_a_day = UINT64_MAX;    // of a day's limit: what is above it comes on no day
  std::uint64_t pack_bytes = 0;              // that a class pack is likely to take
};

// The steps. Each is answered by one of the machine's reports, or by failed().
struct AskHead {};             // -> head_answered, head_unknown
struct PresentCertificate {};  // -> certificate_presented
// The kiosk's newest log forked: what is recorded from now on goes to a child log. No report.
struct OpenChild {};
// All that follows is about another of the kiosk's logs. -> moved
struct WorkOn {
  store::LogNumber log = 1;
};
struct WriteTimeSample {  // no report
  v1::TimeSample sample;
};
struct FetchPack {};  // -> pack_settled
struct CutBatch {     // -> batch_cut
  std::uint64_t from_seq = 0;
  std::size_t plain_bytes = 0;   // of records, about
  std::size_t sealed_bytes = 0;  // on the wire, about
  std::size_t most_bytes = 0;    // never more, unless it is a single record; 0: no limit
};
struct SendKept {};  // -> batch_arrived, batch_too_large, batch_wants_new_seal
struct DropKept {};  // -> kept_dropped
struct Rest {        // nothing to do before `until_ms`, unless something new is recorded
  enum class Why { kUpToDate, kBackOff, kStopped };
  Why why = Why::kUpToDate;
  std::uint64_t until_ms = 0;  // monotonic
};
using Step = std::variant<AskHead, PresentCertificate, OpenChild, WorkOn, WriteTimeSample, FetchPack, CutBatch,
                          SendKept, DropKept, Rest>;

// Decides what the agent does next. It goes through the kiosk's logs, the oldest first and each to its end: in a new
// epoch the centre may lack what all of them have, and only a log's own receipts say what of it is durable. No I/O, no
// clock: times come in as monotonic milliseconds. Thread: its owner's only.
class Machine {
 public:
  explicit Machine(base::Random& random) : backoff_(random) {}

  [[nodiscard]] Step next(Standing const& standing, std::uint64_t now_ms);

  // To the log that WorkOn named.
  void moved();
  // The centre was restored: the logs before this one are to be asked about, too.
  void new_epoch() { look_again_ms_ = 0; }
  // A receipt answered the head query; `sample` where its nonce was fresh.
  void head_answered(std::uint64_t now_ms, std::optional<v1::TimeSample> sample);
  // The centre does not know this device: it is shown the certificate, once, before that is a failure.
  void head_unknown(base::Error problem, std::uint64_t now_ms);
  void certificate_presented();
  // A pack that does not come keeps no batch from going; its problem is told while there is no other.
  void pack_settled(std::optional<base::Error> problem);
  void batch_cut(std::size_t plain_bytes, std::size_t sealed_bytes) { size_.sealed(plain_bytes, sealed_bytes); }
  void batch_arrived(std::size_t sealed_bytes, std::chrono::milliseconds took);
  // 413: cut anew, half as large; a single record cannot be halved.
  void batch_too_large(std::size_t sealed_bytes, std::uint32_t count, base::Error problem, std::uint64_t now_ms);
  // A signed RESEAL: another pack may bring the newer key, so it is asked for first.
  void batch_wants_new_seal(base::Error problem, std::uint64_t now_ms);
  void batch_too_slow() { size_.too_slow(); }
  void kept_dropped() { cut_anew_ = false; }

  // Nothing goes before a while has passed. kAskHead: what the two sides know of each other is in doubt.
  enum class Then { kSameAgain, kAskHead };
  void failed(base::Error problem, std::uint64_t now_ms, std::optional<std::chrono::seconds> retry_after = std::nullopt,
              Then then = Then::kSameAgain);
  // A person wants it now: the wait is over, its reason stays until something works.
  void hurry();

  // Why things do not go on; nothing when all is well.
  [[nodiscard]] std::optional<base::Error> const& problem() const { return problem_ ? problem_ : pack_problem_; }
  // Something other than a class pack does not go on.
  [[nodiscard]] bool stuck() const { return problem_.has_value(); }

 private:
  [[nodiscard]] Step next_batch(Standing const& standing, std::uint64_t now_ms);
  [[nodiscard]] Step cut(Standing const& standing) const;
  // A pack that no day has room for is a problem; one that finds none today comes another day.
  void skip_pack(Standing const& standing, std::uint64_t needed);
  // `needed`: so much the budget must allow for anything to go.
  [[nodiscard]] Rest budget_spent(Standing const& standing, std::uint64_t needed, std::uint64_t now_ms);
  void works();

  Backoff backoff_;
  BatchSize size_;
  bool counted_ = false;  // bytes are
  bool head_known_ = false;
  bool pack_settled_ = false;
  bool certificate_due_ = false;
  bool certificate_shown_ = false;  // since the last failure
  bool cut_anew_ = false;
  bool new_seal_wanted_ = false;  // since the last batch that arrived
  std::optional<v1::TimeSample> sample_;
  std::optional<base::Error> problem_, pack_problem_;
  std::uint64_t not_before_ms_ = 0;
  std::uint64_t look_again_ms_ = 0;
};

}  // namespace dga::agent
