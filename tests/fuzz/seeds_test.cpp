// Every fuzz target with every seed and every input that ever ended one: the fuzzers' findings, kept for each build.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include "tests/fuzz/scratch.h"
#include "tests/fuzz/seeds.h"
#include "tests/fuzz/targets.h"

using namespace dga;

namespace {

std::string const kFolder = std::string(DGA_SOURCE_DIR) + "/tests/fuzz/";

std::vector<std::filesystem::path> files_in(std::filesystem::path const& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::exists(folder))
    for (auto const& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("no seed and no input that was a finding once ends a fuzz target") {
  for (auto const& target : fuzz::kTargets) {
    CAPTURE(target.name);
    auto const seeds = files_in(kFolder + "seeds/" + std::string(target.name));
    CHECK(seeds.size() >= 1);
    for (auto const& files : {seeds, files_in(kFolder + "found/" + std::string(target.name))})
      for (auto const& file : files) {
        std::fprintf(stderr, "%s %s\n", std::string(target.name).c_str(), file.filename().c_str());
        target.run(fuzz::content_of(file));
      }
    target.run({});
  }
}

TEST_CASE("the seeds in the tree are those that tests/fuzz/run --seeds writes") {
  for (auto const& seed : fuzz::make_seeds(DGA_SOURCE_DIR)) {
    CAPTURE(seed.target);
    CAPTURE(seed.name);
    CHECK((fuzz::content_of(kFolder + "seeds/" + seed.target + "/" + seed.name) == seed.bytes));
  }
}
