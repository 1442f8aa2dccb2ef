#pragma once

#include <string>

#include "shared/base/bytes.h"
#include "shared/crypto/secret.h"

// sodium_vfs's files taken apart to what SQLite sees, and put together again: with the key, whatever the plain bytes
// say. shared/store/sodium_vfs/README.md has the layout.
namespace dga::fuzz {

// Pages of 4096; the last 40 of each are zeros in plain. A piece that is no whole page is left out.
[[nodiscard]] std::string unseal_pages(base::ByteView file, crypto::Key32 const& key);
[[nodiscard]] std::string seal_pages(base::ByteView plain, crypto::Key32 const& key);

// A log: header (32), then frames (24 + 4096); a cut frame is left out.
[[nodiscard]] std::string unseal_log(base::ByteView file, crypto::Key32 const& key);
[[nodiscard]] std::string seal_log(base::ByteView plain, crypto::Key32 const& key);
// Sets every checksum of a plain log right (SQLite's file format, 4.2), so that SQLite believes what was changed.
void correct_checksums(std::string& plain_log);

// A journal: extents, each in plain its length (4), offset (8) and data; a cut one is left out.
[[nodiscard]] std::string unseal_journal(base::ByteView file, crypto::Key32 const& key);
[[nodiscard]] std::string seal_journal(base::ByteView plain, crypto::Key32 const& key);

}  // namespace dga::fuzz
