#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "sync/centre/backup/backup_file.h"
#include "sync/centre/backup/position.h"
#include "sync/centre/backup/restore.h"
#include "tests/sync/centre/kiosk.h"

namespace dga::support {

// A centre with the demo class, as it is backed up and restored on the command line.
struct AClass : House {
  explicit AClass(std::string const& database = {}, std::uint64_t seed = 1) : House(seed, database) {
    demo_class();
    roster(1, 30);
  }
  // As "dga centre backup" does it.
  std::filesystem::path back_up(std::string const& name) {
    std::filesystem::path const copy =
        post("/api/v1/backups", nlohmann::json::object(), 201)["file"].get<std::string>();
    std::filesystem::path const place = beside(name);
    auto const placed = centre::place_copy(copy, place, keys());
    REQUIRE_MESSAGE(placed.ok(), placed.error().what);
    std::filesystem::remove(copy);
    post("/api/v1/backups/noted", nlohmann::json::parse(centre::position_json(placed->position).dump()));
    return place;
  }
  base::Result<centre::Restored> restore(std::filesystem::path const& from, centre::Over over = centre::Over::kAnything,
                                         std::optional<base::Bytes> const& list = {}) {
    centre.reset();
    return centre::restore(path(), from, over, list, clock);
  }
  // Without when a kiosk was heard: that goes on.
  nlohmann::json reconciled() {
    auto statement = get("/api/v1/reconciliation");
    for (auto& line : statement["logs"]) line.erase("last_heard_ms");
    return statement;
  }
};

}  // namespace dga::support
