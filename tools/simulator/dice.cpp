#include "tools/simulator/dice.h"

#include <sodium.h>
#include <sqlite3.h>

#include <cstring>

namespace dga::simulator {
namespace {

// SplitMix64. A process simulates one world at a time, in one thread.
std::uint64_t state = 0;

std::uint64_t next() {
  auto mixed = state += 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

char const* name() { return "from the seed"; }
std::uint32_t one() { return static_cast<std::uint32_t>(next()); }
void fill(void* into, std::size_t size) {
  auto* at = static_cast<unsigned char*>(into);
  while (size > 0) {
    auto const drawn = next();
    auto const part = size < sizeof drawn ? size : sizeof drawn;
    std::memcpy(at, &drawn, part);
    at += part;
    size -= part;
  }
}

randombytes_implementation from_seed{name, one, nullptr, nullptr, fill, nullptr};

}  // namespace

void follow_seed(std::uint64_t seed) {
  state = seed;
  randombytes_set_implementation(&from_seed);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed & 0x7FFFFFFFU) | 1, nullptr);
}

}  // namespace dga::simulator
