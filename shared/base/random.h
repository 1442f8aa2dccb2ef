#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "shared/base/bytes.h"

namespace dga::base {

// Where unpredictable octets come from. Arrives by constructor; the simulator gives one from a seed.
// Thread: any.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(void* into, std::size_t size) = 0;

  // N fresh octets of a fixed kind: random.draw<LogSalt>().
  template <typename FixedBytes>
  [[nodiscard]] FixedBytes draw() {
    FixedBytes drawn;
    fill(drawn.data(), FixedBytes::kSize);
    return drawn;
  }
  // Uniform in [0, bound); bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
};

// The kernel's generator.
[[nodiscard]] std::unique_ptr<Random> system_random();
// Reproducible, for demo data and simulations only: never for keys. SplitMix64 over the seed.
[[nodiscard]] std::unique_ptr<Random> seeded_random(std::uint64_t seed);

}  // namespace dga::base
