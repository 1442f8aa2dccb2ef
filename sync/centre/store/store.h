#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include "sync/centre/store/class_table.h"
#include "sync/centre/store/device_table.h"
#include "sync/centre/store/durability_table.h"
#include "sync/centre/store/log_table.h"

namespace dga::centre {

// Small values of the centre itself: "centre.epoch", "trust.list", ...
class SettingTable {
 public:
  virtual ~SettingTable() = default;
  [[nodiscard]] virtual base::Result<std::optional<base::Bytes>> setting(std::string_view name) = 0;
  [[nodiscard]] virtual base::Done put_setting(std::string_view name, base::ByteView value) = 0;
};

// Everything a unit of work may touch; valid only inside it.
struct Tables {
  LogTable& logs;
  DeviceTable& devices;
  ClassTable& classes;
  SettingTable& settings;
  DurabilityTable& durability;
};

// What the centre knows, whichever database holds it. All that is cached outside of it must be worked out anew from
// it: several processes may share one store.
// Errors: those of the database ("store.full", "store.failed", ...), and whatever the work itself returns.
// Thread: any; the store decides what runs side by side.
class Store {
 public:
  using Work = std::function<base::Done(Tables&)>;
  virtual ~Store() = default;

  // All of `work` or nothing of it; durable when this returns well. A store may call `work` again from the start (a
  // serialisation failure, a lost connection), so whatever it leaves outside must be set anew by each call.
  [[nodiscard]] virtual base::Done write(Work const& work) = 0;
  // A consistent view; `work` must not write, and may be called again as above.
  [[nodiscard]] virtual base::Done read(Work const& work) = 0;
  // Reads and writes for a try: what /readyz asks.
  [[nodiscard]] virtual base::Done probe() = 0;
  // A copy of everything as it is at one moment, in a file that is not there yet, on its disk when this returns well;
  // units of work go on meanwhile. Refused "backup.elsewhere" where the database has its own tools for that.
  [[nodiscard]] virtual base::Done back_up(std::filesystem::path const& file) = 0;
};

}  // namespace dga::centre
