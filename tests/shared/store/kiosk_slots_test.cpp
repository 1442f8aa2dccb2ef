#include "shared/store/kiosk_slots.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/store/kiosk_rekey.h"
#include "tests/support/store_scratch.h"

using namespace dga;

namespace {

constexpr auto kPassphrase = "sen vàng Huế", kNew = "cá chép hoá rồng";

struct Kiosk {
  std::uint64_t seed = 61;
  test::StoreScratch scratch;
  test::StoreClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(seed);
  std::filesystem::path path = scratch / "kiosk-1";
  crypto::SlotSecret passphrase = crypto::Passphrase(kPassphrase);
  crypto::Credential credential = crypto::Credential::from(std::string(32, 'k')).value();
  crypto::BoxKey recovery = crypto::BoxKey::generate(*random);

  explicit Kiosk(std::uint64_t from = 61) : seed(from) {
    REQUIRE(store::create_kiosk(path, kPassphrase, crypto::minimal_cost(), "1.0.0", clock, *random).ok());
  }
  std::string opening(crypto::SlotSecret const& secret) const {
    auto const opened = store::open_kiosk(path, secret);
    return opened.ok() ? "" : opened.error().code;
  }
  base::Done change(crypto::SlotSecret const& secret, std::string_view to) {
    return store::change_passphrase(path, secret, to, crypto::minimal_cost(), *random);
  }
  std::vector<std::uint32_t> kinds() const {
    std::vector<std::uint32_t> kinds;
    for (auto const& slot : crypto::list_slots(store::slots_of(path).value())) kinds.push_back(slot.kind);
    return kinds;
  }
  std::string database() const { return test::file_content(path / "kiosk.db"); }
};

std::string code(auto const& result) { return result.ok() ? "" : result.error().code; }

using Kinds = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("a changed passphrase opens the kiosk, the earlier one does not, and the data stays as it is") {
  Kiosk kiosk;
  auto const database = kiosk.database();
  REQUIRE(kiosk.change(kiosk.passphrase, kNew).ok());
  CHECK(kiosk.database() == database);
  CHECK(kiosk.opening(crypto::Passphrase(kNew)).empty());
  CHECK(kiosk.opening(kiosk.passphrase) == "slots.wrong_passphrase");
  CHECK(kiosk.kinds() == Kinds{1});
  auto const rights = std::filesystem::status(kiosk.path / "slots").permissions();
  CHECK(rights == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(code(kiosk.change(kiosk.passphrase, "another one")) == "slots.wrong_passphrase");
}

TEST_CASE("a new passphrase has at least eight letters, a used one may be shorter") {
  Kiosk kiosk;
  auto const before = test::file_content(kiosk.path / "slots");
  // Seven letters in 13 bytes.
  for (auto const* shorter : {"", "sen Huế", "ậậậậậậậ", "1234567"})
    CHECK(code(kiosk.change(kiosk.passphrase, shorter)) == "slots.short_passphrase");
  CHECK(test::file_content(kiosk.path / "slots") == before);
  CHECK(code(store::create_kiosk(kiosk.scratch / "b", "1234567", crypto::minimal_cost(), "1", kiosk.clock,
                                 *kiosk.random)) == "slots.short_passphrase");
  CHECK_FALSE(std::filesystem::exists(kiosk.scratch / "b"));
  CHECK(kiosk.change(kiosk.passphrase, "ậậậậậậậậ").ok());

  auto const slots = store::slots_of(kiosk.path).value();
  auto const master = crypto::unwrap_with_passphrase(slots, "ậậậậậậậậ").value();
  test::put_file_content(
      kiosk.path / "slots",
      crypto::with_passphrase(slots, master, "short", crypto::minimal_cost(), *kiosk.random).value().file);
  CHECK(kiosk.opening(crypto::Passphrase("short")).empty());
}

TEST_CASE("a crash while the passphrase is changed leaves the old slots or the new ones") {
  Kiosk kiosk;
  auto const old_slots = test::file_content(kiosk.path / "slots");
  REQUIRE(kiosk.change(kiosk.passphrase, kNew).ok());
  auto const new_slots = test::file_content(kiosk.path / "slots");
  // The new file is written beside; a crash before the renaming leaves any beginning of it there.
  for (std::size_t written = 0; written <= new_slots.size(); written += 7) {
    test::put_file_content(kiosk.path / "slots", old_slots);
    test::put_file_content(kiosk.path / "slots.new", new_slots.substr(0, written));
    CHECK(kiosk.opening(kiosk.passphrase).empty());
    CHECK(kiosk.opening(crypto::Passphrase(kNew)) == "slots.wrong_passphrase");
  }
  REQUIRE(kiosk.change(kiosk.passphrase, kNew).ok());
  CHECK(kiosk.opening(crypto::Passphrase(kNew)).empty());
  CHECK_FALSE(std::filesystem::exists(kiosk.path / "slots.new"));

  // The same with a child that dies, wherever it is.
  for (int at = 0; at < 20; ++at) {
    pid_t const child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      alarm(0);
      ualarm(static_cast<useconds_t>(100 + at * 150), 0);  // SIGALRM kills
      std::string from = kNew, to = "sen vàng Huế";
      for (;;) {
        if (!kiosk.change(crypto::Passphrase(from), to).ok() && !kiosk.change(crypto::Passphrase(to), from).ok())
          _exit(1);
        std::swap(from, to);
      }
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    bool const with_old = kiosk.opening(kiosk.passphrase).empty();
    bool const with_new = kiosk.opening(crypto::Passphrase(kNew)).empty();
    CHECK(with_old != with_new);
  }
}

TEST_CASE("a credential and a recovery key open the kiosk each by itself, beside the passphrase") {
  Kiosk kiosk;
  CHECK(kiosk.opening(kiosk.credential) == "slots.no_credential_slot");
  CHECK(kiosk.opening(kiosk.recovery) == "slots.no_recovery_slot");
  REQUIRE(store::add_credential(kiosk.path, kiosk.passphrase, kiosk.credential, *kiosk.random).ok());
  REQUIRE(store::add_recovery_key(kiosk.path, kiosk.credential, kiosk.recovery.public_key()).ok());
  CHECK(kiosk.kinds() == Kinds{1, 2, 3});
  CHECK(kiosk.opening(kiosk.passphrase).empty());
  CHECK(kiosk.opening(kiosk.credential).empty());
  CHECK(kiosk.opening(kiosk.recovery).empty());
  CHECK(kiosk.opening(crypto::Credential::from(std::string(33, 'k')).value()) == "slots.wrong_credential");
  CHECK(kiosk.opening(crypto::BoxKey::generate(*kiosk.random)) == "slots.wrong_recovery_key");

  // Whoever lost the passphrase and the credential sets a new passphrase with the recovery key.
  REQUIRE(kiosk.change(kiosk.recovery, kNew).ok());
  CHECK(kiosk.kinds() == Kinds{1, 2, 3});
  CHECK(kiosk.opening(crypto::Passphrase(kNew)).empty());
  CHECK(kiosk.opening(kiosk.passphrase) == "slots.wrong_passphrase");
}

TEST_CASE("a slot goes only when a secret shows that another one opens") {
  Kiosk kiosk;
  CHECK(code(store::remove_slot(kiosk.path, kiosk.passphrase, 0)) == "slots.last");
  CHECK(code(store::remove_slot(kiosk.path, kiosk.passphrase, 1)) == "slots.no_such_slot");
  REQUIRE(store::add_credential(kiosk.path, kiosk.passphrase, kiosk.credential, *kiosk.random).ok());
  // Nobody has shown that the credential is still known.
  CHECK(code(store::remove_slot(kiosk.path, kiosk.passphrase, 0)) == "slots.own_slot");
  CHECK(kiosk.kinds() == Kinds{1, 2});
  REQUIRE(store::remove_slot(kiosk.path, kiosk.credential, 0).ok());
  CHECK(kiosk.kinds() == Kinds{2});
  CHECK(kiosk.opening(kiosk.passphrase) == "slots.no_passphrase_slot");
  CHECK(kiosk.opening(kiosk.credential).empty());
  CHECK(code(store::remove_slot(kiosk.path, kiosk.credential, 0)) == "slots.last");

  for (int more = 1; more < 8; ++more)
    REQUIRE(store::add_recovery_key(kiosk.path, kiosk.credential, kiosk.recovery.public_key()).ok());
  CHECK(code(store::add_recovery_key(kiosk.path, kiosk.credential, kiosk.recovery.public_key())) == "slots.too_many");
  CHECK(code(kiosk.change(kiosk.credential, kNew)) == "slots.too_many");
}

TEST_CASE("slots that are lost, damaged, foreign or of another kiosk's master never cost the data") {
  Kiosk kiosk, other(62);
  auto const database = kiosk.database();
  auto const slots = test::file_content(kiosk.path / "slots");
  auto const everything = [&] {
    CHECK_FALSE(kiosk.opening(kiosk.passphrase).empty());
    CHECK_FALSE(
        store::create_kiosk(kiosk.path, kPassphrase, crypto::minimal_cost(), "1", kiosk.clock, *kiosk.random).ok());
    CHECK_FALSE(kiosk.change(kiosk.passphrase, kNew).ok());
    CHECK_FALSE(store::add_credential(kiosk.path, kiosk.passphrase, kiosk.credential, *kiosk.random).ok());
    CHECK_FALSE(store::add_recovery_key(kiosk.path, kiosk.passphrase, kiosk.recovery.public_key()).ok());
    CHECK_FALSE(store::remove_slot(kiosk.path, kiosk.passphrase, 0).ok());
    CHECK_FALSE(store::rekey_kiosk(kiosk.path, kiosk.passphrase).ok());
    CHECK(kiosk.database() == database);
    CHECK_FALSE(std::filesystem::exists(kiosk.path / "kiosk.db.new"));
    CHECK_FALSE(std::filesystem::exists(kiosk.path / "kiosk.db.rekey"));
  };
  std::filesystem::remove(kiosk.path / "slots");
  everything();
  CHECK_FALSE(std::filesystem::exists(kiosk.path / "slots"));
  for (auto const& bad : {std::string(), std::string("hardly"), slots.substr(0, slots.size() - 1),
                          std::string(1 << 20, 'x'), test::file_content(other.path / "slots")}) {
    test::put_file_content(kiosk.path / "slots", bad);
    everything();
    CHECK(test::file_content(kiosk.path / "slots") == bad);
  }
  // A recovery slot for somebody else's master, as whoever can write beside the database may plant one.
  auto const stranger = crypto::KioskMaster::generate(*kiosk.random);
  auto const own = crypto::read_slots(slots).value();
  auto const planted = crypto::with_recovery(own, stranger, kiosk.recovery.public_key()).value();
  test::put_file_content(kiosk.path / "slots", planted.file);
  CHECK(kiosk.opening(kiosk.recovery) == "store.damaged");
  CHECK(code(kiosk.change(kiosk.recovery, kNew)) == "store.damaged");
  CHECK(test::file_content(kiosk.path / "slots") == planted.file);
  CHECK(kiosk.opening(kiosk.passphrase).empty());

  // A copy of the slots put back is all that is needed.
  test::put_file_content(kiosk.path / "slots", slots);
  CHECK(kiosk.opening(kiosk.passphrase).empty());
  CHECK(kiosk.database() == database);
}

TEST_CASE("nothing is created over a database that a rekey left without its name") {
  Kiosk kiosk;
  std::filesystem::rename(kiosk.path / "kiosk.db", kiosk.path / "kiosk.db.rekey");
  std::filesystem::remove(kiosk.path / "slots");
  auto const data = test::file_content(kiosk.path / "kiosk.db.rekey");
  CHECK(code(store::create_kiosk(kiosk.path, kPassphrase, crypto::minimal_cost(), "1", kiosk.clock, *kiosk.random)) ==
        "kiosk.exists");
  CHECK(test::file_content(kiosk.path / "kiosk.db.rekey") == data);
  CHECK(kiosk.opening(kiosk.passphrase) == "kiosk.not_found");
}
