#include "tests/faults/shortage.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstdlib>
#include <new>

namespace dga::test {

Trouble shortage;

namespace {

void* allocate(std::size_t bytes) {
  if (!shortage.strikes())
    if (void* const memory = std::malloc(bytes ? bytes : 1)) return memory;
  throw std::bad_alloc();
}

sqlite3_mem_methods below;
void* sqlite_allocate(int bytes) { return shortage.strikes() ? nullptr : below.xMalloc(bytes); }
void* sqlite_reallocate(void* memory, int bytes) {
  return shortage.strikes() ? nullptr : below.xRealloc(memory, bytes);
}

}  // namespace

void take_over_sqlite() {
  static bool const done = [] {
    REQUIRE(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below) == SQLITE_OK);
    auto ours = below;
    ours.xMalloc = sqlite_allocate;
    ours.xRealloc = sqlite_reallocate;
    REQUIRE(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) == SQLITE_OK);
    // Each object is allocated by itself, so that each can fail.
    return sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK && sqlite3_initialize() == SQLITE_OK;
  }();
  REQUIRE(done);
}

}  // namespace dga::test

void* operator new(std::size_t bytes) { return dga::test::allocate(bytes); }
void* operator new[](std::size_t bytes) { return dga::test::allocate(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

// Protocol Buffers lose a few octets when operator new throws within them (a field that was made and not yet hung in);
// everything else that is lost counts. Asked for by the leak sanitizer, where there is one.
extern "C" char const* __lsan_default_suppressions() { return "leak:google::protobuf::"; }
