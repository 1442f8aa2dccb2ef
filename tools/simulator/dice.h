#pragma once

#include <cstdint>
#include <memory>

#include "shared/base/random.h"

namespace dga::simulator {

// What a seed decides, one question after another. Each part of a world has dice of its own, so that one more question
// here changes nothing there.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t part) : random_(base::seeded_random(seed * 1'000'003 + part)) {}

  [[nodiscard]] bool chance(std::uint32_t per_mille) { return per_mille > 0 && random_->below(1000) < per_mille; }
  // Uniform, both ends included. REQUIRES: from <= through.
  [[nodiscard]] std::uint64_t between(std::uint64_t from, std::uint64_t through) {
    return from + random_->below(through - from + 1);
  }
  [[nodiscard]] std::size_t place_in(std::size_t size) { return static_cast<std::size_t>(random_->below(size)); }
  [[nodiscard]] base::Random& random() { return *random_; }

 private:
  std::unique_ptr<base::Random> random_;
};

// Makes libsodium's own generator (keys of sealed boxes, nonces of pages) and SQLite's follow the seed from here on,
// for the whole process. Before the first use of either.
void follow_seed(std::uint64_t seed);

}  // namespace dga::simulator
