#pragma once

#include <filesystem>

#include "shared/crypto/recovery_key.h"
#include "shared/crypto/slots.h"

namespace dga::crypto {

// Secrets that files hold. What was read of a file is wiped; an error names the file and nothing of what is in it.
// Errors: of reading ("file.*"), and those of the type that is made.

// The first line of the file.
[[nodiscard]] base::Result<Passphrase> passphrase_in(std::filesystem::path const& file);
// Every octet of the file.
[[nodiscard]] base::Result<Credential> credential_in(std::filesystem::path const& file);
// The secret half of a recovery key (recovery_key.h).
[[nodiscard]] base::Result<BoxKey> recovery_secret_in(std::filesystem::path const& file);
[[nodiscard]] base::Result<BoxPublic> recovery_public_in(std::filesystem::path const& file);

}  // namespace dga::crypto
