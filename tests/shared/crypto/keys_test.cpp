#include "shared/crypto/keys.h"

#include <doctest/doctest.h>

#include <set>

#include "shared/crypto/hash.h"

using namespace dga;

TEST_CASE("every key of a kiosk comes from its master key and no two are alike") {
  auto random = base::seeded_random(7);
  auto const master = crypto::KioskMaster::generate(*random);
  crypto::KioskMaster const again(master.secret());
  std::set<std::string> keys;
  for (auto const& key : {master.signing().seed(), master.box().seed(), master.index(), master.database(0),
                          master.database(1), master.secret()})
    keys.insert(base::to_hex(key.view()));
  CHECK(keys.size() == 6);
  CHECK(again.signing().public_key() == master.signing().public_key());
  CHECK(again.box().public_key() == master.box().public_key());
  CHECK(again.database(3).view() == master.database(3).view());
  CHECK(crypto::KioskMaster::generate(*random).signing().public_key() != master.signing().public_key());
}

TEST_CASE("a master key gives the keys that an independent kdf gives") {
  // crypto_kdf is BLAKE2b with the number as salt and the context as personal; these were computed with Python's
  // hashlib.
  crypto::Key32 secret;
  for (std::size_t i = 0; i < 32; ++i) secret.data()[i] = static_cast<std::uint8_t>(i);
  crypto::KioskMaster const master(secret);
  CHECK(base::to_hex(master.signing().seed().view()) ==
        "5f3eab6ca94caa6c5e0a27a1c8ca282df114b9f7b8dc3b9f778c7f112b69590b");
  CHECK(base::to_hex(master.box().seed().view()) == "a8cb8ba3d8203e3207f39e6eef34e538b71ff958c47a9621fc36e4459124288a");
  CHECK(base::to_hex(master.index().view()) == "ae04a92e199e353f843d8f6d172c454aaa4ad93fd7a5fe2ae4afaf30257831b4");
  CHECK(base::to_hex(master.database(2).view()) == "c8f749b543090431b98ac54a687f4178cb7d59e28d95f5f116a89957ca8701a4");
}

TEST_CASE("a sealed box opens for its key only and only unchanged") {
  auto random = base::seeded_random(8);
  auto const key = crypto::BoxKey::generate(*random), other = crypto::BoxKey::generate(*random);
  base::Bytes const plain = "what happened in the hall";
  auto sealed = crypto::seal(key.public_key(), plain);
  CHECK(sealed.size() == plain.size() + 48);
  CHECK(key.open(sealed).value() == plain);
  CHECK(other.open(sealed).error().code == "crypto.box");
  CHECK(crypto::seal(key.public_key(), plain) != sealed);
  CHECK(key.open(crypto::seal(key.public_key(), "")).value().empty());
  for (std::size_t at : {std::size_t{0}, std::size_t{32}, sealed.size() - 1}) {
    auto changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK(key.open(changed).error().fault == base::Fault::kDamaged);
  }
  CHECK_FALSE(key.open(sealed.substr(0, 47)).ok());
  CHECK_FALSE(key.open("").ok());
}

TEST_CASE("nothing is sealed to a key that no key pair has") {
  CHECK(crypto::seal(crypto::BoxPublic{}, "secret").empty());
}

TEST_CASE("the hash of parts is the hash of the parts joined") {
  CHECK(crypto::hash({"ab", "", "c"}) == crypto::hash({"abc"}));
  CHECK(crypto::hash({}).hex() == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  CHECK(crypto::keyed_hash("0123456789abcdef", {"abc"}) != crypto::hash({"abc"}));
  CHECK(crypto::label("x").size() == 2);
  CHECK(crypto::label("x")[1] == '\0');
}

TEST_CASE("comparison sees every difference and sizes") {
  CHECK(crypto::same("abc", "abc"));
  CHECK(crypto::same("", ""));
  CHECK_FALSE(crypto::same("abc", "abd"));
  CHECK_FALSE(crypto::same("abc", "ab"));
}

TEST_CASE("a secret takes exactly its size") {
  CHECK(crypto::Key32::from(base::Bytes(32, 'k')).has_value());
  CHECK_FALSE(crypto::Key32::from(base::Bytes(31, 'k')).has_value());
  char octets[4] = {'a', 'b', 'c', 'd'};
  crypto::wipe(octets, 3);
  CHECK(base::ByteView(octets, 4) == base::ByteView("\0\0\0d", 4));
}

TEST_CASE("a PIN matches its own hash only") {
  auto const hashed = crypto::hash_pin("482913");
  CHECK(hashed.starts_with("$argon2id$"));
  CHECK(hashed.find("482913") == std::string::npos);
  CHECK(crypto::pin_matches(hashed, "482913"));
  CHECK_FALSE(crypto::pin_matches(hashed, "482914"));
  CHECK_FALSE(crypto::pin_matches("", "482913"));
  CHECK_FALSE(crypto::pin_matches(std::string(4096, '$'), "482913"));
}
