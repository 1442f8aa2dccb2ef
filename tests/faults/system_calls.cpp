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

namespace {

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
int fsync(int file) { return fails() ? -1 : real<int(int)>("fsync")(file); }
int fdatasync(int file) { return fails() ? -1 : real<int(int)>("fdatasync")(file); }
int rename(char const* from, char const* to) noexcept {
  return fails() ? -1 : real<int(char const*, char const*)>("rename")(from, to);
}
int link(char const* from, char const* to) noexcept {
  if (fails()) return -1;
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
