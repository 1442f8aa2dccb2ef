#pragma once

#include <memory>
#include <optional>
#include <string>

#include "shared/base/result.h"
#include "shared/crypto/secret.h"
#include "shared/store/sodium_vfs/commits.h"
#include "shared/store/sodium_vfs/failure.h"

namespace dga::sodium_vfs {

struct MountOptions {
  // Name of the VFS below. "unix-excl" writes no -shm file (it would hold checksums of plaintext) and keeps other
  // processes out for as long as the database is open; several connections of one process are fine.
  std::string base_vfs = "unix-excl";
  // The first database opened to be created must not exist yet; without it an existing one is opened.
  bool must_create = false;
  // As PRAGMA synchronous will be, and was: kMayBeLost for anything below FULL.
  Commits commits = Commits::kSynced;
};

// An encrypting VFS with one key, known to SQLite under a name of its own for as long as the object lives:
// sqlite3_open_v2(path, &db, flags, mount.name()). No key ever stands in a URI, a path or a log.
// ATTACH takes the connection's own key, or another mount's with 'file:/path?vfs=NAME'.
// REQUIRES: all databases opened through it are closed before it goes.
// Thread: any.
class Mount {
 public:
  // Storage "store.no_vfs" when there is no base VFS of that name.
  [[nodiscard]] static base::Result<std::unique_ptr<Mount>> make(crypto::Key32 const& key, MountOptions const& options);
  ~Mount();
  Mount(Mount const&) = delete;
  Mount& operator=(Mount const&) = delete;

  [[nodiscard]] char const* name() const;
  // Whether a file of this name, even an empty one, is there for the VFS below.
  enum class Presence { kThere, kMissing, kUnknown /* the disk does not say */ };
  [[nodiscard]] Presence look_for(std::string const& path) const;
  // Best effort; for what a failed creation leaves behind.
  void remove(std::string const& path) const;
  // What SQLite's last SQLITE_IOERR_DATA, _NOTADB or _BUSY was about, when it came from here.
  [[nodiscard]] std::optional<Failure> last_failure() const;
  // The system's number (errno) for the last I/O error of a file.
  [[nodiscard]] int last_system_error() const;
  void forget_failure();

  struct Inside;

 private:
  explicit Mount(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dga::sodium_vfs
