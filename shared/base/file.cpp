#include "shared/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace dga::base {
namespace {

// Closes at the end of its scope; every early return is then safe.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

Error failed(char const* doing, std::filesystem::path const& path) {
  int const reason = errno;
  return storage(reason == ENOENT ? "file.not_found" : "file.failed",
                 fmt::format("could not {} {}: {}", doing, path.string(), std::generic_category().message(reason)),
                 reason == ENOENT ? "Check the path" : "");
}

// A file that isn't there yet, whole and synced.
Done write_new(std::filesystem::path const& path, ByteView content, FileAccess access) {
  mode_t const mode = access == FileAccess::kOwnerOnly ? 0600 : 0644;
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.get() < 0) return failed("create", path);
  while (!content.empty()) {
    ssize_t put = ::write(file.get(), content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed("write", path);
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(file.get()) != 0) return failed("sync", path);
  return {};
}

}  // namespace

Result<Bytes> read_file(std::filesystem::path const& path, std::size_t most) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed("open", path);
  struct stat about {};
  if (::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode)) {
    errno = EISDIR;
    return failed("read", path);
  }
  Bytes content;
  char part[65536];
  for (;;) {
    ssize_t got = ::read(file.get(), part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    if (got == 0) return content;
    content.append(part, static_cast<std::size_t>(got));
    if (content.size() > most)
      return refused("file.too_large", fmt::format("{} is larger than {} bytes", path.string(), most),
                     "Check that this is the file you meant");
  }
}

Done write_file(std::filesystem::path const& path, ByteView content, FileAccess access) {
  auto beside = path;
  beside += ".new";
  ::unlink(beside.c_str());  // what a crash left behind, perhaps with other rights
  auto written = write_new(beside, content, access);
  if (written.ok() && ::rename(beside.c_str(), path.c_str()) != 0) written = failed("rename into place", path);
  if (!written.ok()) {
    ::unlink(beside.c_str());  // half a file, perhaps of a secret, serves nobody
    return written;
  }
  auto folder_path = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
  Descriptor folder(::open(folder_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return failed("sync the folder of", path);
  return {};
}

Result<Bytes> read_secret_file(std::filesystem::path const& path) {
  TRY(Bytes content, read_file(path, 4096));
  auto end = content.find_first_of("\r\n");
  if (end != Bytes::npos) content.resize(end);
  if (content.empty())
    return refused("file.empty_secret", fmt::format("the first line of {} is empty", path.string()),
                   "Put the secret on its first line");
  return content;
}

}  // namespace dga::base
