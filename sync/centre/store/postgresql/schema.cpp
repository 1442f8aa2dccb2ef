#include "sync/centre/store/postgresql/schema.h"

#include <fmt/format.h>

#include <array>

#include "shared/base/log.h"

namespace dga::centre::postgresql {

using base::Done;
using base::Result;

namespace {

// Every key begins with the log, the device or the class. `digest` is kept only where the bytes did not come. Numbers
// beyond 2^63 are kept as negative ones.
// Rows are partitioned by hash of the log: smaller indexes, each vacuumed by itself, and a step to several machines.
// `fillfactor` leaves room beside rows that are updated with every batch: such an update touches no index, and so is in
// no other transaction's way.
constexpr char kFirst[] = R"sql(
CREATE TABLE sessions (
  id bytea PRIMARY KEY, unit bigint NOT NULL, checks bigint NOT NULL, pid integer NOT NULL, at timestamptz NOT NULL
) WITH (fillfactor = 30);
CREATE TABLE settings (name text COLLATE "C" PRIMARY KEY, value bytea NOT NULL) WITH (fillfactor = 50);

CREATE TABLE devices (
  id bytea PRIMARY KEY, ed25519 bytea NOT NULL, x25519 bytea NOT NULL, name text NOT NULL, state bigint NOT NULL,
  last_heard_ms bigint NOT NULL
) WITH (fillfactor = 30);
CREATE TABLE assignments (
  device bytea NOT NULL, class bigint NOT NULL, at_ms bigint NOT NULL, PRIMARY KEY (device, class)
);
CREATE TABLE codes (
  id bytea PRIMARY KEY, code bytea NOT NULL, name text NOT NULL, class bigint NOT NULL, expires_ms bigint NOT NULL,
  state bigint NOT NULL, wrong_tries bigint NOT NULL, digits bigint NOT NULL, device bytea NOT NULL,
  request bytea NOT NULL, reply bytea NOT NULL
);

CREATE TABLE classes (
  id bigint PRIMARY KEY, bytes bytea NOT NULL, badge_key bytea NOT NULL, citizen_key bytea NOT NULL
);
CREATE TABLE participants (
  number bigint PRIMARY KEY, name text NOT NULL, agency text NOT NULL, position text NOT NULL, province text NOT NULL,
  phone text NOT NULL, email text NOT NULL, note text NOT NULL
);
CREATE TABLE members (
  class bigint NOT NULL, participant bigint NOT NULL, group_number bigint NOT NULL, citizen_hash bytea NOT NULL,
  PRIMARY KEY (class, participant)
);
CREATE TABLE staff (
  class bigint NOT NULL, number bigint NOT NULL, name text NOT NULL, role bigint NOT NULL, pin_hash text NOT NULL,
  PRIMARY KEY (class, number)
);
CREATE TABLE packs (
  class bigint PRIMARY KEY, content bytea NOT NULL, version bigint NOT NULL, made_ms bigint NOT NULL
);

CREATE TABLE logs (id bytea PRIMARY KEY, device bytea NOT NULL, salt bytea NOT NULL);
CREATE TABLE branches (
  log bytea NOT NULL, number bigint NOT NULL, parent bigint NOT NULL, fork_at bigint NOT NULL,
  head_seq bigint NOT NULL, head_hash bytea NOT NULL, PRIMARY KEY (log, number)
) WITH (fillfactor = 30);
CREATE TABLE log_rows (
  seq bigint NOT NULL, branch integer NOT NULL, reason integer NOT NULL, log bytea NOT NULL, hash bytea NOT NULL,
  bytes bytea, digest bytea, PRIMARY KEY (log, seq, hash)
) PARTITION BY HASH (log);
DO $$ BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format('CREATE TABLE log_rows_%s PARTITION OF log_rows FOR VALUES WITH (MODULUS 8, REMAINDER %s)',
                   part, part);
  END LOOP;
END $$;
CREATE INDEX log_rows_quarantined ON log_rows (log, seq) WHERE reason <> 0;
CREATE TABLE parked (
  log bytea NOT NULL, id bytea NOT NULL, device bytea NOT NULL, first_seq bigint NOT NULL, count bigint NOT NULL,
  prev_hash bytea NOT NULL, unreadable bigint NOT NULL, size bigint NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (log, id)
);
CREATE INDEX parked_by_device ON parked (device, size);
CREATE TABLE signed_heads (
  log bytea NOT NULL, seq bigint NOT NULL, hash bytea NOT NULL, branch bigint NOT NULL, matched_seq bigint NOT NULL,
  PRIMARY KEY (log, seq, hash)
);
)sql";

// What also stands in a backup.
constexpr char kBackups[] = R"sql(
CREATE TABLE backed_up (
  log bytea NOT NULL, branch bigint NOT NULL, through bigint NOT NULL, PRIMARY KEY (log, branch)
);
)sql";

// Answers name a form by its hash, however late they come: none is ever removed.
constexpr char kForms[] = R"sql(
CREATE TABLE forms (
  class bigint NOT NULL, hash bytea NOT NULL, id text COLLATE "C" NOT NULL, json bytea NOT NULL,
  current bigint NOT NULL, PRIMARY KEY (class, hash)
);
)sql";

// Under SERIALIZABLE a reader locks the index's whole page, and a small table has one: two kiosks whose logs are new
// would be in each other's way. By hash of the log, as the rows are: where 64 kiosks begin at once, in 8 parts 1
// transaction in 200 is run again, in one part 28.
constexpr char kParted[] = R"sql(
ALTER TABLE logs RENAME TO whole_logs;
ALTER TABLE branches RENAME TO whole_branches;
ALTER TABLE signed_heads RENAME TO whole_signed_heads;
ALTER INDEX logs_pkey RENAME TO whole_logs_pkey;
ALTER INDEX branches_pkey RENAME TO whole_branches_pkey;
ALTER INDEX signed_heads_pkey RENAME TO whole_signed_heads_pkey;
CREATE TABLE logs (id bytea PRIMARY KEY, device bytea NOT NULL, salt bytea NOT NULL) PARTITION BY HASH (id);
CREATE TABLE branches (
  log bytea NOT NULL, number bigint NOT NULL, parent bigint NOT NULL, fork_at bigint NOT NULL,
  head_seq bigint NOT NULL, head_hash bytea NOT NULL, PRIMARY KEY (log, number)
) PARTITION BY HASH (log);
CREATE TABLE signed_heads (
  log bytea NOT NULL, seq bigint NOT NULL, hash bytea NOT NULL, branch bigint NOT NULL, matched_seq bigint NOT NULL,
  PRIMARY KEY (log, seq, hash)
) PARTITION BY HASH (log);
DO $$ BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format('CREATE TABLE logs_%s PARTITION OF logs FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
    EXECUTE format('CREATE TABLE branches_%s PARTITION OF branches FOR VALUES WITH (MODULUS 8, REMAINDER %s) '
                   'WITH (fillfactor = 30)', part, part);
    EXECUTE format('CREATE TABLE signed_heads_%s PARTITION OF signed_heads '
                   'FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
  END LOOP;
END $$;
INSERT INTO logs SELECT id, device, salt FROM whole_logs;
INSERT INTO branches SELECT log, number, parent, fork_at, head_seq, head_hash FROM whole_branches;
INSERT INTO signed_heads SELECT log, seq, hash, branch, matched_seq FROM whole_signed_heads;
DROP TABLE whole_logs, whole_branches, whole_signed_heads;
)sql";

// A released step is never edited. Step N stands at N - 1.
constexpr std::array<char const*, 4> kSteps{kFirst, kBackups, kForms, kParted};
constexpr std::int64_t kApplication = 0x44474143;  // "DGAC", as in the SQLite file

base::Error not_ours() {
  return base::refused("store.not_ours", "the database's schema \"dga\" is not that of a centre",
                       "Name another database, or rename that schema");
}

Result<std::int64_t> number(Session& session, char const* query) {
  TRY(auto const found, session.run(query));
  return found.size() == 1 ? found.integer(0, 0) : 0;
}

// The number of the last step taken; the schema and its own table are made where they are missing.
Result<std::int64_t> version(Session& session) {
  TRY(auto const schema, number(session, "SELECT (to_regnamespace('dga') IS NOT NULL)::int"));
  if (schema == 0) TRY_DO(session.script("CREATE SCHEMA dga"));
  TRY(auto const about, number(session, "SELECT (to_regclass('dga.about') IS NOT NULL)::int"));
  if (about == 0) {
    TRY(auto const others,
        number(session, "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('dga')"));
    if (others > 0) return not_ours();
    TRY_DO(
        session.script(fmt::format("CREATE TABLE about (application bigint NOT NULL, version bigint NOT NULL);"
                                   "INSERT INTO about VALUES ({}, 0)",
                                   kApplication)));
  }
  TRY(auto const application, session.run("SELECT application, version FROM about"));
  if (application.size() != 1 || application.integer(0, 0) != kApplication) return not_ours();
  return application.integer(0, 1);
}

Result<bool> take_step(Session& session) {
  TRY_DO(session.script(fmt::format("SELECT pg_advisory_xact_lock({})", kApplication)));
  TRY(auto const found, version(session));
  auto const last = static_cast<std::int64_t>(kSteps.size());
  if (found > last)
    return base::refused("store.too_new",
                         fmt::format("the database has version {}, this program knows versions up to {}", found, last),
                         "Use the newer program that wrote it");
  if (found == last) return false;
  TRY_DO(session.script(kSteps[static_cast<std::size_t>(found)]));
  TRY_DO(session.script(fmt::format("UPDATE about SET version = {}", found + 1)));
  return true;
}

Done look_at_server(Session& session) {
  TRY(auto const encoding, session.run("SELECT current_setting('server_encoding'), current_setting('fsync')"));
  if (encoding.text(0, 0) != "UTF8")
    return base::usage("store.encoding", "the database is in " + encoding.text(0, 0) + ", not in UTF-8",
                       "Create it with ENCODING 'UTF8'");
  if (encoding.text(0, 1) != "on")
    base::log(base::LogLevel::kWarning, "store.fsync_off", {{"next", "set fsync = on: a power cut loses records"}});
  return {};
}

}  // namespace

Done migrate(Session& session) {
  TRY_DO(look_at_server(session));
  for (;;) {
    // Not serializable: what another program did while this one waited for the lock must be seen.
    TRY_DO(session.script("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"));
    auto const stepped = take_step(session);
    if (!stepped.ok()) {
      session.roll_back();
      return stepped.error();
    }
    TRY_DO(session.script("COMMIT"));
    if (*stepped) continue;
    // Of programs that ended without closing; a day is far more than anybody takes to settle a commit.
    return session.script(
        "DELETE FROM sessions WHERE at < now() - interval '1 day' AND NOT EXISTS "
        "(SELECT FROM pg_stat_activity a WHERE a.pid = sessions.pid)");
  }
}

}  // namespace dga::centre::postgresql
