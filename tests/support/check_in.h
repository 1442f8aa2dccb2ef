#pragma once

#include <cstdint>

#include "shared/records/record.pb.h"

namespace dga::test {

// By badge, in the class with the number 1.
inline v1::Record check_in(std::uint64_t participant, std::uint32_t session = 1) {
  v1::Record record;
  record.set_class_id(1);
  record.mutable_check_in()->set_participant(participant);
  record.mutable_check_in()->set_session(session);
  record.mutable_check_in()->set_method(v1::BADGE);
  return record;
}

}  // namespace dga::test
