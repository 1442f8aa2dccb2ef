// The write-ahead log: as it lies on the disk, damaged on the disk (the database too), and sealed with anything inside.
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/sealing.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/versions.h"

namespace dga::fuzz {

void write_ahead_logs(base::ByteView bytes) {
  static auto const kMade = make_versions(Changed::kInTheLog);
  Input input(bytes);
  Scratch const scratch;
  auto const how = input.byte() % 5;
  auto database = kMade.database, log = kMade.companion;
  if (how == 0) log = input.rest();
  if (how == 1) change(log, input);
  if (how == 2) change(database, input);
  if (how >= 3) {
    static auto const kPlain = unseal_log(kMade.companion, known_key('d'));
    auto plain = kPlain;
    change(plain, input);
    if (how == 4) correct_checksums(plain);
    log = seal_log(plain, known_key('d'));
  }
  put(scratch / "a.db", database);
  put(scratch / "a.db-wal", log);
  auto const version = version_in(scratch / "a.db");
  if (how < 3) require(version >= -1 && version <= kChanges, "a damaged log gives a whole commit or an error");
}

}  // namespace dga::fuzz
