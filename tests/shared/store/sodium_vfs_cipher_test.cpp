#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "shared/base/random.h"
#include "shared/store/sodium_vfs/cipher.h"

using namespace dga;
using sodium_vfs::Cipher;
using sodium_vfs::Kind;

namespace {

struct Piece {
  std::vector<std::uint8_t> octets;
  std::array<std::uint8_t, sodium_vfs::kNonceBytes> nonce;
  std::array<std::uint8_t, sodium_vfs::kTagBytes> tag;
};

std::vector<std::uint8_t> random_octets(base::Random& random, std::size_t size) {
  std::vector<std::uint8_t> octets(size);
  random.fill(octets.data(), size);
  return octets;
}
Piece seal(Cipher& cipher, std::uint64_t number, std::vector<std::uint8_t> const& plain) {
  Piece piece{std::vector<std::uint8_t>(plain.size()), {}, {}};
  cipher.seal(Kind::kPage, number, plain.data(), plain.size(), piece.octets.data(), piece.nonce.data(),
              piece.tag.data());
  return piece;
}
bool open(Cipher const& cipher, std::uint64_t number, Piece const& piece, std::vector<std::uint8_t>& plain) {
  plain.assign(piece.octets.size(), 1);
  return cipher.open(Kind::kPage, number, piece.octets.data(), piece.octets.size(), piece.nonce.data(),
                     piece.tag.data(), plain.data());
}

}  // namespace

TEST_CASE("what one worker has sealed the other opens") {
  auto random = base::seeded_random(31);
  auto const key = *crypto::Key32::from(std::string(32, 'q'));
  Cipher quick(key), slow(key, Cipher::Worker::kSodium);
  for (std::size_t const size : {std::size_t{0}, std::size_t{1}, std::size_t{32}, std::size_t{4056}, std::size_t{4120}})
    for (int round = 0; round < 20; ++round) {
      CAPTURE(size);
      auto const plain = random_octets(*random, size);
      std::vector<std::uint8_t> opened;
      CHECK(open(slow, 7, seal(quick, 7, plain), opened));
      CHECK(opened == plain);
      CHECK(open(quick, 7, seal(slow, 7, plain), opened));
      CHECK(opened == plain);
    }
}

TEST_CASE("neither worker opens what was changed and neither leaves a part of it") {
  auto random = base::seeded_random(32);
  auto const key = *crypto::Key32::from(std::string(32, 'q'));
  for (auto const worker : {Cipher::Worker::kQuickest, Cipher::Worker::kSodium}) {
    Cipher cipher(key, worker);
    auto const piece = seal(cipher, 7, random_octets(*random, 4056));
    std::vector<std::uint8_t> opened;
    REQUIRE(open(cipher, 7, piece, opened));
    auto const refused = [&](Piece const& changed, std::uint64_t number) {
      bool const good = open(cipher, number, changed, opened);
      return !good && std::all_of(opened.begin(), opened.end(), [](auto octet) { return octet == 0; });
    };
    CHECK(refused(piece, 8));
    for (int round = 0; round < 200; ++round) {
      auto changed = piece;
      auto const bit = static_cast<std::uint8_t>(1u << random->below(8));
      switch (random->below(3)) {
        case 0: changed.octets[random->below(changed.octets.size())] ^= bit; break;
        case 1: changed.nonce[random->below(changed.nonce.size())] ^= bit; break;
        default: changed.tag[random->below(changed.tag.size())] ^= bit; break;
      }
      CHECK(refused(changed, 7));
    }
  }
}

TEST_CASE("a piece is opened in its own place") {
  auto random = base::seeded_random(33);
  Cipher cipher(*crypto::Key32::from(std::string(32, 'q')));
  auto const plain = random_octets(*random, 4056);
  auto piece = seal(cipher, 3, plain);
  REQUIRE(cipher.open(Kind::kPage, 3, piece.octets.data(), piece.octets.size(), piece.nonce.data(), piece.tag.data(),
                      piece.octets.data()));
  CHECK(piece.octets == plain);
}
