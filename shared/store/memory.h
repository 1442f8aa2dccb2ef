#pragma once

#include "shared/base/result.h"

namespace dga::store {

// Storage "store.no_memory". Every public call of the store that may need memory ends with it instead of
// std::bad_alloc: `base::Done Thing::call() try { ... } catch (std::bad_alloc const&) { return no_memory(); }`. The
// call then did nothing, as with any other error. Needs no memory itself where there is none at all.
[[nodiscard]] base::Error no_memory() noexcept;

}  // namespace dga::store
