#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/store/kiosk_store.h"

namespace dga::agent {

// So many questions of one log are with couriers at once, at the most: a parcel carries one for each of the kiosk's
// logs, and a day has fewer couriers.
inline constexpr std::size_t kMostQuestions = 32;

// The head queries that couriers carry, as a kiosk remembers them (protocol/DECISIONS.md, "Bundles"). Thread: its
// owner's.
class CourierQuestions {
 public:
  CourierQuestions() = default;
  // As bytes() gave them; what is no whole question is passed over.
  explicit CourierQuestions(base::ByteView kept);
  [[nodiscard]] base::Bytes bytes() const;

  // The oldest of this log makes room.
  void ask(store::LogNumber log, base::RequestNonce const& nonce);
  // When the centre last answered it, by its clock; 0: not yet. Nothing where it is not remembered.
  [[nodiscard]] std::optional<std::int64_t> answered_ms(store::LogNumber log, base::ByteView nonce) const;
  // Those that were asked of the same log before it are forgotten: what answers them is older news. Those of other logs
  // stay: one parcel asks for all of them.
  void answered(store::LogNumber log, base::ByteView nonce, std::int64_t centre_ms);

 private:
  struct Asked {
    store::LogNumber log = 1;
    base::RequestNonce nonce;
    std::int64_t answered_ms = 0;
  };
  std::vector<Asked> asked_;  // newest first
};

}  // namespace dga::agent
