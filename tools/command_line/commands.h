#pragma once

#include "shared/base/clock.h"
#include "shared/base/random.h"

namespace CLI {
class App;
}

namespace dga::command_line {

// What every command gets. A command sets `exit_code` as --help documents: 0 fine, 1 refused or not found, 2 usage,
// 3 damaged data, 4 not reachable.
struct Context {
  base::Clock& clock;
  base::Random& random;
  int exit_code = 0;
};

// Each adds its commands to `dga`; a new group of commands is one pair of lines here and in main.cpp.
void add_centre_commands(CLI::App& dga, Context& context);  // centre init; reconcile
void add_class_commands(CLI::App& dga, Context& context);   // class create, change, import, form, ...; attendance
void add_kiosk_commands(CLI::App& dga, Context& context);   // kiosk code, enrol, confirm, list, revoke, sync, status
// Below `dga centre`: backup, restore, position, backup-noted, new-epoch, trust-list, durable.
void add_centre_backup_commands(CLI::App& centre, Context& context);
void add_centre_keys_commands(CLI::App& centre, Context& context);        // keys export
void add_centre_quarantine_commands(CLI::App& centre, Context& context);  // quarantine list, replay, admit; forks
// Below `dga kiosk`: passphrase, slots, recovery-key, recover, rekey.
void add_kiosk_key_commands(CLI::App& kiosk, Context& context);
// Below `dga kiosk`: phone.
void add_kiosk_phone_command(CLI::App& kiosk, Context& context);
void add_bundle_commands(CLI::App& dga, Context& context);  // bundle write, receipts; inspect; verify, import
void add_export_commands(CLI::App& dga, Context& context);  // export
void add_store_commands(CLI::App& dga, Context& context);   // store check, salvage
void add_vector_commands(CLI::App& dga, Context& context);  // explain; check vectors
void add_demo_commands(CLI::App& dga, Context& context);    // demo init

}  // namespace dga::command_line
