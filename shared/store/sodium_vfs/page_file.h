#pragma once

#include <array>
#include <string_view>

#include "shared/store/sodium_vfs/file.h"

namespace dga::sodium_vfs {

// A WAL or a journal that may still hold back a write of its own.
class Companion {
 public:
  virtual ~Companion() = default;
  // Writes what is held back.
  [[nodiscard]] virtual int release() = 0;
  // Its database is closed first.
  virtual void outlive_database() = 0;
};

// The database itself: 4096-octet pages, each sealed into itself.
class PageFile final : public File {
 public:
  using File::File;
  ~PageFile() override;

  [[nodiscard]] int open(char const* name, int flags, int* flags_out) override;
  [[nodiscard]] int read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int truncate(std::uint64_t bytes) override;
  [[nodiscard]] int size(std::uint64_t& bytes) override { return below_.size(bytes); }
  [[nodiscard]] int sync(int flags) override;
  [[nodiscard]] int lock(int level) override;
  [[nodiscard]] int unlock(int level) override;
  [[nodiscard]] int control(int operation, void* argument) override;
  [[nodiscard]] int lock_shared(int first, int count, int flags) override;
  void shared_barrier() override;

  // SQLite's own copy of the name: the same pointer for the database, its WAL and its journal.
  [[nodiscard]] char const* name() const { return name_; }
  // Whoever may hold back writes registers here, so that nothing of the database overtakes them.
  void add(Companion& companion);
  void remove(Companion& companion);

 private:
  enum class FirstPage { kGood, kTorn, kHeld, kFailed, kRefused };

  [[nodiscard]] int read_page(std::uint8_t* into, std::uint64_t number);
  [[nodiscard]] int read_of_first_page(std::uint8_t* into, std::size_t amount, std::uint64_t offset);
  [[nodiscard]] bool open_page(std::uint8_t* page, std::uint64_t number) const;
  [[nodiscard]] int release_companions();

  // first_page.cpp: why page 1 cannot be opened. `result` is SQLite's code for anything but kGood and kTorn.
  FirstPage examine_first_page(std::uint8_t* page, int& result);
  FirstPage judge_while_locked(std::uint8_t* page, int& result);
  FirstPage judge_first_page(std::uint8_t* page, int& result);
  [[nodiscard]] bool log_opens() const;
  [[nodiscard]] bool journal_opens() const;
  [[nodiscard]] bool another_page_opens() const;

  char const* name_ = nullptr;
  int lock_level_ = SQLITE_LOCK_NONE;
  std::array<Companion*, 2> companions_{};
  int barrier_result_ = SQLITE_OK;  // a barrier has no answer of its own: the next write gives it
  alignas(64) std::array<std::uint8_t, kPageBytes> sealed_{};
};

}  // namespace dga::sodium_vfs
