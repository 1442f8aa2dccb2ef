#include "shared/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
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
  // It may be a secret: read to where the caller can wipe it, with no copy on the way, and wiped where it is not given.
  // A short one, too, lies in memory of its own: within a string it would be copied whenever that is moved.
  constexpr std::size_t kOutsideOfString = 64;
  Bytes content;
  content.reserve(
      std::max(std::min(static_cast<std::size_t>(std::max<off_t>(about.st_size, 0)), most) + 1, kOutsideOfString));
  auto const refuse = [&](Error error) {
    ::explicit_bzero(content.data(), content.size());
    return error;
  };
  for (;;) {
    constexpr std::size_t kPart = 65536;  // of what grows, or does not tell its size
    auto const have = content.size();
    auto const part = have < content.capacity() ? content.capacity() - have : kPart;
    content.resize(have + part);
    ssize_t const got = ::read(file.get(), content.data() + have, part);
    int const reason = errno;
    content.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    errno = reason;
    if (got < 0 && reason == EINTR) continue;
    if (got < 0) return refuse(failed("read", path));
    if (got == 0) return content;
    if (content.size() > most)
      return refuse(refused("file.too_large", fmt::format("{} is larger than {} bytes", path.string(), most),
                            "Check that this is the file you meant"));
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
