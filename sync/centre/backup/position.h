#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

// How far every branch of every log stood at one moment; in words of the logs themselves, so that it means the same in
// a copy of the database.
struct Position {
  struct Head {
    base::LogId log;
    std::uint64_t seq = 0;
    base::Digest hash;  // h(seq)
  };
  std::uint64_t epoch = 0;
  std::vector<Head> heads;  // by log and branch; without those of which nothing has arrived
};

[[nodiscard]] base::Result<Position> position_in(Tables& tables);
[[nodiscard]] nlohmann::ordered_json position_json(Position const& position);
// Usage "backup.position" for anything that position_json did not make.
[[nodiscard]] base::Result<Position> read_position(base::ByteView json);

// A backup that holds at least this has been finished and looked through: receipts may say so from now on.
// Refused "backup.other_epoch" (the centre was restored meanwhile), "backup.other_logs" (of another centre).
[[nodiscard]] base::Done note_backup(Context const& context, Position const& position);

}  // namespace dga::centre
