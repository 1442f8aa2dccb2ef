// The file of key slots: as it comes, and a good one changed.
#include "shared/crypto/slots.h"

#include "shared/crypto/hash.h"
#include "shared/crypto/slot.pb.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

constexpr char kPassphrase[] = "one two three";

// A hostile file may ask for 1 GiB and 16 passes; that is allowed, and no input's worth.
bool is_cheap(v1::SlotFile const& file) {
  for (auto const& slot : file.slots())
    if (slot.memlimit() > 64 * 1024 || slot.opslimit() > 2) return false;
  return true;
}

}  // namespace

void slots(base::ByteView bytes) {
  auto const& its = parties();
  static auto const kGood = [&] {
    auto const random = base::seeded_random(1);
    auto made = crypto::wrap_with_passphrase(its.master, its.log, 0, kPassphrase, crypto::minimal_cost(), *random);
    require(made.ok(), "the harness's slots are made");
    return *made;
  }();
  Input input(bytes);
  auto file = kGood;
  if (input.byte() % 2 == 0)
    file = input.rest();
  else
    change(file, input);

  auto const read = crypto::read_slots(file);
  if (!read.ok()) return;
  v1::SlotFile parsed;
  require(parsed.ParseFromString(file), "what was read as slots is a slot file");
  if (!is_cheap(parsed)) return;
  auto const opened = crypto::unwrap_with_passphrase(*read, kPassphrase);
  if (opened.ok())
    require(crypto::same(opened->secret().view(), its.master.secret().view()), "no slot opens to another key");
}

}  // namespace dga::fuzz
