#pragma once

#include <cstdint>
#include <optional>
#include <string>
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
  // How many branches the log had when its first line was written: what goes on behind this place keeps to them. 0: to
  // those that it has now.
  std::uint32_t branches = 0;
};
// "log.branch.seq.branches", in hex, hex and decimal, the last one may be left out; nothing for anything else.
[[nodiscard]] std::optional<ExportPlace> read_export_place(std::string_view text);
[[nodiscard]] std::string export_place_text(ExportPlace const& place);

// A page ends with the line that reaches one of them, or before one that would pass `bytes`; a longer line is a page of
// its own.
struct PageSize {
  std::size_t lines = 0, bytes = 0;
};
struct ExportPage {
  base::Bytes lines;
  std::optional<ExportPlace> next;  // what comes after it begins behind this place; nothing at the end
};

// One JSON object, with its line end, for each record that arrived, whatever became of it: quarantined ones too, since
// what is quarantined depends on when it arrived and what was recorded does not. The same bytes for the same records,
// on whatever roads and in whatever order they came:
//   {"log":hex,"branch":hex,"seq":n,"hash":hex,"device":hex,"class":n,"record":base64,"fact":{...}}
// `record`: the bytes as they were hashed; `fact`: the same in Protocol Buffers' JSON, as far as this version
// understands it. A record whose bytes were erased at the kiosk has "digest" in their place, and no class.
// `class_id`: of that class only. `after`: what stands behind this place. Page after page, each begun behind the last
// one's `next`, gives every line that was there at the first one once, whatever arrives meanwhile; what does arrive may
// be in it or not.
[[nodiscard]] base::Result<ExportPage> export_records(Context const& context, std::optional<std::uint64_t> class_id,
                                                      std::optional<ExportPlace> const& after, PageSize most);

}  // namespace dga::centre
