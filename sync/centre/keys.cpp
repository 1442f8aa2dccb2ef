#include "sync/centre/keys.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "shared/base/file.h"

namespace dga::centre {

using base::Done;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::uint32_t kFormat = 1;

base::Error keys_damaged(std::filesystem::path const& folder) {
  return base::damaged("centre.keys_damaged",
                       fmt::format("{} can't be read as a centre's keys", (folder / kKeysFile).string()),
                       "Bring the file back from your own copy; without it the database can't be opened");
}

// Throws json exceptions and std::bad_optional_access, which read_keys turns into damage.
crypto::Key32 secret_of(nlohmann::json const& value) {
  return crypto::Key32::from(base::from_hex(value.get<std::string>()).value()).value();
}

}  // namespace

CentreKeys draw_keys(crypto::SigningPublic const& root, base::Random& random) {
  CentreKeys keys{random.draw<crypto::Key32>(),         1,   crypto::SigningKey::generate(random), 1, {}, 1,
                  crypto::SigningKey::generate(random), root};
  keys.boxes.emplace(keys.box_id, crypto::BoxKey::generate(random));
  return keys;
}

Done write_keys(std::filesystem::path const& folder, CentreKeys const& keys) {
  ordered_json boxes = ordered_json::array();
  for (auto const& [id, box] : keys.boxes) boxes.push_back({{"id", id}, {"seed", base::to_hex(box.seed().view())}});
  ordered_json const file{
      {"note", "Secret. Keep a copy apart from the database: without this file nothing in it can be read."},
      {"format", kFormat},
      {"database_key", base::to_hex(keys.database.view())},
      {"signing", {{"id", keys.signing_id}, {"seed", base::to_hex(keys.signing.seed().view())}}},
      {"box_in_use", keys.box_id},
      {"boxes", std::move(boxes)},
      {"certificates", {{"id", keys.certificates_id}, {"seed", base::to_hex(keys.certificates.seed().view())}}},
      {"root_public", keys.root.hex()}};
  return base::write_file(folder / kKeysFile, file.dump(1) + "\n", base::FileAccess::kOwnerOnly);
}

Result<CentreKeys> read_keys(std::filesystem::path const& folder) {
  std::error_code problem;
  if (!std::filesystem::exists(folder / kKeysFile, problem))
    return base::refused("centre.not_found", fmt::format("there is no centre in {}", folder.string()),
                         "Make one with \"dga centre init\", or check the path");
  TRY(auto const content, base::read_file(folder / kKeysFile, 1024 * 1024));
  try {
    auto const file = nlohmann::json::parse(content);
    if (file.at("format").get<std::uint32_t>() != kFormat) return keys_damaged(folder);
    auto const& signing = file.at("signing");
    auto const& certificates = file.at("certificates");
    CentreKeys keys{
        secret_of(file.at("database_key")),
        signing.at("id").get<std::uint32_t>(),
        crypto::SigningKey::from_seed(secret_of(signing.at("seed"))),
        file.at("box_in_use").get<std::uint32_t>(),
        {},
        certificates.at("id").get<std::uint32_t>(),
        crypto::SigningKey::from_seed(secret_of(certificates.at("seed"))),
        crypto::SigningPublic::from(base::from_hex(file.at("root_public").get<std::string>()).value()).value()};
    for (auto const& box : file.at("boxes"))
      keys.boxes.emplace(box.at("id").get<std::uint32_t>(), crypto::BoxKey::from_seed(secret_of(box.at("seed"))));
    if (!keys.boxes.contains(keys.box_id)) return keys_damaged(folder);
    return keys;
  } catch (std::exception const&) {  // its text would quote the file
    return keys_damaged(folder);
  }
}

Done write_root(std::filesystem::path const& folder, crypto::SigningKey const& root) {
  return base::write_file(
      folder / kRootFile,
      base::to_hex(root.seed().view()) +
          "\n# The root of trust, secret. Move this file to the coordinators' safe and keep a second copy there.\n"
          "# The centre runs without it; bring it back for a moment to revoke a kiosk or to change a key.\n",
      base::FileAccess::kOwnerOnly);
}

Result<crypto::SigningKey> read_root(std::filesystem::path const& folder, crypto::SigningPublic const& expected) {
  std::error_code problem;
  if (!std::filesystem::exists(folder / kRootFile, problem))
    return base::refused(
        "root.not_here",
        fmt::format("{} is not there, and a trust list needs its signature", (folder / kRootFile).string()),
        "Bring root.key from the safe, do this again, and put it back");
  TRY(auto const hex, base::read_secret_file(folder / kRootFile));
  auto const seed = crypto::Key32::from(base::from_hex(hex).value_or(""));
  if (seed) {
    auto root = crypto::SigningKey::from_seed(*seed);
    if (root.public_key() == expected) return root;
  }
  return base::damaged("root.damaged",
                       fmt::format("{} is not the root that this centre's kiosks trust", (folder / kRootFile).string()),
                       "Bring the right file from the safe");
}

}  // namespace dga::centre
