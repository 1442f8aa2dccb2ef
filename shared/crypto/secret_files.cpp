#include "shared/crypto/secret_files.h"

#include "shared/base/file.h"

namespace dga::crypto {
namespace {

// A recovery key's file is some 100 bytes; a longer one is no key and is told so.
constexpr std::size_t kMostRecoveryKeyBytes = 4096;

template <typename Read>
auto read_all(std::filesystem::path const& file, std::size_t most, Read const& read) -> decltype(read(base::Bytes())) {
  TRY(auto octets, base::read_file(file, most));
  WipeAtEnd const wiping(octets);
  auto made = read(octets);
  if (!made.ok()) return base::at(file.string(), made.error());
  return made;
}

}  // namespace

base::Result<Passphrase> passphrase_in(std::filesystem::path const& file) {
  TRY(auto line, base::read_secret_file(file));
  WipeAtEnd const wiping(line);
  return Passphrase(line);
}

base::Result<Credential> credential_in(std::filesystem::path const& file) {
  return read_all(file, kMostCredentialBytes, [](base::Bytes const& octets) { return Credential::from(octets); });
}

base::Result<BoxKey> recovery_secret_in(std::filesystem::path const& file) {
  return read_all(file, kMostRecoveryKeyBytes, [](base::Bytes const& text) { return read_recovery_secret(text); });
}

base::Result<BoxPublic> recovery_public_in(std::filesystem::path const& file) {
  return read_all(file, kMostRecoveryKeyBytes, [](base::Bytes const& text) { return read_recovery_public(text); });
}

}  // namespace dga::crypto
