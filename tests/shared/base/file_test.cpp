#include "shared/base/file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

using namespace dga;
namespace fs = std::filesystem;

namespace {

// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string made = (fs::temp_directory_path() / "dga-file-XXXXXX").string();
    if (mkdtemp(made.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = made;
  }
  ~Folder() {
    fs::permissions(path_, fs::perms::owner_all);
    fs::remove_all(path_);
  }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;
  [[nodiscard]] fs::path operator/(char const* name) const { return path_ / name; }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

unsigned mode(fs::path const& path) {
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777U;
}

}  // namespace

TEST_CASE("what is written is read back, whatever its bytes and its size") {
  Folder const folder;
  for (std::size_t size : {0U, 1U, 65'535U, 65'536U, 65'537U, 300'000U}) {
    base::Bytes content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31);
    REQUIRE(base::write_file(folder / "file", content, base::FileAccess::kEveryone).ok());
    auto const read = base::read_file(folder / "file", 300'000);
    REQUIRE(read.ok());
    CHECK(*read == content);
  }
  CHECK(folder.files() == 1);
}

TEST_CASE("a file has the rights it was written with, though what a crash left behind had others") {
  Folder const folder;
  ::umask(022);
  std::ofstream(folder / "secret.new") << "left behind";
  fs::permissions(folder / "secret.new", fs::perms::all);
  REQUIRE(base::write_file(folder / "secret", "x", base::FileAccess::kOwnerOnly).ok());
  CHECK(mode(folder / "secret") == 0600);
  REQUIRE(base::write_file(folder / "open", "x", base::FileAccess::kEveryone).ok());
  CHECK(mode(folder / "open") == 0644);
  REQUIRE(base::write_file(folder / "open", "y", base::FileAccess::kOwnerOnly).ok());
  CHECK(mode(folder / "open") == 0600);
}

TEST_CASE("a write that fails leaves the old file as it was and nothing beside it") {
  Folder const folder;
  REQUIRE(base::write_file(folder / "file", "old", base::FileAccess::kEveryone).ok());
  // Something that cannot be renamed over stands in the way.
  fs::create_directory(folder / "folder");
  std::ofstream(folder / "folder/inside") << "x";
  auto const failed = base::write_file(folder / "folder", "new", base::FileAccess::kEveryone);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().fault == base::Fault::kStorage);
  CHECK(fs::is_directory(folder / "folder"));
  CHECK_FALSE(fs::exists(folder / "folder.new"));
  auto const nowhere = base::write_file(folder / "missing/file", "new", base::FileAccess::kEveryone);
  REQUIRE_FALSE(nowhere.ok());
  CHECK(nowhere.error().code == "file.not_found");
  CHECK(*base::read_file(folder / "file", 100) == "old");
}

TEST_CASE("a file that is missing, too large or a folder is refused with its path") {
  Folder const folder;
  auto const missing = base::read_file(folder / "missing", 100);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == "file.not_found");
  CHECK(missing.error().what.find("missing") != std::string::npos);
  REQUIRE(base::write_file(folder / "file", "12345", base::FileAccess::kEveryone).ok());
  CHECK(base::read_file(folder / "file", 5).ok());
  auto const large = base::read_file(folder / "file", 4);
  REQUIRE_FALSE(large.ok());
  CHECK(large.error().code == "file.too_large");
  auto const directory = base::read_file(folder / ".", 100);
  REQUIRE_FALSE(directory.ok());
  CHECK(directory.error().code == "file.failed");
  // A device without an end is cut off, too.
  CHECK_FALSE(base::read_file("/dev/zero", 1000).ok());
}

TEST_CASE("a secret is the first line of its file and never empty") {
  Folder const folder;
  auto secret = [&](std::string const& content) {
    REQUIRE(base::write_file(folder / "secret", content, base::FileAccess::kOwnerOnly).ok());
    return base::read_secret_file(folder / "secret");
  };
  CHECK(*secret("pass phrase") == "pass phrase");
  CHECK(*secret("pass\n") == "pass");
  CHECK(*secret("pass\r\nmore\n") == "pass");
  CHECK(*secret(" pass ") == " pass ");
  REQUIRE_FALSE(secret("\npass").ok());
  CHECK(secret("").error().code == "file.empty_secret");
  REQUIRE_FALSE(secret(std::string(5000, 'x')).ok());
  // The secret itself is in no error.
  CHECK(secret(std::string(5000, 'x')).error().what.find("xxx") == std::string::npos);
}
