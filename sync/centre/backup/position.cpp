#include "sync/centre/backup/position.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sync/centre/ingest/receipts.h"

namespace dga::centre {

using base::Done;
using base::Result;
using nlohmann::ordered_json;

namespace {

std::optional<Position::Head> head_in(nlohmann::json const& line) {
  if (!line.is_object() || !line.contains("log") || !line.contains("seq") || !line.contains("hash")) return {};
  if (!line["log"].is_string() || !line["seq"].is_number_unsigned() || !line["hash"].is_string()) return {};
  auto const log = base::from_hex(line["log"].get<std::string>());
  auto const hash = base::from_hex(line["hash"].get<std::string>());
  if (!log || !hash) return {};
  auto const id = base::LogId::from(*log);
  auto const digest = base::Digest::from(*hash);
  if (!id || !digest) return {};
  return Position::Head{*id, line["seq"].get<std::uint64_t>(), *digest};
}

}  // namespace

Result<Position> position_in(Tables& tables) {
  Position position;
  TRY(position.epoch, centre_epoch(tables));
  TRY(auto const logs, tables.logs.logs());
  for (auto const& log : logs) {
    TRY(auto const branches, tables.logs.branches(log.id));
    for (auto const& branch : branches)
      if (branch.head_seq > 0) position.heads.push_back({log.id, branch.head_seq, branch.head_hash});
  }
  return position;
}

ordered_json position_json(Position const& position) {
  ordered_json heads = ordered_json::array();
  for (auto const& head : position.heads)
    heads.push_back({{"log", head.log.hex()}, {"seq", head.seq}, {"hash", head.hash.hex()}});
  return {{"epoch", position.epoch}, {"heads", std::move(heads)}};
}

Result<Position> read_position(base::ByteView json) {
  auto const malformed = [] {
    return base::usage("backup.position", "this is no position of a centre's logs",
                       "Take the file as \"dga centre position\" wrote it");
  };
  auto const object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object() || !object.contains("epoch") || !object["epoch"].is_number_unsigned() ||
      !object.contains("heads") || !object["heads"].is_array())
    return malformed();
  Position position;
  position.epoch = object["epoch"].get<std::uint64_t>();
  for (auto const& line : object["heads"]) {
    auto const head = head_in(line);
    if (!head) return malformed();
    position.heads.push_back(*head);
  }
  return position;
}

Done note_backup(Context const& context, Position const& position) {
  return context.store.write([&](Tables& tables) -> Done {
    TRY(auto const epoch, centre_epoch(tables));
    if (epoch != position.epoch)
      return base::refused("backup.other_epoch", "the backup was made in another epoch: the centre was restored since",
                           "Make a new backup");
    for (auto const& head : position.heads) {
      TRY(auto const branch, tables.logs.branch_of(head.log, head.seq, head.hash));
      if (!branch)
        return base::refused("backup.other_logs", "the backup holds records that this centre has never had",
                             "Note it at the centre that it was made of");
      TRY_DO(tables.durability.note_backed_up(head.log, {*branch, head.seq}));
    }
    return {};
  });
}

}  // namespace dga::centre
