#include "shared/crypto/slots.h"

#include <doctest/doctest.h>

#include "shared/crypto/chain.h"
#include "shared/crypto/slot.pb.h"

using namespace dga;

namespace {

struct Wrapped {
  std::unique_ptr<base::Random> random = base::seeded_random(11);
  crypto::KioskMaster master = crypto::KioskMaster::generate(*random);
  base::LogId log = random->draw<base::LogId>();
  base::Bytes file =
      crypto::wrap_with_passphrase(master, log, 3, "con voi con", crypto::minimal_cost(), *random).value();

  // The same file after `change` was made to its first slot or itself.
  template <typename Change>
  base::Bytes changed(Change change) const {
    v1::SlotFile parsed;
    REQUIRE(parsed.ParseFromString(file));
    change(parsed);
    return parsed.SerializeAsString();
  }
};

}  // namespace

TEST_CASE("a passphrase gives back the master key it wrapped") {
  Wrapped const wrapped;
  auto const slots = crypto::read_slots(wrapped.file).value();
  CHECK(slots.first_log == wrapped.log);
  CHECK(slots.generation == 3);
  CHECK(crypto::unwrap_with_passphrase(slots, "con voi con").value().secret().view() == wrapped.master.secret().view());
  CHECK(wrapped.file.find(wrapped.master.secret().view()) == base::Bytes::npos);
}

TEST_CASE("another passphrase is refused by name") {
  Wrapped const wrapped;
  auto const slots = crypto::read_slots(wrapped.file).value();
  for (auto const* passphrase : {"con voi", "", "con voi con "}) {
    auto const refused = crypto::unwrap_with_passphrase(slots, passphrase);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == "slots.wrong_passphrase");
    CHECK(refused.error().fault == base::Fault::kRefused);
  }
}

TEST_CASE("an empty passphrase wraps nothing") {
  Wrapped wrapped;
  CHECK(crypto::wrap_with_passphrase(wrapped.master, wrapped.log, 0, "", crypto::minimal_cost(), *wrapped.random)
            .error()
            .code == "slots.empty_passphrase");
}

TEST_CASE("a slot moved to another kiosk's log does not open") {
  Wrapped const wrapped;
  auto const moved = wrapped.changed([](v1::SlotFile& file) { file.mutable_first_log_id()->at(0) ^= 1; });
  CHECK(crypto::unwrap_with_passphrase(crypto::read_slots(moved).value(), "con voi con").error().code ==
        "slots.wrong_passphrase");
}

TEST_CASE("what is no slot file is damaged") {
  Wrapped const wrapped;
  for (auto const& file : {base::Bytes(), base::Bytes("\xff\xd8\xff\xe0 JFIF"),
                           wrapped.file.substr(0, wrapped.file.size() / 2), base::Bytes(100'000, 'x')}) {
    auto const read = crypto::read_slots(file);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == "slots.damaged");
    CHECK(read.error().fault == base::Fault::kDamaged);
  }
}

TEST_CASE("a planted slot cannot exhaust the kiosk") {
  Wrapped const wrapped;
  auto const refused = [&](auto change) {
    auto const file = wrapped.changed(change);
    auto const read = crypto::read_slots(file);
    bool const read_refused = !read.ok() && read.error().code == "slots.damaged";
    // Nor does a Slots that was filled in without read_slots get around it.
    auto const unwrapped = crypto::unwrap_with_passphrase({wrapped.log, 3, file}, "con voi con");
    return read_refused && !unwrapped.ok() && unwrapped.error().code == "slots.damaged";
  };
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->set_memlimit(2ULL << 30); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->set_memlimit(UINT64_MAX); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->set_opslimit(17); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->set_opslimit(0); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->set_memlimit(16); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->mutable_salt16()->pop_back(); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->mutable_nonce24()->clear(); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->mutable_sealed()->push_back('x'); }));
  CHECK(refused([](v1::SlotFile& file) { file.mutable_slots(0)->set_kind(0); }));
  CHECK(refused([](v1::SlotFile& file) {
    for (int i = 0; i < 8; ++i) *file.add_slots() = file.slots(0);
  }));
}

TEST_CASE("a kiosk without a passphrase slot says so") {
  Wrapped const wrapped;
  auto const file = wrapped.changed([](v1::SlotFile& slots) { slots.mutable_slots(0)->set_kind(2); });
  CHECK(crypto::unwrap_with_passphrase(crypto::read_slots(file).value(), "con voi con").error().code ==
        "slots.no_passphrase_slot");
}

TEST_CASE("every flipped bit of a slot's secret part is noticed") {
  Wrapped const wrapped;
  for (std::size_t at = 0; at < 48; at += 5) {
    auto const file = wrapped.changed([&](v1::SlotFile& slots) {
      auto& octet = slots.mutable_slots(0)->mutable_sealed()->at(at);
      octet = static_cast<char>(octet ^ 0x20);
    });
    CHECK_FALSE(crypto::unwrap_with_passphrase(crypto::read_slots(file).value(), "con voi con").ok());
  }
}

TEST_CASE("the shipped cost is Argon2id MODERATE") {
  CHECK(crypto::moderate_cost().memlimit == 256ULL * 1024 * 1024);
  CHECK(crypto::moderate_cost().opslimit == 3);
}
