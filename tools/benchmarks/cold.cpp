#include "tools/benchmarks/cold.h"

#include <fcntl.h>
#include <unistd.h>

namespace dga::benchmarks {

void forget(std::filesystem::path const& file) {
  int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  ::close(descriptor);
}

}  // namespace dga::benchmarks
