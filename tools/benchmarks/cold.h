#pragma once

#include <filesystem>

namespace dga::benchmarks {

// Writes a file out and has the kernel forget what it holds of it, so that the next read comes from the disk.
// Does nothing on tmpfs, which is the memory.
void forget(std::filesystem::path const& file);

}  // namespace dga::benchmarks
