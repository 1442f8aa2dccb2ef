#include "shared/crypto/recovery_key.h"

#include <fmt/format.h>

#include <utility>

#include "shared/crypto/hash.h"

namespace dga::crypto {
namespace {

constexpr std::string_view kSecret = "dga-recovery-secret-v1:", kPublic = "dga-recovery-public-v1:";
constexpr std::size_t kCheckOctets = 4;

std::string check_of(std::string_view text) { return base::to_hex(hash({text}).view().substr(0, kCheckOctets)); }

std::string write(std::string_view what, base::ByteView octets) {
  auto const text = fmt::format("{}{}", what, base::to_hex(octets));
  return fmt::format("{}:{}\n", text, check_of(text));
}

base::Error not_a_key(std::string_view found) {
  return base::refused("recovery.not_a_key", fmt::format("the file holds no recovery key of this kind: {}", found),
                       "Give the file that `dga kiosk recovery-key make` wrote: FILE.pub when adding a slot, FILE when "
                       "recovering");
}

base::Result<base::Bytes> read(std::string_view text, std::string_view what, std::string_view other) {
  auto line = text.substr(0, text.find_first_of("\r\n"));
  while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  if (line.starts_with(other)) return not_a_key("it is the other half of the pair");
  if (!line.starts_with(what)) return not_a_key("it does not begin as one does");
  auto const colon = line.rfind(':');
  auto octets = base::from_hex(line.substr(what.size(), colon < what.size() ? 0 : colon - what.size()));
  if (!octets || octets->size() != 32) return not_a_key("it has not 64 digits");
  if (line.substr(colon + 1) != check_of(line.substr(0, colon))) return not_a_key("a digit is wrong");
  return std::move(*octets);
}

}  // namespace

std::string write_recovery_secret(BoxKey const& key) { return write(kSecret, key.seed().view()); }
std::string write_recovery_public(BoxPublic const& key) { return write(kPublic, key.view()); }

base::Result<BoxKey> read_recovery_secret(std::string_view text) {
  TRY(auto octets, read(text, kSecret, kPublic));
  WipeAtEnd const wiping(octets);
  auto const seed = *Key32::from(octets);
  return BoxKey::from_seed(seed);
}

base::Result<BoxPublic> read_recovery_public(std::string_view text) {
  TRY(auto const octets, read(text, kPublic, kSecret));
  return *BoxPublic::from(octets);
}

base::Bytes recovery_key_id(BoxPublic const& key) {
  return base::Bytes(hash({label("dga-recovery-v1"), key.view()}).view().substr(0, 16));
}

}  // namespace dga::crypto
