// Who may open a kiosk, and with which key its data is written.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "shared/base/file.h"
#include "shared/crypto/secret_files.h"
#include "shared/store/kiosk_rekey.h"
#include "shared/store/kiosk_slots.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/kiosk_key.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string data, out, new_passphrase_file, new_credential_file, recovery_key_file;
  std::size_t slot = 0;
  bool json = false;
  KeyFiles key;
};

std::string name_of(std::uint32_t kind) {
  switch (kind) {
    case 1: return "passphrase";
    case 2: return "credential";
    case 3: return "recovery";
    default: return "unknown";  // of a later version
  }
}

base::Done list_slots(Options const& options) {
  TRY(auto const slots, store::slots_of(options.data));
  auto list = ordered_json::array();
  std::string text = fmt::format("generation {} of the data's key\n", slots.generation);
  for (auto const& slot : crypto::list_slots(slots)) {
    auto const place = list.size() + 1;
    list.push_back({{"slot", place}, {"kind", name_of(slot.kind)}, {"mark", base::to_hex(slot.mark)}});
    text += fmt::format("{}  {}  mark {}", place, name_of(slot.kind), base::to_hex(slot.mark));
    if (!slot.recovery_key.empty()) {
      list.back()["key_id"] = base::to_hex(slot.recovery_key);
      text += fmt::format("  key {}", base::to_hex(slot.recovery_key));
    }
    text += '\n';
  }
  if (options.json)
    print_json({{"generation", slots.generation}, {"slots", list}});
  else
    print(text);
  return {};
}

base::Done change_passphrase(Options const& options, Context& context) {
  TRY(auto const secret, secret_of(options.key));
  TRY(auto passphrase, secret_from(options.new_passphrase_file));
  crypto::WipeAtEnd const wiping(passphrase);
  TRY_DO(store::change_passphrase(options.data, secret, passphrase, crypto::moderate_cost(), context.random));
  print(
      "The passphrase is changed; the data needs not be rewritten. A copy of the old slots still opens with the old "
      "passphrase: if one may be in the wrong hands, enrol the kiosk anew.\n");
  return {};
}

base::Done add_slot(Options const& options, Context& context) {
  TRY(auto const secret, secret_of(options.key));
  if (!options.new_credential_file.empty()) {
    TRY(auto const credential, credential_from(options.new_credential_file));
    TRY_DO(store::add_credential(options.data, secret, credential, context.random));
  } else if (!options.recovery_key_file.empty()) {
    TRY(auto const key, crypto::recovery_public_in(options.recovery_key_file));
    TRY_DO(store::add_recovery_key(options.data, secret, key));
  } else {
    return base::usage("options.no_slot", "nothing was given to add a slot for",
                       "Give --new-credential-file FILE or --recovery-key FILE");
  }
  return list_slots(options);
}

base::Done remove_slot(Options const& options, Context&) {
  TRY(auto const secret, secret_of(options.key));
  if (options.slot == 0) return base::usage("options.slot", "slots are counted from 1", "See `dga kiosk slots`");
  TRY_DO(store::remove_slot(options.data, secret, options.slot - 1));
  return list_slots(options);
}

base::Done make_recovery_key(Options const& options, Context& context) {
  std::string const open_half = options.out + ".pub";
  std::error_code ignored;
  for (auto const& file : {options.out, open_half})
    if (std::filesystem::exists(file, ignored))
      return base::refused("recovery.exists", fmt::format("{} is there already", file),
                           "Name another file: a recovery key that is overwritten opens nothing any more");
  auto const key = crypto::BoxKey::generate(context.random);
  TRY_DO(base::write_file(options.out, crypto::write_recovery_secret(key), base::FileAccess::kOwnerOnly));
  TRY_DO(base::write_file(open_half, crypto::write_recovery_public(key.public_key()), base::FileAccess::kEveryone));
  auto const id = base::to_hex(crypto::recovery_key_id(key.public_key()));
  if (options.json) return print_json({{"secret", options.out}, {"public", open_half}, {"key_id", id}}), base::Done{};
  print(
      fmt::format("{} is the secret half: keep it offline, in a safe, away from every kiosk.\n"
                  "{} is for `dga kiosk slots add --recovery-key`. Key {}\n",
                  options.out, open_half, id));
  return {};
}

base::Done recover(Options const& options, Context& context) {
  TRY(auto const key, crypto::recovery_secret_in(file_or_input(options.recovery_key_file)));
  TRY(auto passphrase, secret_from(options.new_passphrase_file));
  crypto::WipeAtEnd const wiping(passphrase);
  TRY_DO(store::change_passphrase(options.data, key, passphrase, crypto::moderate_cost(), context.random));
  print("The kiosk opens with the new passphrase; every earlier one is gone.\n");
  return {};
}

base::Done rekey(Options const& options, Context&) {
  TRY(auto const secret, secret_of(options.key));
  TRY(auto const done, store::rekey_kiosk(options.data, secret));
  if (options.json)
    return print_json({{"generation", done.generation},
                       {"records", done.records},
                       {"finished_an_earlier_one", done.finished_an_earlier_one}}),
           base::Done{};
  print(fmt::format("{} {} records are under the key of generation {}; the identity is the same.\n",
                    done.finished_an_earlier_one ? "An interrupted rekey is finished: all" : "All", done.records,
                    done.generation));
  return {};
}

}  // namespace

void add_kiosk_key_commands(CLI::App& kiosk, Context& context) {
  auto options = std::make_shared<Options>();
  auto on = [&](CLI::App* made, base::Done (*work)(Options const&, Context&)) {
    made->callback([options, work, &context] { context.exit_code = run([&] { return work(*options, context); }); });
    return made;
  };
  auto with_data = [&](CLI::App* made) {
    made->add_option("--data", options->data, "The kiosk's folder")->required();
    return made;
  };
  auto with_json = [&](CLI::App* made) {
    made->add_flag("--json", options->json, "As JSON");
    return made;
  };
  auto with_new_passphrase = [&](CLI::App* made) {
    made->add_option("--new-passphrase-file", options->new_passphrase_file,
                     "The new passphrase, on the first line, 8 letters or more; - for standard input")
        ->required();
    return made;
  };

  auto* made = with_data(kiosk.add_subcommand("passphrase", "At the kiosk: change its passphrase"));
  add_key_options(*made, options->key);
  on(with_new_passphrase(made), change_passphrase);

  auto* slots = with_json(with_data(kiosk.add_subcommand(
      "slots",
      "At the kiosk: what opens it, nothing secret; the last one is the newest, and a mark stays the same "
      "for as long as its slot does")));
  slots->require_subcommand(0, 1);
  slots->callback([slots, options, &context] {
    if (slots->get_subcommands().empty()) context.exit_code = run([&] { return list_slots(*options); });
  });
  made = slots->add_subcommand("add", "One more way to open it")->fallthrough();
  add_key_options(*made, options->key);
  auto* const credential = made->add_option("--new-credential-file", options->new_credential_file,
                                            "Secret file of 32 to 4096 random bytes that the system will hand over");
  made->add_option("--recovery-key", options->recovery_key_file, "Public half of a recovery key (FILE.pub)")
      ->excludes(credential);
  on(made, add_slot);
  made = slots->add_subcommand("remove", "One way less; what is given must open one that stays")->fallthrough();
  add_key_options(*made, options->key);
  made->add_option("--slot", options->slot, "Its number in the list")->required();
  on(made, remove_slot);

  auto* key = kiosk.add_subcommand("recovery-key", "A key pair that is kept offline")->require_subcommand(1);
  made = with_json(key->add_subcommand("make", "Draw a pair: FILE is secret, FILE.pub is for the kiosks"));
  made->add_option("--out", options->out, "Where the secret half goes")->required();
  on(made, make_recovery_key);

  made = with_data(kiosk.add_subcommand("recover", "At the kiosk: set a new passphrase with the recovery key"));
  made->add_option("--recovery-key", options->recovery_key_file, "Secret half; - for standard input")->required();
  on(with_new_passphrase(made), recover);

  made = with_json(with_data(
      kiosk.add_subcommand("rekey",
                           "At the kiosk, while it is stopped: write the data under a new key; needs room for a second "
                           "copy. Who has old slots "
                           "and what opened them can still work out the new key: against that, enrol the kiosk anew")));
  add_key_options(*made, options->key);
  on(made, rekey);
}

}  // namespace dga::command_line
