#include "sync/centre/store/sqlite/schema.h"

#include <array>

namespace dga::centre {
namespace {

// Rows have no row id: they are kept in the order of their key, so a batch is written to neighbouring pages and a log
// is read in one sweep. `digest` is kept only where the bytes did not come. Numbers beyond 2^63 are kept as negative
// ones.
constexpr char kFirst[] = R"sql(
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
  id BLOB PRIMARY KEY, ed25519 BLOB NOT NULL, x25519 BLOB NOT NULL, name TEXT NOT NULL,
  state INTEGER NOT NULL, last_heard_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE assignments (
  device BLOB NOT NULL, class INTEGER NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (device, class)
) STRICT, WITHOUT ROWID;
CREATE TABLE codes (
  id BLOB PRIMARY KEY, code BLOB NOT NULL, name TEXT NOT NULL, class INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
  state INTEGER NOT NULL, wrong_tries INTEGER NOT NULL, digits INTEGER NOT NULL, device BLOB NOT NULL,
  request BLOB NOT NULL, reply BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE classes (
  id INTEGER PRIMARY KEY, bytes BLOB NOT NULL, badge_key BLOB NOT NULL, citizen_key BLOB NOT NULL
) STRICT;
CREATE TABLE participants (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, agency TEXT NOT NULL, position TEXT NOT NULL, province TEXT NOT NULL,
  phone TEXT NOT NULL, email TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE members (
  class INTEGER NOT NULL, participant INTEGER NOT NULL, group_number INTEGER NOT NULL, citizen_hash BLOB NOT NULL,
  PRIMARY KEY (class, participant)
) STRICT, WITHOUT ROWID;
CREATE TABLE staff (
  class INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, role INTEGER NOT NULL, pin_hash TEXT NOT NULL,
  PRIMARY KEY (class, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE packs (
  class INTEGER PRIMARY KEY, content BLOB NOT NULL, version INTEGER NOT NULL, made_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE logs (id BLOB PRIMARY KEY, device BLOB NOT NULL, salt BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE branches (
  log BLOB NOT NULL, number INTEGER NOT NULL, parent INTEGER NOT NULL, fork_at INTEGER NOT NULL,
  head_seq INTEGER NOT NULL, head_hash BLOB NOT NULL, PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE rows (
  log BLOB NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, branch INTEGER NOT NULL, reason INTEGER NOT NULL,
  bytes BLOB, digest BLOB, PRIMARY KEY (log, seq, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX rows_quarantined ON rows (log, seq) WHERE reason <> 0;
CREATE TABLE parked (
  log BLOB NOT NULL, id BLOB NOT NULL, device BLOB NOT NULL, first_seq INTEGER NOT NULL, count INTEGER NOT NULL,
  prev_hash BLOB NOT NULL, unreadable INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (log, id)
) STRICT;
CREATE INDEX parked_by_device ON parked (device, size);
CREATE TABLE signed_heads (
  log BLOB NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, branch INTEGER NOT NULL, matched_seq INTEGER NOT NULL,
  PRIMARY KEY (log, seq, hash)
) STRICT, WITHOUT ROWID;
)sql";

// What also stands in a backup.
constexpr char kBackups[] = R"sql(
CREATE TABLE backed_up (
  log BLOB NOT NULL, branch INTEGER NOT NULL, through INTEGER NOT NULL, PRIMARY KEY (log, branch)
) STRICT, WITHOUT ROWID;
)sql";

// Answers name a form by its hash, however late they come: none is ever removed.
constexpr char kForms[] = R"sql(
CREATE TABLE forms (
  class INTEGER NOT NULL, hash BLOB NOT NULL, id TEXT NOT NULL, json BLOB NOT NULL, current INTEGER NOT NULL,
  PRIMARY KEY (class, hash)
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::array<store::Migration, 3> kSteps{{{1, kFirst}, {2, kBackups}, {3, kForms}}};

}  // namespace

std::span<store::Migration const> centre_migrations() { return kSteps; }

}  // namespace dga::centre
