#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "shared/crypto/escrow.h"
#include "sync/centre/keys.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

constexpr char kConfirmation[] = "EXPORT";
constexpr char kWarning[] =
    "The secret keys of this centre follow on standard output.\n"
    "Whoever has them reads every batch and bundle that kiosks of this centre ever sealed, signs receipts in its name\n"
    "so that kiosks delete what never arrived, and opens its database and every backup. There is no taking them back.\n"
    "They are for escrow: on paper or an encrypted medium in a safe, never in a mail, a ticket or a chat.\n";

// Private keys as RFC 8032 and RFC 7748 have them: 32 bytes each.
ordered_json signing_pair(std::uint32_t id, crypto::SigningKey const& key) {
  return {{"id", id},
          {"algorithm", "Ed25519"},
          {"public", key.public_key().hex()},
          {"secret", base::to_hex(key.seed().view())}};
}

ordered_json escrow_of(centre::CentreKeys const& keys) {
  ordered_json boxes = ordered_json::array();
  for (auto const& [id, box] : keys.boxes)
    boxes.push_back({{"id", id},
                     {"algorithm", "X25519"},
                     {"public", box.public_key().hex()},
                     {"secret", base::to_hex(crypto::escrowed_secret(box).view())}});
  return {{"note", "Secret: the keys of a centre of DGA Kiosk, in hexadecimal"},
          {"root", {{"algorithm", "Ed25519"}, {"public", keys.root.hex()}}},
          {"centre_signing", signing_pair(keys.signing_id, keys.signing)},
          {"centre_box", std::move(boxes)},
          {"certificate", signing_pair(keys.certificates_id, keys.certificates)},
          {"database", {{"algorithm", "XChaCha20-Poly1305"}, {"secret", base::to_hex(keys.database.view())}}}};
}

base::Done confirm() {
  fmt::print(stderr, "Type {} to go on: ", kConfirmation);
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == kConfirmation) return {};
  return base::refused("keys.not_confirmed", "the export was not confirmed, and nothing was printed",
                       fmt::format("Type {}, or say --yes", kConfirmation));
}

base::Done export_keys(std::string const& folder, bool confirmed) {
  TRY(auto const keys, centre::read_keys(folder));
  fmt::print(stderr, "{}", kWarning);
  if (!confirmed) TRY_DO(confirm());
  print_json(escrow_of(keys));
  return {};
}

}  // namespace

void add_centre_keys_commands(CLI::App& centre, Context& context) {
  auto* keys = centre.add_subcommand("keys", "The centre's keys");
  keys->require_subcommand(1);
  auto data = std::make_shared<std::string>();
  auto yes = std::make_shared<bool>(false);
  auto* made = keys->add_subcommand(
      "export",
      "Print public and secret keys as JSON, for escrow: with them and docs of the protocol anybody reads what "
      "kiosks sealed");
  made->add_option("--data", *data, "The centre's folder")->required();
  made->add_flag("--yes", *yes, "Without asking");
  made->callback([data, yes, &context] { context.exit_code = run([&] { return export_keys(*data, *yes); }); });
}

}  // namespace dga::command_line
