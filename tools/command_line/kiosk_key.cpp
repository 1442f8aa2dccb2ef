#include "tools/command_line/kiosk_key.h"

#include <CLI/CLI.hpp>

#include "shared/crypto/secret_files.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {

void add_key_options(CLI::App& command, KeyFiles& files) {
  auto* const passphrase = command.add_option("--passphrase-file", files.passphrase_file,
                                              "The kiosk's passphrase, on the first line; - for standard input");
  command
      .add_option("--credential-file", files.credential_file,
                  "Or its system credential: every byte of the file; - for standard input")
      ->excludes(passphrase);
}

base::Result<crypto::Credential> credential_from(std::string const& file) {
  return crypto::credential_in(file_or_input(file));
}

base::Result<crypto::SlotSecret> secret_of(KeyFiles const& files) {
  if (!files.credential_file.empty()) {
    TRY(auto const credential, credential_from(files.credential_file));
    return crypto::SlotSecret(credential);
  }
  if (files.passphrase_file.empty())
    return base::usage("options.no_secret", "nothing was given that opens the kiosk",
                       "Give --passphrase-file FILE or --credential-file FILE");
  TRY(auto passphrase, secret_from(files.passphrase_file));
  crypto::WipeAtEnd const wiping(passphrase);
  return crypto::SlotSecret(crypto::Passphrase(passphrase));
}

}  // namespace dga::command_line
