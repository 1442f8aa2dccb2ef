// dga-fuzz-seeds ROOT: writes tests/fuzz/seeds below the project's root anew.
#include <cstdio>

#include "tests/fuzz/scratch.h"
#include "tests/fuzz/seeds.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: dga-fuzz-seeds ROOT\n");
    return 2;
  }
  std::string const root = arguments[1];
  std::filesystem::path const folder = root + "/tests/fuzz/seeds";
  std::filesystem::remove_all(folder);
  for (auto const& seed : dga::fuzz::make_seeds(root)) {
    std::filesystem::create_directories(folder / seed.target);
    dga::fuzz::put(folder / seed.target / seed.name, seed.bytes);
  }
  return 0;
}
