// Every fuzz target with every seed and every input that ever ended one: the fuzzers' findings, kept for each build.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "tests/fuzz/bundle_mutator.h"
#include "tests/fuzz/couriers.h"
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

TEST_CASE(
    "hundreds of bundles that somebody changed who knows their form bring the centre nothing that nobody signed") {
  constexpr std::uint64_t kSeed = 20'261'123, kRounds = 300;
  CAPTURE(kSeed);
  auto const chance = base::seeded_random(kSeed);
  auto const change = [&](base::Bytes& bytes) {
    if (bytes.empty()) return bytes.push_back('x');
    auto const at = chance->below(bytes.size());
    chance->below(4) == 0 ? bytes.resize(at) : void(bytes[at] = static_cast<char>(bytes[at] ^ (1 << chance->below(8))));
  };
  auto bundle = fuzz::couriers().file(0);
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    // Now and then from a whole parcel again, or nothing of it would be left.
    if (round % 10 == 0) bundle = fuzz::couriers().file(chance->below(fuzz::couriers().parcels.size()));
    bundle = round % 7 == 6 ? fuzz::cross_bundles(bundle, fuzz::couriers().file(1), *chance)
                            : fuzz::mutate_bundle(bundle, *chance, change);
    fuzz::imports(bundle);
  }
}

TEST_CASE(
    "a parcel that is cut off leaves all of its whole frames at the centre: every 37th octet, and where frames end") {
  auto const whole = fuzz::couriers().file(0);
  std::set<std::size_t> cuts{whole.size()};
  for (std::size_t at = 0; at < whole.size(); at += 37) cuts.insert(at);
  for (auto at = whole.find("DGAf"); at != base::Bytes::npos; at = whole.find("DGAf", at + 1))
    cuts.insert({at - 1, at, at + 1});
  cuts.insert(whole.size() - 1);
  for (auto const at : cuts) {
    CAPTURE(at);
    fuzz::imports(base::ByteView(whole).substr(0, at));
  }
}
