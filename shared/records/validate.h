#pragma once

#include <string_view>

#include "shared/records/record.pb.h"

namespace dga::records {

enum class Verdict {
  kFit,
  kNotUnderstood,  // a kind or a choice that this version doesn't know: kept as it is, looked at again after an upgrade
  kVoidWithoutStaff,
  kRuleBroken,  // a field is missing, out of range, too long or no UTF-8
};

struct Finding {
  Verdict verdict = Verdict::kFit;
  std::string_view field;  // "check_in.session", where one is to blame; a literal
};

// Whether a record makes sense by itself: it has a fact, and the fields that its kind needs, within their limits. What
// it takes a class, a log or a device to know (is there such a session, is this its place, may simulated stamps count,
// is this the centre's own log) is the reader's to check. README.md lists the rules.
[[nodiscard]] Finding validate(v1::Record const& record);

// "fit", "not_understood", "void_without_staff", "rule_broken".
[[nodiscard]] std::string_view name_of(Verdict verdict);

}  // namespace dga::records
