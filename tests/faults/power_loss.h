#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "shared/base/random.h"
#include "tests/faults/memory_disk.h"

namespace dga::faults {

// What a power cut does to writes that were not synced.
enum class Loss {
  kKept,       // all arrived after all
  kDropped,    // none did
  kReordered,  // any of them did, whatever came first
  kTorn,       // any sectors of 512 bytes of any of them did
};

// One disk as it may be found after a power cut.
struct Image {
  Files files;
  std::uint64_t marked = 0;   // the last mark before the cut: all of it was acknowledged
  std::size_t operation = 0;  // after how many operations
  Loss loss = Loss::kKept;
};

// Cuts the power after every operation, with every kind of loss, `variants` draws for those that draw.
// `before` is the disk at the first operation, all of it synced. Calls `each` image; returns how many.
std::size_t cut_power_everywhere(Files const& before, std::vector<Operation> const& operations, std::uint32_t variants,
                                 base::Random& random, std::function<void(Image const&)> const& each);

}  // namespace dga::faults
