// A record's bytes: read, judged and described.
#include "shared/records/describe.h"
#include "shared/records/validate.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {

void records(base::ByteView input) {
  v1::Record record;
  if (!record.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  auto const finding = records::validate(record);
  require(!records::name_of(finding.verdict).empty(), "a verdict has a name");
  auto const line = records::describe(record);
  require(line.size() < 1024, "a description is one line, however long the record");
  for (char c : line) require(c >= ' ' && c <= '~', "a description steers no terminal");

  v1::Record again;
  require(again.ParseFromString(record.SerializeAsString()), "what was read can be written and read");
  require(records::validate(again).verdict == finding.verdict, "and means the same");
}

}  // namespace dga::fuzz
