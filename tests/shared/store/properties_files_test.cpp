// The files that SQLite sees, against a string: any writes, reads and truncations, in any order, at any offset.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstring>
#include <memory>

#include "shared/store/sodium_vfs/vfs.h"
#include "tests/support/properties.h"
#include "tests/support/store_scratch.h"

using namespace dga;

namespace {

enum class What { kTemporary, kJournal, kSuperJournal };
constexpr std::size_t kFinishedHeader = 28;  // that many zeros at the beginning end a journal

// One file of the encrypting VFS, called as SQLite calls it.
class OpenFile {
 public:
  explicit OpenFile(What what) : what_(what) {
    auto made = sodium_vfs::Mount::make(test::store_key('k'), {});
    RC_ASSERT(made.ok());
    mount_ = std::move(made).value();
    vfs_ = sqlite3_vfs_find(mount_->name());
    memory_ =
        std::make_unique<std::max_align_t[]>(static_cast<std::size_t>(vfs_->szOsFile) / sizeof(std::max_align_t) + 1);
    auto const path = (scratch_ / (what == What::kJournal ? "a.db-journal" : "a.db-mj12345")).string();
    test::put_file_content(scratch_ / "a.db", "");  // whose rights a journal takes
    name_ = sqlite3_create_filename(path.c_str(), "", "", 0, nullptr);
    open();
  }
  ~OpenFile() {
    close();
    sqlite3_free_filename(const_cast<char*>(name_));
  }
  OpenFile(OpenFile const&) = delete;
  OpenFile& operator=(OpenFile const&) = delete;

  bool write(std::string const& data, std::size_t at) {
    return methods().xWrite(file(), data.data(), static_cast<int>(data.size()), static_cast<sqlite3_int64>(at)) ==
           SQLITE_OK;
  }
  // Zeros where there is nothing.
  std::string read(std::size_t amount, std::size_t at, bool& was_short) {
    std::string into(amount, 'x');
    int const result = methods().xRead(file(), into.data(), static_cast<int>(amount), static_cast<sqlite3_int64>(at));
    was_short = result == SQLITE_IOERR_SHORT_READ;
    RC_ASSERT(result == SQLITE_OK || was_short);
    return into;
  }
  void truncate(std::size_t bytes) {
    RC_ASSERT(methods().xTruncate(file(), static_cast<sqlite3_int64>(bytes)) == SQLITE_OK);
  }
  std::size_t size() {
    sqlite3_int64 bytes = -1;
    RC_ASSERT(methods().xFileSize(file(), &bytes) == SQLITE_OK);
    return static_cast<std::size_t>(bytes);
  }
  void sync() { RC_ASSERT(methods().xSync(file(), SQLITE_SYNC_NORMAL) == SQLITE_OK); }
  // A file that nobody else ever reads isn't opened again.
  void reopen() {
    if (what_ == What::kTemporary) return;
    close();
    open();
  }

 private:
  sqlite3_file* file() const { return reinterpret_cast<sqlite3_file*>(memory_.get()); }
  sqlite3_io_methods const& methods() const { return *file()->pMethods; }
  void open() {
    int const kind = what_ == What::kTemporary
                         ? SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_DELETEONCLOSE | SQLITE_OPEN_EXCLUSIVE
                     : what_ == What::kJournal ? SQLITE_OPEN_MAIN_JOURNAL
                                               : SQLITE_OPEN_SUPER_JOURNAL;
    int given = 0;
    RC_ASSERT(vfs_->xOpen(vfs_, what_ == What::kTemporary ? nullptr : name_, file(),
                          kind | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &given) == SQLITE_OK);
  }
  void close() {
    if (file()->pMethods) methods().xClose(file());
    std::memset(static_cast<void*>(file()), 0, sizeof(sqlite3_file));
  }

  What what_;
  test::StoreScratch scratch_;
  std::unique_ptr<sodium_vfs::Mount> mount_;
  sqlite3_vfs* vfs_ = nullptr;
  std::unique_ptr<std::max_align_t[]> memory_;
  char const* name_ = nullptr;
};

void behaves_like_a_string(What what, std::vector<std::uint8_t> const& choices) {
  OpenFile file(what);
  std::string model;
  for (auto const choice : choices) {
    // Offsets near each other, so that writes cover one another in every way.
    auto const at = *rc::gen::weightedOneOf<std::size_t>(
        {{3, rc::gen::inRange<std::size_t>(0, 200)}, {1, rc::gen::inRange<std::size_t>(0, 12'000)}});
    auto const amount = *rc::gen::weightedOneOf<std::size_t>(
        {{3, rc::gen::inRange<std::size_t>(1, 120)}, {1, rc::gen::inRange<std::size_t>(1, 9'000)}});
    switch (choice % 8) {
      case 0:
      case 1:
      case 2:
      case 3: {
        std::string const data(amount, static_cast<char>('a' + choice % 26));
        RC_ASSERT(file.write(data, at));
        if (model.size() < at + amount) model.resize(at + amount, '\0');
        model.replace(at, amount, data);
        break;
      }
      case 4:
        file.truncate(std::min(at, model.size()));
        model.resize(std::min(at, model.size()));
        break;
      case 5: file.sync(); break;
      case 6: file.reopen(); break;
      default:
        if (what != What::kTemporary && choice > 230) {
          RC_ASSERT(file.write(std::string(kFinishedHeader, '\0'), 0));
          model.clear();
        }
    }
    bool was_short = false;
    auto const read = file.read(amount, at, was_short);
    std::string expected = at < model.size() ? model.substr(at, amount) : std::string();
    RC_ASSERT(was_short == (expected.size() < amount));
    expected.resize(amount, '\0');
    RC_ASSERT(read == expected);
    RC_ASSERT(file.size() == model.size());
  }
  if (what != What::kTemporary) file.reopen();
  bool was_short = false;
  if (!model.empty()) RC_ASSERT(file.read(model.size(), 0, was_short) == model);
}

}  // namespace

TEST_CASE("a temporary file is what was written into it") {
  CHECK(test::holds("a temporary file", 200, 60, [](std::vector<std::uint8_t> const& choices) {
    behaves_like_a_string(What::kTemporary, choices);
  }));
}

TEST_CASE("a journal is what was written into it, after it was opened again too") {
  CHECK(test::holds("a journal", 200, 60,
                    [](std::vector<std::uint8_t> const& choices) { behaves_like_a_string(What::kJournal, choices); }));
}

TEST_CASE("a super-journal is what was written into it, after it was opened again too") {
  CHECK(test::holds("a super-journal", 200, 60, [](std::vector<std::uint8_t> const& choices) {
    behaves_like_a_string(What::kSuperJournal, choices);
  }));
}
