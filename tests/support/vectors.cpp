#include "tests/support/vectors.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace dga::test {

std::string source_file(std::string const& path) {
  // This file lies in tests/support: the root is two folders up.
  std::string const here = __FILE__;
  auto const root = here.substr(0, here.rfind("/tests/support/"));
  std::ifstream file(root + "/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

nlohmann::json vectors(std::string const& name) { return nlohmann::json::parse(source_file("tests/vectors/" + name)); }

}  // namespace dga::test
