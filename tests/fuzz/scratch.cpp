#include "tests/fuzz/scratch.h"

#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "tests/fuzz/input.h"

namespace dga::fuzz {

Scratch::Scratch() {
  std::filesystem::path const memory = "/dev/shm";
  auto const parent = access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  std::string name = (parent / "dga-fuzz-XXXXXX").string();
  require(mkdtemp(name.data()) != nullptr, "a scratch folder is made");
  path_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

base::Bytes content_of(std::filesystem::path const& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void put(std::filesystem::path const& file, base::ByteView content) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  require(stream.good(), "a scratch file is written");
}

}  // namespace dga::fuzz
