#pragma once

#include <string_view>

#include "shared/base/error.h"

namespace dga::centre::postgresql {

// What a failure means for the unit of work it happened in.
enum class Failure {
  kNone,
  kConflict,   // another transaction was in the way: run again from the start (40001, 40P01)
  kDuplicate,  // a key is taken: perhaps by a transaction that was faster, then a new look helps; perhaps for good
  kLost,       // the server or the way to it went away, or it cannot serve now
  kFull,       // no space is left on the server's disk
  kOther,
};

// From the five characters of an SQLSTATE; empty where the server said none.
// Source: PostgreSQL 15, Appendix A.
[[nodiscard]] Failure failure_of(std::string_view sqlstate);

// As ours. Holds the SQLSTATE at most: what the server says may quote a row. REQUIRES: failure is not kNone.
[[nodiscard]] base::Error error_of(Failure failure, std::string_view sqlstate = {});

}  // namespace dga::centre::postgresql
