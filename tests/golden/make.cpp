// Makes the golden databases of this version of the schema in an empty folder: golden-make FOLDER.
// Run once before a release whose schema has a new number; the folder's files are committed and never made again.
#define DOCTEST_CONFIG_IMPLEMENT  // the shared helpers speak doctest; this program has no tests
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>

#include "shared/crypto/hash.h"
#include "tests/golden/content_3.h"

using namespace dga;

namespace {

base::Done make_kiosk(std::filesystem::path const& folder) {
  auto const clock = golden::clock();
  TRY(auto store, store::KioskStore::create(folder, golden::kiosk_key(), golden::identity(), "0.1.0", clock));
  for (auto const& draft : golden::drafts()) {
    TRY(auto const stored, store.append({draft}, clock));
  }
  TRY_DO(store.put_sync_state(golden::sync_state()));
  TRY_DO(store.keep_outbound({101, 30, golden::kOutboundBatch}));
  TRY_DO(store.keep_pack(golden::kPackVersion, golden::pack()));
  TRY_DO(store.put_setting("kiosk.name", "Door A"));
  TRY_DO(store.put_setting("centre.address", "https://centre.example"));
  TRY_DO(store.database().run("UPDATE record SET bytes = NULL WHERE place & 1048575 BETWEEN 2 AND 11"));
  return store.database().run("PRAGMA wal_checkpoint(TRUNCATE)");
}

base::Done make_centre(std::filesystem::path const& folder) {
  store::OpenOptions options;
  options.mode = store::OpenMode::kCreate;
  TRY(auto centre, centre::SqliteStore::open(folder / "centre.db", golden::centre_key(), options));
  auto const identity = golden::identity();
  return centre->write([&](centre::Tables& tables) -> base::Done {
    TRY_DO(tables.settings.put_setting("centre.epoch", "1731000000"));
    TRY_DO(tables.classes.add_class({1, "class", std::string(32, 'b'), std::string(32, 'z')}));
    centre::MemberRow member;
    member.person = {100, "Person 100", "Agency", "Officer", "Province", "", "", ""};
    member.group = 3;
    TRY_DO(tables.classes.put_member(1, member));
    TRY_DO(tables.logs.add_log({identity.log, identity.device, identity.salt}));
    std::vector<centre::LogRow> rows;
    auto previous = crypto::chain_start(identity.log);
    std::uint64_t seq = 0;
    for (auto draft : golden::drafts()) {
      draft.set_seq(++seq);
      centre::LogRow row;
      row.seq = seq;
      row.bytes = draft.SerializeAsString();
      row.digest = crypto::hash({*row.bytes});
      row.hash = previous = crypto::chain_next(previous, seq, row.digest);
      if (seq % 7 == 0) row.bytes.reset();
      rows.push_back(std::move(row));
    }
    TRY_DO(tables.logs.append(identity.log, 0, rows));
    TRY_DO(tables.logs.put_branch(identity.log, {0, 0, 0, seq, previous}));
    return golden::write_content_3(tables);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: golden-make FOLDER\n");
    return 2;
  }
  std::filesystem::create_directories(argv[1]);
  for (auto const& done : {make_kiosk(argv[1]), make_centre(argv[1])})
    if (!done.ok()) {
      std::fprintf(stderr, "golden-make: %s\n", base::describe(done.error()).c_str());
      return 1;
    }
  return 0;
}
