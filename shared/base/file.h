#pragma once

#include <cstddef>
#include <filesystem>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::base {

// Who may read a file that we write.
enum class FileAccess { kOwnerOnly /* 0600 */, kEveryone /* 0644 */ };

// The whole file. Refused beyond `most` bytes, so that a wrong path cannot fill the memory.
[[nodiscard]] Result<Bytes> read_file(std::filesystem::path const& path, std::size_t most);

// Written beside, synced, renamed over, and the folder synced: after a power cut there is the old file or the new one.
[[nodiscard]] Done write_file(std::filesystem::path const& path, ByteView content, FileAccess access);

// The first line of a file that holds a secret (a passphrase, a token), without its line end.
[[nodiscard]] Result<Bytes> read_secret_file(std::filesystem::path const& path);

}  // namespace dga::base
