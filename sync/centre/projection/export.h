#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shared/base/bytes.h"
#include "sync/centre/context.h"

namespace dga::centre {

// A place in the export, which is sorted by it. Where a log forks, a stretch ends and one begins for each branch; a
// stretch is named by h(seq) of its first record, so that the name does not depend on which branch arrived first.
struct ExportPlace {
  base::LogId log;
  base::Digest branch;
  std::uint64_t seq = 0;
  auto operator<=>(ExportPlace const&) const = default;
};
// "log.branch.seq", in hex, hex and decimal; nothing for anything else.
[[nodiscard]] std::optional<ExportPlace> read_export_place(std::string_view text);

// One JSON object, with its line end, for each record that arrived, whatever became of it: quarantined ones too, since
// what is quarantined depends on when it arrived and what was recorded does not. The same bytes for the same records,
// on whatever roads and in whatever order they came:
//   {"log":hex,"branch":hex,"seq":n,"hash":hex,"device":hex,"class":n,"record":base64,"fact":{...}}
// `record`: the bytes as they were hashed; `fact`: the same in Protocol Buffers' JSON, as far as this version
// understands it. A record whose bytes were erased at the kiosk has "digest" in their place, and no class.
// `class_id`: of that class only. `after`: what stands behind this place. At most `most` lines; empty at the end.
[[nodiscard]] base::Result<base::Bytes> export_records(Context const& context, std::optional<std::uint64_t> class_id,
                                                       std::optional<ExportPlace> const& after, std::size_t most);

}  // namespace dga::centre
