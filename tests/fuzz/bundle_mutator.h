#pragma once

#include <functional>

#include "shared/base/bytes.h"
#include "shared/base/random.h"

namespace dga::fuzz {

// Changes octets without knowing what they mean: libFuzzer's own mutator, or a test's.
using ChangeOctets = std::function<void(base::Bytes& bytes)>;

// One change to a courier's file by somebody who knows its form: frames are taken out, doubled, moved, put in from
// other kiosks' parcels, nested, repeated beyond what an endpoint looks at; their contents are changed and their checks
// made right again; a kiosk's own key signs another content; the end is cut off. Sometimes octets alone are changed.
[[nodiscard]] base::Bytes mutate_bundle(base::ByteView bundle, base::Random& chance, ChangeOctets const& change);

// Of two files one, of some frames of each.
[[nodiscard]] base::Bytes cross_bundles(base::ByteView one, base::ByteView other, base::Random& chance);

}  // namespace dga::fuzz
