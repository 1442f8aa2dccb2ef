#include "shared/crypto/slots_change.h"

#include <doctest/doctest.h>
#include <sodium.h>

#include <set>

#include "shared/crypto/recovery_key.h"
#include "shared/crypto/slot.pb.h"

using namespace dga;

namespace {

struct Wrapped {
  std::unique_ptr<base::Random> random = base::seeded_random(12);
  crypto::KioskMaster master = crypto::KioskMaster::generate(*random);
  base::LogId log = random->draw<base::LogId>();
  std::string secret_file = "thirty-two bytes at least, line end too\n";
  crypto::Credential credential = crypto::Credential::from(secret_file).value();
  crypto::BoxKey recovery = crypto::BoxKey::generate(*random);
  crypto::Slots slots =
      crypto::read_slots(
          crypto::wrap_with_passphrase(master, log, 3, "con voi con", crypto::minimal_cost(), *random).value())
          .value();

  Wrapped() {
    slots = crypto::with_credential(slots, master, credential, *random).value();
    slots = crypto::with_recovery(slots, master, recovery.public_key()).value();
  }
  v1::SlotFile parsed() const {
    v1::SlotFile file;
    REQUIRE(file.ParseFromString(slots.file));
    return file;
  }
  bool opens(crypto::Slots const& these, crypto::SlotSecret const& secret) const {
    auto const opened = crypto::unwrap(these, secret);
    return opened.ok() && opened->secret().view() == master.secret().view();
  }
};

std::string code(auto const& result) { return result.ok() ? "" : result.error().code; }

unsigned char const* octets(std::string const& bytes) { return reinterpret_cast<unsigned char const*>(bytes.data()); }

}  // namespace

TEST_CASE("two slots of a kind are told apart by a mark that stays when others go") {
  Wrapped const wrapped;
  auto random = base::seeded_random(14);
  auto const more = crypto::with_credential(wrapped.slots, wrapped.master,
                                            crypto::Credential::from(std::string(32, 'y')).value(), *random);
  REQUIRE(more.ok());
  auto const before = crypto::list_slots(*more);
  REQUIRE(before.size() == 4);
  std::set<base::Bytes> marks;
  for (auto const& slot : before) {
    CHECK(slot.mark.size() == 4);
    marks.insert(slot.mark);
  }
  CHECK(marks.size() == 4);
  auto const fewer = crypto::without_slot(*more, 1);  // the first credential
  REQUIRE(fewer.ok());
  auto const after = crypto::list_slots(*fewer);
  REQUIRE(after.size() == 3);
  CHECK(after[2].kind == 2);
  CHECK(after[2].mark == before[3].mark);
}

TEST_CASE("each kind of secret opens its slot and no other") {
  Wrapped const wrapped;
  auto const list = crypto::list_slots(wrapped.slots);
  REQUIRE(list.size() == 3);
  CHECK(list[0].kind == 1);
  CHECK(list[1].kind == 2);
  CHECK(list[2].kind == 3);
  CHECK(list[0].recovery_key.empty());
  CHECK(list[2].recovery_key == crypto::recovery_key_id(wrapped.recovery.public_key()));
  CHECK(wrapped.opens(wrapped.slots, crypto::Passphrase("con voi con")));
  CHECK(wrapped.opens(wrapped.slots, wrapped.credential));
  CHECK(wrapped.opens(wrapped.slots, wrapped.recovery));
  CHECK(wrapped.slots.file.find(wrapped.master.secret().view()) == base::Bytes::npos);
  auto random = base::seeded_random(13);
  CHECK(code(crypto::unwrap(wrapped.slots, crypto::Credential::from(std::string(32, 'x')).value())) ==
        "slots.wrong_credential");
  CHECK(code(crypto::unwrap(wrapped.slots, crypto::BoxKey::generate(*random))) == "slots.wrong_recovery_key");
  auto const only = [&](int kind) {
    auto file = wrapped.parsed();
    for (int i = file.slots_size(); i-- > 0;)
      if (file.slots(i).kind() != static_cast<std::uint32_t>(kind)) file.mutable_slots()->DeleteSubrange(i, 1);
    return crypto::read_slots(file.SerializeAsString()).value();
  };
  CHECK(code(crypto::unwrap(only(1), wrapped.credential)) == "slots.no_credential_slot");
  CHECK(code(crypto::unwrap(only(2), wrapped.recovery)) == "slots.no_recovery_slot");
  CHECK(code(crypto::unwrap(only(3), crypto::Passphrase("con voi con"))) == "slots.no_passphrase_slot");
}

TEST_CASE("the bytes of a credential slot and of a recovery slot are those of slot.proto") {
  Wrapped const wrapped;
  auto const file = wrapped.parsed();
  {
    auto const& slot = file.slots(1);
    unsigned char inner[32], key[32], master[32];
    crypto_generichash(inner, 32, octets(wrapped.secret_file), wrapped.secret_file.size(), nullptr, 0);
    std::string const message = std::string("dga-credential-v1", 18) + slot.salt16();
    crypto_generichash(key, 32, octets(message), message.size(), inner, 32);
    std::string const about = std::string("dga-slot-v1", 12) + '\2' + wrapped.log.bytes();
    REQUIRE(crypto_aead_xchacha20poly1305_ietf_decrypt(master, nullptr, nullptr, octets(slot.sealed()),
                                                       slot.sealed().size(), octets(about), about.size(),
                                                       octets(slot.nonce24()), key) == 0);
    CHECK(std::string(reinterpret_cast<char*>(master), 32) == wrapped.master.secret().view());
    CHECK(slot.opslimit() == 0);
    CHECK(slot.memlimit() == 0);
  }
  auto const& slot = file.slots(2);
  unsigned char secret[32], public_key[32];
  crypto_box_seed_keypair(public_key, secret, wrapped.recovery.seed().data());
  std::string opened(slot.sealed().size() - crypto_box_SEALBYTES, '\0');
  REQUIRE(crypto_box_seal_open(reinterpret_cast<unsigned char*>(opened.data()), octets(slot.sealed()),
                               slot.sealed().size(), public_key, secret) == 0);
  CHECK(opened ==
        std::string("dga-slot-v1", 12) + '\3' + wrapped.log.bytes() + std::string(wrapped.master.secret().view()));
  unsigned char id[32];
  std::string const named = std::string("dga-recovery-v1", 16) + std::string(reinterpret_cast<char*>(public_key), 32);
  crypto_generichash(id, 32, octets(named), named.size(), nullptr, 0);
  CHECK(slot.salt16() == std::string(reinterpret_cast<char*>(id), 16));
  CHECK(slot.nonce24().empty());
}

TEST_CASE("a credential or recovery slot that is moved to another log or kind, or changed, does not open") {
  Wrapped const wrapped;
  auto const changed = [&](auto change) {
    auto file = wrapped.parsed();
    change(file);
    auto const read = crypto::read_slots(file.SerializeAsString());
    REQUIRE(read.ok());
    return !wrapped.opens(*read, wrapped.credential) && !wrapped.opens(*read, wrapped.recovery);
  };
  CHECK(changed([](v1::SlotFile& file) { file.mutable_first_log_id()->at(3) ^= 4; }));
  CHECK(changed([](v1::SlotFile& file) {
    file.mutable_slots(1)->mutable_sealed()->at(7) ^= 1;
    file.mutable_slots(2)->mutable_sealed()->at(60) ^= 1;
  }));
  CHECK(changed([](v1::SlotFile& file) {
    file.mutable_slots(1)->mutable_salt16()->at(0) ^= 1;
    file.mutable_slots(2)->mutable_sealed()->resize(40);
  }));
  CHECK(changed([](v1::SlotFile& file) {
    auto const sealed = file.slots(1);
    *file.mutable_slots(1) = file.slots(2);
    *file.mutable_slots(2) = sealed;
    file.mutable_slots(2)->set_kind(7);
    file.mutable_slots(1)->set_kind(9);
  }));
  // A box for the right key with the right master of another kiosk's log.
  auto file = wrapped.parsed();
  crypto::Slots other = wrapped.slots;
  other.first_log.octets[0] ^= 1;
  file.mutable_slots(2)->CopyFrom([&] {
    v1::SlotFile moved;
    moved.ParseFromString(crypto::with_recovery(other, wrapped.master, wrapped.recovery.public_key()).value().file);
    return moved.slots(3);
  }());
  CHECK(code(crypto::unwrap(crypto::read_slots(file.SerializeAsString()).value(), wrapped.recovery)) ==
        "slots.wrong_recovery_key");
}

TEST_CASE("a credential has 32 to 4096 bytes") {
  for (std::size_t const size : {0UL, 1UL, 31UL, 4097UL})
    CHECK(code(crypto::Credential::from(std::string(size, 'x'))) == "slots.credential_size");
  for (std::size_t const size : {32UL, 4096UL}) CHECK(crypto::Credential::from(std::string(size, 'x')).ok());
}

TEST_CASE("a new passphrase takes the place of every earlier one, other slots stay, also those of later versions") {
  Wrapped wrapped;
  auto file = wrapped.parsed();
  *file.add_slots() = file.slots(0);
  file.add_slots()->set_kind(77);
  file.mutable_slots(4)->set_sealed("of a later version");
  auto const before = crypto::read_slots(file.SerializeAsString()).value();
  auto const after =
      crypto::with_passphrase(before, wrapped.master, "voi mẹ", crypto::minimal_cost(), *wrapped.random).value();
  std::vector<std::uint32_t> kinds;
  for (auto const& slot : crypto::list_slots(after)) kinds.push_back(slot.kind);
  CHECK(kinds == std::vector<std::uint32_t>{1, 2, 3, 77});
  CHECK(after.generation == 3);
  CHECK(after.file.find("of a later version") != base::Bytes::npos);
  CHECK(wrapped.opens(after, crypto::Passphrase("voi mẹ")));
  CHECK(code(crypto::unwrap_with_passphrase(after, "con voi con")) == "slots.wrong_passphrase");
  CHECK(wrapped.opens(after, wrapped.credential));
  CHECK(wrapped.opens(after, wrapped.recovery));

  auto const without = crypto::without_slot(after, 0).value();
  CHECK(code(crypto::unwrap_with_passphrase(without, "voi mẹ")) == "slots.no_passphrase_slot");
  auto const added =
      crypto::with_passphrase(without, wrapped.master, "voi con", crypto::minimal_cost(), *wrapped.random).value();
  CHECK(wrapped.opens(added, crypto::Passphrase("voi con")));
  CHECK(crypto::with_generation(added, 4).value().generation == 4);
  CHECK(wrapped.opens(crypto::with_generation(added, 4).value(), crypto::Passphrase("voi con")));
}

TEST_CASE("impossible credential and recovery slots are damaged, and nothing is changed in a file that is none") {
  Wrapped wrapped;
  auto const damaged = [&](auto change) {
    auto file = wrapped.parsed();
    change(file);
    return code(crypto::read_slots(file.SerializeAsString())) == "slots.damaged";
  };
  CHECK(damaged([](v1::SlotFile& file) { file.mutable_slots(1)->mutable_salt16()->pop_back(); }));
  CHECK(damaged([](v1::SlotFile& file) { file.mutable_slots(1)->mutable_nonce24()->push_back('x'); }));
  CHECK(damaged([](v1::SlotFile& file) { file.mutable_slots(1)->mutable_sealed()->clear(); }));
  CHECK(damaged([](v1::SlotFile& file) { file.mutable_slots(2)->mutable_salt16()->clear(); }));
  crypto::Slots const none{wrapped.log, 1, "hardly"};
  CHECK(crypto::list_slots(none).empty());
  CHECK(code(crypto::with_generation(none, 2)) == "slots.damaged");
  CHECK(code(crypto::without_slot(none, 0)) == "slots.damaged");
  CHECK(code(crypto::with_credential(none, wrapped.master, wrapped.credential, *wrapped.random)) == "slots.damaged");
  CHECK(code(crypto::with_recovery(none, wrapped.master, wrapped.recovery.public_key())) == "slots.damaged");
  CHECK(code(crypto::with_recovery(wrapped.slots, wrapped.master, {})) == "recovery.not_a_key");
  CHECK(code(crypto::with_passphrase(wrapped.slots, wrapped.master, "", crypto::minimal_cost(), *wrapped.random)) ==
        "slots.empty_passphrase");
  CHECK(code(crypto::with_passphrase(wrapped.slots, wrapped.master, "x", {3, 1ULL << 50}, *wrapped.random)) ==
        "slots.no_memory");
}
