#include "shared/base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace dga::base {

std::uint64_t Random::below(std::uint64_t bound) {
  // Numbers past the last whole multiple of `bound` are drawn again, so that none is likelier.
  std::uint64_t const limit = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t number = 0;
  do {
    fill(&number, sizeof number);
  } while (number >= limit);
  return number % bound;
}

namespace {

class SystemRandom final : public Random {
 public:
  void fill(void* into, std::size_t size) override {
    auto* next = static_cast<char*>(into);
    while (size > 0) {
      ssize_t got = getrandom(next, size, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) std::abort();  // a kernel without randomness: no key may be made
      next += got;
      size -= static_cast<std::size_t>(got);
    }
  }
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(void* into, std::size_t size) override {
    auto* next = static_cast<char*>(into);
    while (size > 0) {
      std::uint64_t number = step();
      std::size_t part = std::min(size, sizeof number);
      std::memcpy(next, &number, part);
      next += part;
      size -= part;
    }
  }

 private:
  std::uint64_t step() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace

std::unique_ptr<Random> system_random() { return std::make_unique<SystemRandom>(); }
std::unique_ptr<Random> seeded_random(std::uint64_t seed) { return std::make_unique<SeededRandom>(seed); }

}  // namespace dga::base
