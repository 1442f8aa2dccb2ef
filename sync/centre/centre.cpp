#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "shared/base/file.h"
#include "shared/base/log.h"
#include "sync/centre/answers.h"
#include "sync/centre/api.h"
#include "sync/centre/assembly.h"
#include "sync/centre/backup/backup_file.h"
#include "sync/centre/backup/epoch.h"
#include "sync/centre/context.h"
#include "sync/centre/database.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/devices/trust_files.h"
#include "sync/centre/ingest/receipts.h"
#include "sync/centre/ingest/replay.h"
#include "sync/centre/ingest/senders.h"
#include "sync/centre/keys.h"
#include "sync/centre/projection/attendance.h"
#include "sync/centre/router.h"
#include "sync/centre/routes/routes.h"

namespace dga::centre {

using base::Done;
using base::Result;
namespace files = std::filesystem;

namespace {

std::vector<Route> all_routes() {
  auto routes = device_routes();
  for (auto more : {bundle_routes(), class_routes(), form_routes(), kiosk_routes(), courier_routes(), export_routes(),
                    backup_routes(), quarantine_routes(), health_routes()})
    routes.insert(routes.end(), more.begin(), more.end());
  return routes;
}

class Service final : public Centre {
 public:
  Service(CentreParts parts, base::Clock const& clock, base::Random& random)
      : folder_(std::move(parts.folder)),
        keys_(std::move(parts.keys)),
        store_(std::move(parts.store)),
        token_(std::move(parts.admin_token)),
        instance_(random.draw<base::RequestNonce>().hex()),
        context_{folder_, keys_, *store_, clock, random, attendance_, senders_, trust_files_, instance_},
        router_(all_routes()) {}

  base::Done check_epoch() override;
  Response handle(Request const& request) override { return router_.answer(context_, request, token_); }
  std::size_t most_body_bytes(std::string_view method, std::string_view path) const override {
    return router_.most_body_bytes(method, path);
  }
  std::string_view admin_token() const override { return token_; }
  std::string_view instance() const override { return instance_; }
  Context const& context() const { return context_; }

 private:
  files::path const folder_;
  CentreKeys const keys_;
  std::unique_ptr<Store> const store_;
  std::string const token_;
  std::string const instance_;
  AttendanceProjection attendance_;
  Senders senders_;
  TrustFiles trust_files_;
  Context const context_;
  Router const router_;
};

Result<std::uint64_t> epoch_in(Store& store) {
  std::uint64_t epoch = 0;
  TRY_DO(store.read([&](Tables& tables) -> Done {
    TRY(epoch, centre_epoch(tables));
    return {};
  }));
  return epoch;
}

Done Service::check_epoch() {
  TRY(auto const epoch, epoch_in(*store_));
  auto const noted = noted_epoch(folder_);
  if (noted <= epoch) return {};
  return base::refused("centre.older_database",
                       fmt::format("the database of the centre in {} is of epoch {}, and epoch {} was opened here: it "
                                   "is from before, or a restore was broken off",
                                   folder_.string(), epoch, noted),
                       "Restore again (dga centre restore), or begin a new epoch in this database (dga centre "
                       "new-epoch)");
}

// Beside the database too, for the day it is lost. A folder that can't be written to is no reason not to serve.
Done keep_epoch(files::path const& folder, Store& store) {
  TRY(auto const epoch, epoch_in(store));
  auto const kept = note_epoch(folder, epoch);
  if (!kept.ok()) base::log(base::LogLevel::kWarning, "epoch.not_noted", {{"code", kept.error().code}});
  return {};
}

// Everything a new centre consists of, in a folder that nobody else sees yet.
Done fill(files::path const& folder, base::Clock const& clock, base::Random& random, std::string const& database) {
  auto const root = crypto::SigningKey::generate(random);
  auto const keys = draw_keys(root.public_key(), random);
  TRY_DO(write_root(folder, root));
  TRY_DO(write_keys(folder, keys));
  TRY_DO(base::write_file(folder / kTokenFile, random.draw<base::Digest>().hex() + "\n", base::FileAccess::kOwnerOnly));
  if (!database.empty())
    TRY_DO(base::write_file(folder / kDatabaseFile, database + "\n", base::FileAccess::kOwnerOnly));
  TRY(auto const address, database_of(folder));
  TRY(auto const store, make_store(address, keys, random));
  return found_centre(*store, keys, root, clock.wall_ms());
}

}  // namespace

Done found_centre(Store& store, CentreKeys const& keys, crypto::SigningKey const& root, std::int64_t now_ms) {
  return store.write([&](Tables& tables) -> Done {
    TRY_DO(claim_database(tables, keys));
    TRY_DO(open_epoch(tables, now_ms));
    auto const version = renew_trust_list(tables, keys, root, now_ms);
    return version.ok() ? Done() : Done(version.error());
  });
}

Result<std::unique_ptr<Centre>> assemble_centre(CentreParts parts, base::Clock const& clock, base::Random& random) {
  auto service = std::make_unique<Service>(std::move(parts), clock, random);
  // What an older version of this program could not understand may be plain to this one.
  TRY_DO(replay_parked(service->context()));
  TRY(auto const accepted, replay_quarantine(service->context()));
  if (accepted > 0) base::log(base::LogLevel::kInfo, "quarantine.replayed", {{"accepted", std::to_string(accepted)}});
  return std::unique_ptr<Centre>(std::move(service));
}

Done Centre::init(files::path const& folder, base::Clock const& clock, base::Random& random,
                  std::string_view database) {
  std::string address;
  if (!database.empty()) {
    TRY(address, checked_database(database));
  }
  std::error_code problem;
  if (files::exists(folder / kKeysFile, problem))
    return base::refused("centre.exists", fmt::format("there is a centre in {} already", folder.string()),
                         "Choose another folder");
  if (files::exists(folder, problem) && !files::is_empty(folder, problem))
    return base::refused("centre.not_empty", fmt::format("{} holds other files", folder.string()),
                         "Choose an empty or a new folder");
  // Filled beside and renamed: a centre is there whole or not at all.
  auto beside = folder.has_filename() ? folder : folder.parent_path();
  beside += ".new-" + random.draw<base::RequestNonce>().hex();
  if (beside.has_parent_path()) files::create_directories(beside.parent_path(), problem);
  files::create_directory(beside, problem);
  if (!problem) files::permissions(beside, files::perms::owner_all, problem);
  if (problem)
    return base::storage("centre.folder",
                         fmt::format("could not make a folder beside {}: {}", folder.string(), problem.message()),
                         "Check the path and its rights");
  auto done = fill(beside, clock, random, address);
  if (done.ok()) {
    files::rename(beside, folder, problem);
    if (problem)
      done = base::storage("centre.folder",
                           fmt::format("could not rename the new centre to {}: {}", folder.string(), problem.message()),
                           "Check the path and its rights");
  }
  std::error_code ignored;
  if (!done.ok()) files::remove_all(beside, ignored);
  return done;
}

Result<std::unique_ptr<Centre>> Centre::open(files::path const& folder, base::Clock const& clock, base::Random& random,
                                             std::string_view database) {
  TRY(auto keys, read_keys(folder));
  TRY(auto token, base::read_secret_file(folder / kTokenFile));
  TRY(auto const address, database.empty() ? database_of(folder) : checked_database(database));
  TRY(auto store, open_store(address, keys, random));
  // Over SQLite nobody else can be at work here now; over PostgreSQL nobody makes such copies.
  remove_left_backups(folder);
  TRY_DO(keep_epoch(folder, *store));
  return assemble_centre({folder, std::move(keys), std::move(store), std::move(token)}, clock, random);
}

}  // namespace dga::centre
