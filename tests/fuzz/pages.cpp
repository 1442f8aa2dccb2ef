// The database's pages: as they lie on the disk, damaged on the disk, and sealed with anything inside.
#include "tests/fuzz/input.h"
#include "tests/fuzz/kiosk.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/sealing.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

constexpr char kName[] = "kiosk.db";

// Whatever the damage, what is given out is what was written.
void check_nothing_differs(std::filesystem::path const& folder) {
  auto store = store::KioskStore::open(folder, known_key('d'));
  if (!store.ok()) return;
  auto const& log = made_kiosk().log;
  std::uint64_t given = 0;
  auto const compare = [&](store::StoredRecord const& record) -> base::Result<bool> {
    require(record.seq <= log.size() && record.bytes == log[record.seq - 1].bytes, "a record is as it was written");
    ++given;
    return true;
  };
  if (store->replay(1, compare).ok()) require(given == log.size(), "no record is left out without a word");
  auto const pack = store->pack();
  if (pack.ok()) require(*pack && **pack == small_pack().SerializeAsString(), "the pack is as it was kept");
  auto const setting = store->setting("centre.address");
  if (setting.ok()) require(*setting && **setting == "http://127.0.0.1:8470", "a setting is as it was put");
}

}  // namespace

void pages(base::ByteView bytes) {
  Input input(bytes);
  Scratch const scratch;
  switch (input.byte() % 3) {
    case 0:  // anything at all
      put(scratch / kName, input.rest());
      break;
    case 1: {  // damage
      auto file = made_kiosk().database;
      change(file, input);
      put(scratch / kName, file);
      check_nothing_differs(scratch.path());
      put(scratch / kName, file);
      break;
    }
    default: {  // somebody with the key
      static auto const kPlain = unseal_pages(made_kiosk().database, known_key('d'));
      auto plain = kPlain;
      change(plain, input);
      put(scratch / kName, seal_pages(plain, known_key('d')));
    }
  }
  use(scratch.path());
}

}  // namespace dga::fuzz
