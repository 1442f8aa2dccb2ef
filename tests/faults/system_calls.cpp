// The C library's names for the calls, taken over for the whole program; the real ones are asked for by RTLD_NEXT.
#include "tests/faults/system_calls.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

namespace dga::test {

Trouble system_trouble;
bool trouble_ends = false;
bool no_hard_links = false;
std::vector<std::string>* told_calls = nullptr;

namespace {

std::string last_name(std::string const& path) { return path.substr(path.rfind('/') + 1); }
void tell_sync(int file) {
  if (!told_calls) return;
  char path[4096];
  auto const size = ::readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path, sizeof path);
  if (size > 0) told_calls->push_back("sync " + last_name(std::string(path, static_cast<std::size_t>(size))));
}
void tell_name(char const* from, char const* to) {
  if (told_calls) told_calls->push_back("name " + last_name(from) + " " + last_name(to));
}

template <typename Call>
Call* real(char const* name) {
  return reinterpret_cast<Call*>(dlsym(RTLD_NEXT, name));
}
bool fails() {
  if (!system_trouble.strikes()) return false;
  if (trouble_ends) ::_exit(kEndedByTrouble);
  errno = EIO;
  return true;
}

}  // namespace
}  // namespace dga::test

using dga::test::fails;
using dga::test::real;
using dga::test::tell_name;
using dga::test::tell_sync;

extern "C" {

int open(char const* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto const mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fails() ? -1 : real<int(char const*, int, mode_t)>("open")(path, flags, mode);
}
int open64(char const* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto const mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fails() ? -1 : real<int(char const*, int, mode_t)>("open64")(path, flags, mode);
}
int fsync(int file) {
  tell_sync(file);
  return fails() ? -1 : real<int(int)>("fsync")(file);
}
int fdatasync(int file) {
  tell_sync(file);
  return fails() ? -1 : real<int(int)>("fdatasync")(file);
}
int rename(char const* from, char const* to) noexcept {
  tell_name(from, to);
  return fails() ? -1 : real<int(char const*, char const*)>("rename")(from, to);
}
int link(char const* from, char const* to) noexcept {
  if (fails()) return -1;
  if (!dga::test::no_hard_links) tell_name(from, to);
  if (!dga::test::no_hard_links) return real<int(char const*, char const*)>("link")(from, to);
  errno = EPERM;
  return -1;
}
int remove(char const* path) noexcept { return fails() ? -1 : real<int(char const*)>("remove")(path); }
int unlink(char const* path) noexcept { return fails() ? -1 : real<int(char const*)>("unlink")(path); }
int mkdir(char const* path, mode_t mode) noexcept {
  return fails() ? -1 : real<int(char const*, mode_t)>("mkdir")(path, mode);
}
int flock(int file, int operation) noexcept { return fails() ? -1 : real<int(int, int)>("flock")(file, operation); }

}  // extern "C"
