#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shared/base/result.h"
#include "shared/records/record.pb.h"
#include "shared/store/kiosk_store.h"
#include "sync/agent/budget.h"
#include "sync/agent/settlement.h"

namespace dga::agent {

// All that the agent needs of the kiosk's store. The command line gives the store itself; the kiosk's sync thread gives
// a proxy that asks the store thread and waits. Calls may block.
// A kiosk that was told of a fork has several logs (store/kiosk_store.h): calls speak of the one that was chosen last,
// of the newest while none was. What is recorded goes to the newest, whichever was chosen.
class Outbox {
 public:
  virtual ~Outbox() = default;
  struct View {
    store::LogIdentity identity;
    store::LogHead head;
    store::SyncState sync;
    // What is to be sent of this log. Of the newest time samples are not counted; one that is closed is sent to its
    // very end, since nothing follows with which they could go.
    std::uint64_t waiting = 0;
    std::uint64_t waiting_in_all = 0;            // in all logs; time samples are not counted
    std::uint64_t pack_version = 0;              // 0: none yet
    std::uint64_t pack_bytes = kFirstPackBytes;  // what it took to come down; the next one is about as large
    bool time_sample_due = false;                // none in this boot within 10 minutes; never of a log that is closed
    store::LogNumber log = 1, newest = 1;
    std::optional<Budget> budget;  // a day's, where one is set
  };
  // REQUIRES: a number that a view has shown to be there.
  virtual void work_on(store::LogNumber log) = 0;
  // Closes the newest log and opens its child; the choice stays.
  [[nodiscard]] virtual base::Done open_child(base::LogSalt const& salt) = 0;
  [[nodiscard]] virtual base::Result<View> view() = 0;
  [[nodiscard]] virtual base::Result<base::Digest> hash_at(std::uint64_t seq) = 0;
  // From `from_seq` on, in order, while they fit into `most_bytes` and `most_count`; at least one where there is one.
  [[nodiscard]] virtual base::Result<std::vector<store::StoredRecord>> records(std::uint64_t from_seq,
                                                                               std::size_t most_count,
                                                                               std::size_t most_bytes) = 0;
  [[nodiscard]] virtual base::Result<std::optional<store::Outbound>> outbound() = 0;
  [[nodiscard]] virtual base::Done keep_outbound(store::Outbound const& batch) = 0;
  [[nodiscard]] virtual base::Done drop_outbound() = 0;
  // Settles a verified receipt for the chosen log and keeps what is known then (settlement.h), in one go: a kiosk's
  // roads settle beside each other, and between one's reading and its writing another's word would be lost.
  // Beside the store's errors those of settlement.h: by their codes, which begin with "sync.", the receipt is at fault.
  [[nodiscard]] virtual base::Result<Settlement> settle(v1::Receipt const& receipt,
                                                        std::optional<Question> const& question) = 0;
  // Kept only when newer; the caller has verified it. `sealed_bytes`: as it came. Recorded as KioskEvent PACK_APPLIED
  // when more than the attendance known elsewhere is new.
  [[nodiscard]] virtual base::Done apply_pack(std::uint64_t version, base::Bytes const& class_pack,
                                              std::uint64_t sealed_bytes) = 0;
  // The nonces of head queries that couriers carry are remembered (courier_questions.h), for the chosen log: an answer
  // to one was made after it, so it is fresh however long it travelled. It is so once: the same file, read again weeks
  // later, is no new word of the centre's. What was asked of the log before an answered question is forgotten: what
  // answers that is older news.
  [[nodiscard]] virtual base::Done keep_question(base::RequestNonce const& nonce) = 0;
  // Against the day's budget, where one is set.
  [[nodiscard]] virtual base::Done spend(std::uint64_t bytes) = 0;
  // A TimeSample or a KioskEvent of the agent's. Sets a TimeSample's `boot` to that of the stamp it gets.
  [[nodiscard]] virtual base::Done record(v1::Record draft) = 0;
};

}  // namespace dga::agent
