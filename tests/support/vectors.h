#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace dga::test {

// A file of tests/vectors; throws when it is missing or no JSON, so that no test passes for want of its data.
[[nodiscard]] nlohmann::json vectors(std::string const& name);
// A file of the source tree, by its path from the root.
[[nodiscard]] std::string source_file(std::string const& path);

}  // namespace dga::test
