#pragma once

#include <cstddef>
#include <initializer_list>

#include "shared/base/bytes.h"

namespace dga::crypto {

// A label as protocol.md writes it: the text and one zero byte, e.g. label("dga-log-v1").
template <std::size_t N>
[[nodiscard]] constexpr base::ByteView label(char const (&text)[N]) {
  return {text, N};
}

// H(x) and H(key; x) of protocol.md: BLAKE2b-256 over the parts joined. `key` has 16 to 64 bytes.
[[nodiscard]] base::Digest hash(std::initializer_list<base::ByteView> parts);
[[nodiscard]] base::Digest keyed_hash(base::ByteView key, std::initializer_list<base::ByteView> parts);

// Equal in constant time; false when the sizes differ.
[[nodiscard]] bool same(base::ByteView a, base::ByteView b);

}  // namespace dga::crypto
