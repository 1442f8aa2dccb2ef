#pragma once

namespace dga::crypto {

// libsodium picks its fastest code at its first use; every function of this folder that needs it says so first.
// Ends the program when libsodium cannot start: without it no key may be touched. Thread: any.
void sodium_ready();

}  // namespace dga::crypto
