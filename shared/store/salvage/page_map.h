#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "shared/store/salvage/page_versions.h"

namespace dga::salvage {

// What pages that do not open held, by what the pages still whole tell of them, in words: "records 12 to 25",
// "a part of record 7", "the table pack", "nothing (free)". Pages that nothing leads to are not in it.
[[nodiscard]] std::map<std::uint32_t, std::string> what_pages_held(PageVersions const& pages,
                                                                   std::set<std::uint32_t> const& wanted);

}  // namespace dga::salvage
