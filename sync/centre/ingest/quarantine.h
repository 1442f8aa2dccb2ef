#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

// Which records of the quarantine are meant; what is left out is not looked at.
struct QuarantineChoice {
  std::optional<std::uint64_t> class_id;
  std::optional<base::LogId> log;
};

// A record that was received and is not accepted.
struct Quarantined {
  base::LogId log;
  base::DeviceId device;
  std::string name;  // the device's
  std::uint32_t branch = 0;
  std::uint64_t seq = 0;
  std::uint32_t reason = 0;    // a v1::QuarantineReason
  std::uint64_t class_id = 0;  // 0: about the kiosk, or not to be read
};
struct QuarantineList {
  std::uint64_t total = 0;        // that the choice meets
  std::vector<Quarantined> rows;  // the first `most` of them, by log, branch and seq
};
[[nodiscard]] base::Result<QuarantineList> list_quarantine(Context const& context, QuarantineChoice const& choice,
                                                           std::size_t most);

// "NOT_ASSIGNED", as receipt.proto names it, and what mends it in a few words.
[[nodiscard]] std::string reason_name(std::uint32_t reason);
[[nodiscard]] std::string reason_advice(std::uint32_t reason);

// A coordinator's decision to take in what a revoked device sent, on one branch up to a place: judged as if it had not
// been revoked. What comes later stays out. Gives how many are accepted now.
// Refused "quarantine.no_log".
[[nodiscard]] base::Result<std::uint64_t> admit_revoked(Context const& context, base::LogId const& log,
                                                        std::uint32_t branch, std::uint64_t through);

}  // namespace dga::centre
