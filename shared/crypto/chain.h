#pragma once

#include "shared/base/bytes.h"
#include "shared/crypto/sign.h"

namespace dga::crypto {

// protocol.md, "Identities" and "The log".
[[nodiscard]] base::DeviceId device_id(SigningPublic const& key);
[[nodiscard]] base::LogId log_id(base::DeviceId const& device, base::LogSalt const& salt);

// h(0) of a log.
[[nodiscard]] base::Digest chain_start(base::LogId const& log);
// h(n) from h(n-1) and H(record bytes).
[[nodiscard]] base::Digest chain_next(base::Digest const& previous, std::uint64_t seq,
                                      base::Digest const& record_digest);

}  // namespace dga::crypto
