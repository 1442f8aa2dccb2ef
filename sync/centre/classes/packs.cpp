#include "sync/centre/classes/packs.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "shared/crypto/hash.h"
#include "sync/centre/classes/classes.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/ingest/batches.h"
#include "sync/centre/projection/attendance.h"
#include "sync/protocol/pack.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr std::uint64_t kFarFutureMs =
    std::uint64_t{366} * 24 * 3600 * 1000;  // a year: no centre's clock was that far ahead

// What is known of who was there, the voided left out, in an order that does not depend on what arrived first. At true
// times: a kiosk judges other kiosks' check-ins by them, and its own, which stand in its log, by its own clock.
std::vector<course::PresenceRecord> known_facts(ClassBook const& book) {
  std::vector<course::PresenceRecord> facts;
  for (auto const& presence : book.records)
    if (!book.voided(presence.record.key)) facts.push_back(presence.record);
  std::sort(facts.begin(), facts.end(),
            [](auto const& a, auto const& b) { return std::tie(a.key, a.at_ms) < std::tie(b.key, b.at_ms); });
  return facts;
}

void put_roster_entry(v1::RosterEntry& entry, MemberRow const& member) {
  constexpr std::size_t kTail = 3;
  auto const& person = member.person;
  entry.set_participant(person.number);
  entry.set_name(person.name);
  entry.set_agency(person.agency);
  entry.set_position(person.position);
  entry.set_province(person.province);
  if (person.phone.size() > kTail) entry.set_phone_tail(person.phone.substr(person.phone.size() - kTail));
  entry.set_group(member.group);
  entry.set_citizen_hash(member.citizen_hash);
}

void put_facts(v1::ClassPack& pack, std::vector<course::PresenceRecord> const& facts) {
  for (auto const& fact : facts) {
    auto* entry = pack.add_facts();
    entry->set_participant(fact.participant);
    entry->set_session(fact.session);
    entry->set_at_ms(fact.at_ms);
    entry->set_departure(fact.departure);
    entry->set_log_id(fact.key.log.bytes());
    entry->set_seq(fact.key.seq);
  }
}

// All but the facts: as much as the class is large, however much was recorded.
Result<v1::ClassPack> build(Tables& tables, std::uint64_t class_id) {
  TRY(auto loaded, load_class(tables, class_id));
  v1::ClassPack pack;
  *pack.mutable_class_() = std::move(loaded.a_class);
  TRY(auto const members, tables.classes.members(class_id));
  for (auto const& member : members) put_roster_entry(*pack.add_roster(), member);
  TRY(auto const staff, tables.classes.staff(class_id));
  for (auto const& person : staff) {
    auto* entry = pack.add_staff();
    entry->set_number(person.number);
    entry->set_name(person.name);
    entry->set_role(static_cast<v1::StaffRole>(person.role));
    entry->set_pin_hash(person.pin_hash);
  }
  TRY(auto const forms, tables.classes.forms(class_id));
  for (auto const& form : forms) {
    if (!form.current) continue;
    auto* entry = pack.add_forms();
    entry->set_id(form.id);
    entry->set_json(form.json);
    entry->set_hash(form.hash.bytes());
  }
  pack.set_badge_key(loaded.row.badge_key);
  pack.set_citizen_key(loaded.row.citizen_key);
  TRY(auto list, trust_list(tables));
  pack.set_trust_list(std::move(list));
  return pack;
}

base::Digest digest_of(std::vector<course::PresenceRecord> const& facts) {
  v1::ClassPack pack;
  put_facts(pack, facts);
  return crypto::hash({pack.SerializeAsString()});
}

// What the pack's version stands for.
base::Digest content_of(v1::ClassPack const& without_facts, base::Digest const& facts) {
  auto const rest = crypto::hash({without_facts.SerializeAsString()});
  return crypto::hash({rest.view(), facts.view()});
}

// The version that a kiosk claims to hold. A claim far in the future is none: following it would use the versions up.
std::uint64_t believed(Context const& context, std::uint64_t have_version) {
  auto const now = static_cast<std::uint64_t>(std::max<std::int64_t>(context.clock.wall_ms(), 0));
  return have_version <= now + kFarFutureMs ? have_version : 0;
}

// A kiosk that holds a newer pack than we know of (we were restored from an old backup) would refuse ours.
bool stands(std::optional<PackVersion> const& current, base::Digest const& content, std::uint64_t claim) {
  return current && current->content == content && claim <= current->version;
}

// Stays while the content does; above what a restored centre's kiosk holds.
Result<PackVersion> give_version(Context const& context, Tables& tables, std::uint64_t class_id,
                                 base::Digest const& content, std::uint64_t claim) {
  TRY(auto const current, tables.classes.pack_version(class_id));
  if (stands(current, content, claim)) return *current;
  auto const now_ms = context.clock.wall_ms();
  auto const now = static_cast<std::uint64_t>(std::max<std::int64_t>(now_ms, 0));
  auto const previous = std::max(current ? current->version : 0, claim);
  PackVersion const next{content, std::max(previous + 1, now), now_ms};
  TRY_DO(tables.classes.put_pack_version(class_id, next));
  return next;
}

void put_version(v1::ClassPack& pack, PackVersion const& version) {
  pack.set_pack_version(version.version);
  pack.set_made_ms(version.made_ms);
}

// The class asked for, or the newest that the device serves.
Result<std::uint64_t> which_class(Tables& tables, base::DeviceId const& device, std::uint64_t asked) {
  TRY(auto const classes, tables.devices.classes_of(device));
  bool const assigned =
      asked == 0 ? !classes.empty() : std::find(classes.begin(), classes.end(), asked) != classes.end();
  if (!assigned)
    return base::refused("pack.not_assigned", "device " + device.hex() + " is not assigned to this class",
                         "Enrol the kiosk for the class, or assign it at the centre");
  return asked == 0 ? classes.back() : asked;
}

Result<std::uint64_t> class_for(Context const& context, base::DeviceId const& device, std::uint64_t asked) {
  std::uint64_t class_id = 0;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY(class_id, which_class(tables, device, asked));
    return {};
  }));
  return class_id;
}

struct Facts {
  std::vector<course::PresenceRecord> records;
  base::Digest digest;
};
Result<Facts> facts_of(Context const& context, std::uint64_t class_id) {
  Facts facts;
  TRY_DO(context.attendance.look(context.store, class_id, [&](ClassBook const& book) {
    facts.records = known_facts(book);
    if (!book.facts_digest) book.facts_digest = digest_of(facts.records);
    facts.digest = *book.facts_digest;
  }));
  return facts;
}

// What the facts come to, without going through them again where nothing has arrived since somebody asked.
Result<base::Digest> facts_digest(Context const& context, std::uint64_t class_id) {
  base::Digest digest;
  TRY_DO(context.attendance.look(context.store, class_id, [&](ClassBook const& book) {
    if (!book.facts_digest) book.facts_digest = digest_of(known_facts(book));
    digest = *book.facts_digest;
  }));
  return digest;
}

// Nothing where the kiosk holds it already: that costs as much as the class is large, and not what was recorded.
Result<std::optional<v1::ClassPack>> newest_pack(Context const& context, base::DeviceId const& device,
                                                 std::uint64_t class_id, std::uint64_t have_version) {
  TRY(auto const digest, facts_digest(context, class_id));
  auto const claim = believed(context, have_version);
  v1::ClassPack pack;
  // Who only needs what others have been given already is in nobody's way.
  bool stood = false;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY(pack, build(tables, class_id));
    TRY(auto const current, tables.classes.pack_version(class_id));
    stood = stands(current, content_of(pack, digest), claim);
    if (stood) put_version(pack, *current);
    return {};
  }));
  if (stood && pack.pack_version() <= have_version) return std::optional<v1::ClassPack>();
  TRY(auto const facts, facts_of(context, class_id));
  if (!stood || facts.digest != digest)  // something arrived meanwhile
    TRY_DO(context.store.write([&](Tables& tables) -> Done {
      TRY(pack, build(tables, class_id));
      TRY(auto const version, give_version(context, tables, class_id, content_of(pack, facts.digest), claim));
      put_version(pack, version);
      return tables.devices.heard_from(device, context.clock.wall_ms());
    }));
  if (pack.pack_version() <= have_version) return std::optional<v1::ClassPack>();
  put_facts(pack, facts.records);
  return std::optional(std::move(pack));
}

Result<base::Bytes> seal_for(Context const& context, DeviceRow const& device, v1::ClassPack const& pack,
                             base::ByteView nonce) {
  auto const box = crypto::BoxPublic::from(device.x25519);
  if (!box)
    return base::damaged("store.damaged", "the device's key can't be read from the centre's database",
                         "Restore the last backup");
  return protocol::seal_pack(pack, device.id, *box, context.keys.signing_id, nonce, context.keys.signing);
}

}  // namespace

Result<std::optional<base::Bytes>> answer_pack_query(Context const& context, base::ByteView signed_query) {
  std::optional<DeviceRow> device;
  auto const key_of = key_look_up(context, device);
  TRY(auto const query, protocol::verify_pack_query(signed_query, key_of));
  TRY_DO(check_sender(device));
  if (device->state == DeviceState::kRevoked)
    return base::refused("device.revoked", "the device was revoked", "Set the kiosk up anew and enrol it");
  if (device->state == DeviceState::kUnconfirmed)
    return base::refused("device.unconfirmed", "the centre was restored and knows the device by its certificate alone",
                         "Confirm it at the centre with \"dga kiosk confirm --device\"");

  auto const& row = *device;
  TRY(auto const class_id, class_for(context, row.id, query.class_id()));
  TRY(auto const pack, newest_pack(context, row.id, class_id, query.have_version()));
  if (!pack) return std::optional<base::Bytes>{};
  TRY(auto sealed, seal_for(context, row, *pack, query.nonce()));
  return std::optional(std::move(sealed));
}

Result<std::optional<CourierPack>> pack_for_courier(Context const& context, base::DeviceId const& device) {
  std::optional<DeviceRow> row;
  bool serves_a_class = false;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    TRY(row, tables.devices.device(device));
    TRY(auto const classes, tables.devices.classes_of(device));
    serves_a_class = !classes.empty();
    return {};
  }));
  if (!row || row->state != DeviceState::kActive || !serves_a_class) return std::optional<CourierPack>{};
  TRY(auto const class_id, class_for(context, device, 0));
  TRY(auto const pack, newest_pack(context, device, class_id, 0));
  if (!pack) return std::optional<CourierPack>{};  // never: every version is above 0
  TRY(auto sealed, seal_for(context, *row, *pack, {}));
  return std::optional(CourierPack{class_id, std::move(sealed)});
}

}  // namespace dga::centre
