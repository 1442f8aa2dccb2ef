#include "shared/base/random.h"

#include <doctest/doctest.h>

#include <array>
#include <set>

using namespace dga;

TEST_CASE("a seed gives the same bytes again and another seed gives others") {
  auto bytes = [](std::uint64_t seed) {
    auto random = base::seeded_random(seed);
    base::Bytes drawn(100, '\0');
    random->fill(drawn.data(), drawn.size());
    return drawn;
  };
  CHECK(bytes(1) == bytes(1));
  CHECK(bytes(1) != bytes(2));
}

TEST_CASE("SplitMix64 gives its published numbers") {
  auto random = base::seeded_random(1234567);
  // The first outputs for this seed, as the algorithm's reference implementation prints them.
  for (std::uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
                                 4593380528125082431ULL, 16408922859458223821ULL}) {
    std::uint64_t number = 0;
    random->fill(&number, sizeof number);
    CHECK(number == expected);
  }
}

TEST_CASE("a fill writes exactly as much as was asked for") {
  for (auto const& random : {base::system_random(), base::seeded_random(5)}) {
    for (std::size_t size = 0; size < 20; ++size) {
      base::Bytes room(24, '\x55');
      random->fill(room.data() + 2, size);
      CHECK(room.substr(0, 2) == "\x55\x55");
      CHECK(room.substr(2 + size) == base::Bytes(22 - size, '\x55'));
    }
  }
}

TEST_CASE("numbers below a bound cover all of it evenly") {
  auto random = base::seeded_random(9);
  std::array<int, 7> times{};
  for (int i = 0; i < 7000; ++i) ++times.at(random->below(7));
  for (int one : times) {
    CHECK(one > 850);
    CHECK(one < 1150);
  }
  for (int i = 0; i < 100; ++i) CHECK(random->below(1) == 0);
  // A bound just above half of all numbers: without drawing again the lower ones would come twice as often.
  constexpr std::uint64_t kBound = (1ULL << 63) + 1;
  int low = 0;
  for (int i = 0; i < 2000; ++i) low += random->below(kBound) < (1ULL << 62) ? 1 : 0;
  CHECK(low > 900);
  CHECK(low < 1100);
}

TEST_CASE("the kernel's bytes are not the same twice") {
  auto random = base::system_random();
  std::set<base::Digest> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(random->draw<base::Digest>());
  CHECK(drawn.size() == 100);
}
