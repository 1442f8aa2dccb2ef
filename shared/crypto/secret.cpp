#include "shared/crypto/secret.h"

#include <sodium.h>

#include <cstdlib>

#include "shared/crypto/sodium_ready.h"

namespace dga::crypto {

void sodium_ready() {
  // The language starts a local static once, whatever threads arrive first.
  static bool const ready = sodium_init() >= 0;
  if (!ready) std::abort();
}

void wipe(void* at, std::size_t size) { sodium_memzero(at, size); }

}  // namespace dga::crypto
