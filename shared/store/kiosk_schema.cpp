#include "shared/store/kiosk_schema.h"

namespace dga::store {
namespace {

// Released steps are never edited: a change is a new step, and a database of every release lies in tests/golden.
constexpr Migration kSteps[] = {
    {1, R"sql(
      -- A kiosk has one log at a time; a child log after a fork gets the next number.
      CREATE TABLE log (
        number INTEGER PRIMARY KEY,
        log_id BLOB NOT NULL UNIQUE,
        device_id BLOB NOT NULL,
        log_salt BLOB NOT NULL
      ) STRICT;

      CREATE TABLE record (
        place INTEGER PRIMARY KEY,   -- log number * 2^40 + seq
        bytes BLOB,                  -- as written and hashed; NULL once erased
        digest BLOB NOT NULL,        -- H(bytes): stands in the chain when bytes are gone
        hash BLOB NOT NULL,          -- h(seq)
        facts INTEGER NOT NULL       -- records of this log up to here that are no TimeSample
      ) STRICT;

      CREATE TABLE sync_state (
        log INTEGER PRIMARY KEY REFERENCES log,
        received_through INTEGER NOT NULL,
        durable_through INTEGER NOT NULL,
        centre_epoch INTEGER NOT NULL,
        fork_at INTEGER NOT NULL,
        quarantined_total INTEGER NOT NULL,
        revoked INTEGER NOT NULL,
        last_receipt_ms INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE outbound (
        log INTEGER PRIMARY KEY REFERENCES log,
        first_seq INTEGER NOT NULL,
        count INTEGER NOT NULL,
        sealed_batch BLOB NOT NULL
      ) STRICT;

      CREATE TABLE pack (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        version INTEGER NOT NULL,
        class_pack BLOB NOT NULL
      ) STRICT;

      CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
      ) STRICT, WITHOUT ROWID;
    )sql"},
};

}  // namespace

std::span<Migration const> kiosk_migrations() { return kSteps; }

}  // namespace dga::store
