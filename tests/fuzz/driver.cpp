// A libFuzzer program for the target that DGA_FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  dga::fuzz::DGA_FUZZ_TARGET({reinterpret_cast<char const*>(data), size});
  return 0;
}
