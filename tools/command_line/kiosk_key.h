#pragma once

#include <string>

#include "shared/base/result.h"
#include "shared/crypto/slots.h"

namespace CLI {
class App;
}

namespace dga::command_line {

// What opens a kiosk, by the files that hold it: one of the two.
struct KeyFiles {
  std::string passphrase_file, credential_file;
};

// --passphrase-file and --credential-file.
void add_key_options(CLI::App& command, KeyFiles& files);

// Usage "options.no_secret" when neither was given; errors of reading files and of crypto::Credential.
[[nodiscard]] base::Result<crypto::SlotSecret> secret_of(KeyFiles const& files);
// All of a secret file; "-" is standard input.
[[nodiscard]] base::Result<crypto::Credential> credential_from(std::string const& file);

}  // namespace dga::command_line
