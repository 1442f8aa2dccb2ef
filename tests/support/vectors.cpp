#include "tests/support/vectors.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace dga::test {

std::string source_file(std::string const& path) {
  std::ifstream file(DGA_SOURCE_DIR "/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

nlohmann::json vectors(std::string const& name) { return nlohmann::json::parse(source_file("tests/vectors/" + name)); }

}  // namespace dga::test
