#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "shared/base/log.h"
#include "sync/centre/answers.h"
#include "sync/centre/backup/backup_file.h"
#include "sync/centre/backup/epoch.h"
#include "sync/centre/backup/position.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/devices/trust_files.h"
#include "sync/centre/ingest/durability.h"
#include "sync/centre/routes/reading.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

using base::Done;
using base::Result;
using nlohmann::ordered_json;

namespace {

using Parts = std::vector<std::string>;
constexpr std::size_t kSmallBytes = 16 * 1024;
constexpr std::size_t kPositionBytes = 16 * 1024 * 1024;  // 100,000 logs are some 13 MB
constexpr std::size_t kTrustListBytes = 1024 * 1024;

Result<Response> make(Context const& context) {
  TRY(auto const file, make_backup(context));
  return json_answer({{"file", file.string()}}, 201);
}

Result<Response> position(Context const& context) {
  Position found;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY(found, position_in(tables));
    return {};
  }));
  return json_answer(position_json(found));
}

Result<Response> noted(Context const& context, Request const& request) {
  TRY(auto const held, read_position(request.body));
  TRY_DO(note_backup(context, held));
  base::log(base::LogLevel::kInfo, "backup.noted", {{"logs", std::to_string(held.heads.size())}});
  return json_answer({{"noted", held.heads.size()}});
}

// An empty body: no device was revoked since the state that the database was put back to.
Result<Response> new_epoch(Context const& context, Request const& request) {
  auto const list = request.body.empty() ? std::nullopt : std::optional(request.body);
  TRY(auto const since, known_beside(context.folder, context.keys, list));
  EpochOpened opened;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(opened, begin_epoch(tables, context.keys, context.clock.wall_ms(), since));
    return {};
  }));
  // Best effort: the epoch is open.
  auto const kept = note_epoch(context.folder, opened.epoch);
  if (!kept.ok()) base::log(base::LogLevel::kWarning, "epoch.not_noted", {{"code", kept.error().code}});
  auto const beside = context.trust_files.keep(context.folder, context.store, context.keys);
  if (!beside.ok()) base::log(base::LogLevel::kWarning, "revoked.not_kept", {{"code", beside.error().code}});
  base::log(base::LogLevel::kWarning, "centre.new_epoch", {{"epoch", std::to_string(opened.epoch)}});
  return json_answer({{"epoch", opened.epoch},
                      {"trust_version", opened.trust_version},
                      {"revoked", opened.revoked},
                      {"revoked_unsigned", opened.revoked_unsigned},
                      {"unconfirmed", opened.unconfirmed},
                      {"kept_beside", beside.ok()}});
}

Result<Response> list(Context const& context) {
  base::Bytes signed_list;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY(signed_list, trust_list(tables));
    return {};
  }));
  return octets_answer(std::move(signed_list));
}

Result<Response> standby(Context const& context, Request const& request) {
  TRY(auto const object, json_object(request.body));
  TRY(auto const from, text_field(object, "from"));
  if (from != "backups" && from != "standby")
    return base::usage("http.field", "the field \"from\" is neither backups nor standby", "Set one of them");
  auto const counts = from == "standby" ? StandbyCounts::kYes : StandbyCounts::kNo;
  bool has_standbys = true;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const place, tables.durability.position());
    has_standbys = place.has_value();
    if (counts == StandbyCounts::kYes && !has_standbys) return {};
    return set_standby_counts(tables, counts);
  }));
  if (counts == StandbyCounts::kYes && !has_standbys)
    return base::refused("durable.no_standby", "a centre over SQLite has no standby", "Make backups");
  return json_answer({{"from", from}});
}

}  // namespace

std::vector<Route> backup_routes() {
  constexpr auto kWho = Asker::kCoordinator;
  return {
      {"POST", "/api/v1/backups", kWho, BodyKind::kNone, kSmallBytes,
       [](Context const& context, Request const&, Parts const&) { return settled(make(context)); }},
      {"POST", "/api/v1/backups/noted", kWho, BodyKind::kJson, kPositionBytes,
       [](Context const& context, Request const& request, Parts const&) { return settled(noted(context, request)); }},
      {"GET", "/api/v1/position", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) { return settled(position(context)); }},
      {"POST", "/api/v1/epochs", kWho, BodyKind::kOctets, kTrustListBytes,
       [](Context const& context, Request const& request, Parts const&) {
         return settled(new_epoch(context, request));
       }},
      {"GET", "/api/v1/trust-list", kWho, BodyKind::kNone, 0,
       [](Context const& context, Request const&, Parts const&) { return settled(list(context)); }},
      {"POST", "/api/v1/durability", kWho, BodyKind::kJson, kSmallBytes,
       [](Context const& context, Request const& request, Parts const&) { return settled(standby(context, request)); }},
  };
}

}  // namespace dga::centre
