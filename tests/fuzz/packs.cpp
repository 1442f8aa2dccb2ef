// Class packs, and what a kiosk does with one: as they come, and anything that a centre sealed and signed.
#include "sync/protocol/pack.h"

#include "kiosk/desk/desk.h"
#include "shared/course/form.h"
#include "shared/crypto/hash.h"
#include "shared/text/badge.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/compress.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kiosk.h"
#include "tests/fuzz/scratch.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

base::Result<protocol::OpenedPack> open(base::ByteView bytes) {
  auto const& its = parties();
  return protocol::open_pack(bytes, its.centre.public_key(), its.device_id, its.device_box, std::nullopt);
}

// Any header over any content, under the centre's signature.
base::Bytes signed_pack(base::ByteView header, base::ByteView content) {
  v1::SealedPack pack;
  pack.set_header(base::Bytes(header));
  pack.set_sealed(crypto::seal(parties().device_box.public_key(), content));
  pack.set_signature(parties().centre.sign(
      crypto::label("dga-pack-v1"), crypto::hash({pack.header()}).bytes() + crypto::hash({pack.sealed()}).bytes()));
  return pack.SerializeAsString();
}

// The kiosk keeps it, opens its desk and serves people.
void put_to_use(protocol::OpenedPack const& opened) {
  Scratch const scratch;
  put(scratch / "kiosk.db", made_kiosk().database);
  auto const& a_class = opened.pack.class_();
  StandingClock const clock(a_class.sessions_size() == 0 ? StandingClock::kNow : a_class.sessions(0).start_ms());
  auto store = store::KioskStore::open(scratch.path(), known_key('d'));
  require(store.ok(), "the harness's kiosk opens");
  auto const kept = store->keep_pack(opened.header.pack_version(), opened.plain);
  if (!kept.ok()) return;
  auto desk = desk::Desk::open(*store, clock);
  if (!desk.ok()) return;
  (void)desk->zone();
  (void)desk->a_class();
  std::vector<desk::Visit> visits;
  visits.emplace_back(desk::ByName{101});
  for (auto const* scan : {"079085001234||Người thứ 101|01011990|Nam|x|01012020", "no badge"})
    visits.emplace_back(desk::ByScan{scan});
  for (int i = 0; i < std::min(opened.pack.roster_size(), 4); ++i) {
    auto const number = opened.pack.roster(i).participant();
    visits.emplace_back(desk::ByName{number});
    if (opened.pack.badge_key().size() == 32 && number > 0 && number < 10'000'000'000)
      visits.emplace_back(
          desk::ByScan{text::write_badge({number, crypto::badge_tag(opened.pack.badge_key(), number)})});
  }
  auto const before = store->head().seq;
  auto const outcomes = desk->serve(visits);
  if (outcomes.ok()) require(outcomes->size() == visits.size(), "everybody who comes has an answer");
  if (!outcomes.ok()) require(store->head().seq == before, "an error records nothing");
  (void)desk->presence();
  (void)desk->count_present();
  require(desk::Desk::open(*store, clock).ok(), "a kiosk that served opens again");
}

}  // namespace

void packs(base::ByteView bytes) {
  Input input(bytes);
  auto const how = input.byte() % 3;
  if (how == 0) {
    require(!open(input.rest()).ok(), "nobody but the centre is believed");
    return;
  }
  if (how == 1) {
    auto const header = input.take(input.byte());
    (void)open(signed_pack(header, input.rest()));
    return;
  }
  auto const plain = input.rest();
  v1::ClassPack pack;
  if (!pack.ParseFromArray(plain.data(), static_cast<int>(plain.size()))) return;
  v1::PackHeader header;
  header.set_version(protocol::kPackVersion);
  header.set_device_id(parties().device_id.bytes());
  header.set_class_id(pack.class_().id());
  header.set_pack_version(pack.pack_version());
  header.set_plain_bytes(static_cast<std::uint32_t>(plain.size()));
  auto const opened = open(signed_pack(header.SerializeAsString(), protocol::compress(plain)));
  require(opened.ok() && opened->plain == plain, "a pack opens to what was sealed");
  for (auto const& form : opened->pack.forms()) (void)course::read_form(form.json());
  (void)protocol::verify_trust_list(opened->pack.trust_list(), parties().root.public_key());
  put_to_use(*opened);
}

}  // namespace dga::fuzz
