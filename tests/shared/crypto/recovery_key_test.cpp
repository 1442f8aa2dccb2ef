#include "shared/crypto/recovery_key.h"

#include <doctest/doctest.h>

using namespace dga;

namespace {

std::string code(auto const& result) { return result.ok() ? "" : result.error().code; }

struct Pair {
  std::unique_ptr<base::Random> random = base::seeded_random(14);
  crypto::BoxKey key = crypto::BoxKey::generate(*random);
  std::string secret = crypto::write_recovery_secret(key), open = crypto::write_recovery_public(key.public_key());
};

}  // namespace

TEST_CASE("a recovery key pair is one line of text each, and is read again") {
  Pair const pair;
  CHECK(pair.secret.size() == 23 + 64 + 1 + 8 + 1);
  CHECK(crypto::read_recovery_secret(pair.secret).value().seed().view() == pair.key.seed().view());
  CHECK(crypto::read_recovery_public(pair.open).value() == pair.key.public_key());
  // As people's tools leave it.
  auto const line = pair.secret.substr(0, pair.secret.size() - 1);
  for (auto const* end : {"", "\r\n", "  \n", "\nsecond line\n"})
    CHECK(crypto::read_recovery_secret(line + end).value().public_key() == pair.key.public_key());
  CHECK(pair.open.find(base::to_hex(pair.key.seed().view())) == std::string::npos);
  CHECK(crypto::recovery_key_id(pair.key.public_key()).size() == 16);
}

TEST_CASE("a recovery key with a wrong digit, or the other half of the pair, is refused") {
  Pair const pair;
  for (std::size_t at = 0; at < pair.secret.size() - 1; ++at) {
    auto wrong = pair.secret;
    wrong[at] = wrong[at] == '3' ? '4' : '3';
    CHECK(code(crypto::read_recovery_secret(wrong)) == "recovery.not_a_key");
    auto const cut = pair.secret.substr(0, at);
    CHECK(code(crypto::read_recovery_secret(cut)) == "recovery.not_a_key");
  }
  for (auto const& other : {pair.open, std::string("dga-recovery-secret-v1:"), std::string("::::"), std::string()})
    CHECK(code(crypto::read_recovery_secret(other)) == "recovery.not_a_key");
  auto const refused = crypto::read_recovery_public(pair.secret);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().what.find("other half") != std::string::npos);
  CHECK(refused.error().what.find(base::to_hex(pair.key.seed().view())) == std::string::npos);
}
