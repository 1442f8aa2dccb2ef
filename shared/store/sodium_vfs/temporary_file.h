#pragma once

#include <array>
#include <vector>

#include "shared/store/sodium_vfs/file.h"

namespace dga::sodium_vfs {

// Temporary databases, statement journals, sorters: sealed in blocks under a key that dies with the file object.
// Nothing of it is ever read again by anybody else, so it needs no order and no recovery.
class TemporaryFile final : public File {
 public:
  explicit TemporaryFile(Common& common) : File(common), cipher_(Cipher::passing_key()) {}

  [[nodiscard]] int read(std::uint8_t* into, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int write(std::uint8_t const* from, std::size_t amount, std::uint64_t offset) override;
  [[nodiscard]] int truncate(std::uint64_t bytes) override;
  [[nodiscard]] int size(std::uint64_t& bytes) override;
  // A file that nobody can read after us need not survive a power cut.
  [[nodiscard]] int sync(int) override { return SQLITE_OK; }

 private:
  // Makes `number` the block in block_, writing the one before.
  [[nodiscard]] int turn_to(std::uint64_t number);
  [[nodiscard]] int put_away();

  Cipher cipher_;
  std::uint64_t size_ = 0;
  std::vector<bool> written_;  // blocks never written read as zeros
  std::uint64_t current_ = UINT64_MAX;
  bool changed_ = false;
  std::array<std::uint8_t, kBlockBytes> block_{};
  std::array<std::uint8_t, kBlockCellBytes> cell_{};
};

}  // namespace dga::sodium_vfs
