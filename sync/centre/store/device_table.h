#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::centre {

enum class DeviceState : std::uint32_t {
  kPending = 1,  // enrolled, the six digits not yet compared
  kActive = 2,
  kRevoked = 3,
  kRejected = 4,     // its enrolment was never confirmed; its certificate is worth nothing
  kUnconfirmed = 5,  // since a restore: it has a certificate, and nobody here knows whether it was ever confirmed
};

struct DeviceRow {
  base::DeviceId id;
  base::Bytes ed25519, x25519;  // 32 bytes each
  std::string name;
  DeviceState state = DeviceState::kPending;
  std::int64_t last_heard_ms = 0;  // 0: never
};

enum class CodeState : std::uint32_t { kFresh = 1, kAnswered = 2, kConfirmed = 3, kDead = 4 };

// An enrolment code and what became of it. `code` is wiped when it is no longer needed.
struct CodeRow {
  base::Bytes id;    // 8 bytes
  base::Bytes code;  // 16 bytes, or empty
  std::string name;
  std::uint64_t class_id = 0;
  std::int64_t expires_ms = 0;
  CodeState state = CodeState::kFresh;
  std::uint32_t wrong_tries = 0;
  std::uint32_t digits = 0;    // the six, once answered
  base::DeviceId device;       // once answered
  base::Bytes request, reply;  // as they went over the wire: the same request gets the same answer
};

// Thread: within one unit of work of the Store.
class DeviceTable {
 public:
  virtual ~DeviceTable() = default;
  [[nodiscard]] virtual base::Result<std::optional<DeviceRow>> device(base::DeviceId const& id) = 0;
  [[nodiscard]] virtual base::Result<std::vector<DeviceRow>> devices() = 0;  // by id
  [[nodiscard]] virtual base::Done put_device(DeviceRow const& device) = 0;
  [[nodiscard]] virtual base::Done heard_from(base::DeviceId const& id, std::int64_t at_ms) = 0;

  // In the order of assignment, the newest last.
  [[nodiscard]] virtual base::Result<std::vector<std::uint64_t>> classes_of(base::DeviceId const& id) = 0;
  [[nodiscard]] virtual base::Done assign(base::DeviceId const& id, std::uint64_t class_id, std::int64_t at_ms) = 0;

  [[nodiscard]] virtual base::Result<std::optional<CodeRow>> code(base::ByteView id) = 0;
  [[nodiscard]] virtual base::Result<std::vector<CodeRow>> codes(CodeState state) = 0;  // by expiry
  [[nodiscard]] virtual base::Done put_code(CodeRow const& code) = 0;
};

}  // namespace dga::centre
