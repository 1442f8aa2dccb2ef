#include "shared/store/memory.h"

#include <new>
#include <string>

namespace dga::store {
namespace {

constexpr char kCode[] = "store.no_memory", kWhat[] = "no more memory", kNext[] = "Close programs";

}  // namespace

base::Error no_memory() noexcept {
  try {
    return base::storage(kCode, "the system had no more memory to give",
                         "Close other programs, then try again; nothing that was recorded is lost");
  } catch (std::bad_alloc const&) {
    // Words so short that a string keeps them within itself.
    constexpr std::size_t kKeptInside = 15;
    static_assert(sizeof kCode <= kKeptInside + 1 && sizeof kWhat <= kKeptInside + 1 &&
                  sizeof kNext <= kKeptInside + 1);
    return {base::Fault::kStorage, kCode, kWhat, kNext};
  }
}

}  // namespace dga::store
