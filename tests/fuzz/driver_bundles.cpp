// A libFuzzer program for the import of courier's files, whose form its mutator knows.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "tests/fuzz/bundle_mutator.h"
#include "tests/fuzz/targets.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using namespace dga;

base::ByteView view(std::uint8_t const* data, std::size_t size) { return {reinterpret_cast<char const*>(data), size}; }

std::size_t keep(base::Bytes const& bytes, std::uint8_t* data, std::size_t most) {
  auto const size = std::min(bytes.size(), most);
  std::memcpy(data, bytes.data(), size);
  return size;
}

// Room to grow by, for a part of a message.
constexpr std::size_t kMostGrowth = 64;

void change_octets(base::Bytes& bytes) {
  auto const size = bytes.size();
  bytes.resize(size + kMostGrowth);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, bytes.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::imports(view(data, size));
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  auto const chance = base::seeded_random(seed);
  return keep(fuzz::mutate_bundle(view(data, size), *chance, change_octets), data, most);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(std::uint8_t const* one, std::size_t one_size,
                                                 std::uint8_t const* other, std::size_t other_size, std::uint8_t* out,
                                                 std::size_t most, unsigned seed) {
  auto const chance = base::seeded_random(seed);
  return keep(fuzz::cross_bundles(view(one, one_size), view(other, other_size), *chance), out, most);
}
