// The rollback journal: as it lies on the disk, damaged on the disk, and sealed with anything inside.
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/sealing.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/versions.h"

namespace dga::fuzz {

void journals(base::ByteView bytes) {
  static auto const kMade = make_versions(Changed::kUnderJournal);
  Input input(bytes);
  Scratch const scratch;
  auto journal = kMade.companion;
  bool const untouched = bytes.size() <= 1;
  switch (input.byte() % 3) {
    case 0: journal = untouched ? journal : input.rest(); break;
    case 1: change(journal, input); break;
    default: {
      static auto const kPlain = unseal_journal(kMade.companion, known_key('d'));
      auto plain = kPlain;
      change(plain, input);
      journal = seal_journal(plain, known_key('d'));
    }
  }
  put(scratch / "a.db", kMade.database);
  put(scratch / "a.db-journal", journal);
  auto const version = version_in(scratch / "a.db");
  if (untouched) require(version == 0, "the journal takes back what was under way");
}

}  // namespace dga::fuzz
