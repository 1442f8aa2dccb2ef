#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "shared/base/clock.h"
#include "shared/crypto/secret.h"

namespace dga::test {

// A folder of its own for one test, gone afterwards. In memory where the system has room for files there: the tests
// ask for thousands of syncs, and cut the power themselves.
class StoreScratch {
 public:
  StoreScratch() {
    std::filesystem::path const memory = "/dev/shm";
    auto const parent = access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "dga-store-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~StoreScratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  StoreScratch(StoreScratch const&) = delete;
  StoreScratch& operator=(StoreScratch const&) = delete;
  std::filesystem::path const& path() const { return path_; }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string file_content(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void put_file_content(std::filesystem::path const& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  REQUIRE(file.good());
}
inline void flip_bit(std::filesystem::path const& path, std::uint64_t at) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(at));
  auto const octet = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(octet);
  REQUIRE(file.good());
}

// A database as a power cut or kill -9 would leave it: what the files hold now, without the program.
inline void copy_database(std::filesystem::path const& from, std::filesystem::path const& to) {
  for (auto const* suffix : {"", "-wal", "-journal"}) {
    auto const source = from.string() + suffix;
    auto const target = to.string() + suffix;
    std::filesystem::remove(target);
    if (std::filesystem::exists(source)) std::filesystem::copy_file(source, target);
  }
}

inline crypto::Key32 store_key(char letter) { return crypto::Key32::from(std::string(32, letter)).value(); }

// Time as the test says.
struct StoreClock final : base::Clock {
  std::int64_t wall = 1'731'373'500'000;
  std::uint64_t mono = 60'000;
  std::string boot = "boot-a";
  bool made_up = false;
  std::int64_t wall_ms() const override { return wall; }
  std::uint64_t mono_ms() const override { return mono; }
  std::string boot_id() const override { return boot; }
  bool simulated() const override { return made_up; }
};

}  // namespace dga::test
