// Signatures, boxes and hashes over anything.
#include <doctest/doctest.h>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "shared/crypto/keys.h"
#include "tests/support/properties.h"

using namespace dga;

TEST_CASE("a signature holds for its key, its label and its message, and with any bit changed for none") {
  CHECK(test::holds("signatures", 200, 40, [](std::string const& message, std::uint64_t seed) {
    auto const random = base::seeded_random(seed);
    auto const key = crypto::SigningKey::generate(*random), other = crypto::SigningKey::generate(*random);
    auto const label = crypto::label("dga-test-v1");
    auto const signature = key.sign(label, message);
    RC_ASSERT(crypto::verify(key.public_key(), label, message, signature));
    RC_ASSERT(!crypto::verify(other.public_key(), label, message, signature));
    RC_ASSERT(!crypto::verify(key.public_key(), crypto::label("dga-test-v2"), message, signature));
    RC_ASSERT(!crypto::verify(key.public_key(), label, message + "x", signature));
    auto changed = signature;
    auto const at = *rc::gen::inRange<std::size_t>(0, changed.size());
    changed[at] = static_cast<char>(changed[at] ^ (1 << *rc::gen::inRange(0, 8)));
    RC_ASSERT(!crypto::verify(key.public_key(), label, message, changed));
    RC_ASSERT(!crypto::verify(key.public_key(), label, message, signature.substr(0, at)));
    RC_ASSERT(crypto::SigningKey::from_seed(key.seed()).public_key() == key.public_key());
  }));
}

TEST_CASE("a box opens for its key alone, and with any octet changed for none") {
  CHECK(test::holds("boxes", 200, 40, [](std::string const& plain, std::uint64_t seed) {
    auto const random = base::seeded_random(seed);
    auto const key = crypto::BoxKey::generate(*random), other = crypto::BoxKey::generate(*random);
    auto const sealed = crypto::seal(key.public_key(), plain);
    RC_ASSERT(key.open(sealed).value() == plain);
    RC_ASSERT(other.open(sealed).error().code == "crypto.box");
    auto changed = sealed;
    auto const at = *rc::gen::inRange<std::size_t>(0, changed.size());
    changed[at] = static_cast<char>(changed[at] ^ *rc::gen::inRange(1, 256));
    RC_ASSERT(!key.open(changed).ok());
    RC_ASSERT(!key.open(sealed.substr(0, at)).ok());
  }));
}

TEST_CASE("a PIN matches its own hash, and neither another PIN nor another text") {
  auto const hash = crypto::hash_pin("482917");
  CHECK(crypto::pin_matches(hash, "482917"));
  CHECK_FALSE(crypto::pin_matches(hash, "482918"));
  CHECK_FALSE(crypto::pin_matches(hash, ""));
  CHECK_FALSE(crypto::pin_matches("", "482917"));
  CHECK_FALSE(crypto::pin_matches("no hash at all", "482917"));
  CHECK_FALSE(crypto::pin_matches(std::string(500, 'x'), "482917"));
}
