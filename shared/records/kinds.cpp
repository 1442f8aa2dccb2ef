#include "shared/records/kinds.h"

namespace dga::records {

bool is_feedback(v1::Record const& record) {
  switch (record.fact_case()) {
    case v1::Record::kScore:
    case v1::Record::kSelfAssessment: return true;
    case v1::Record::kCheckIn:
    case v1::Record::kDeparture:
    case v1::Record::kWalkIn:
    case v1::Record::kVoid:
    case v1::Record::kConsent:
    case v1::Record::kSessionControl:
    case v1::Record::kTimeSample:
    case v1::Record::kKioskEvent:
    case v1::Record::kLogOpened:
    case v1::Record::kDecision:
    case v1::Record::FACT_NOT_SET: return false;
  }
  return false;
}

bool tells_of_a_person(v1::Record const& record) {
  if (record.staff() != 0) return true;
  switch (record.fact_case()) {
    case v1::Record::kTimeSample:
    case v1::Record::kKioskEvent:
    case v1::Record::kLogOpened: return false;
    case v1::Record::kCheckIn:
    case v1::Record::kDeparture:
    case v1::Record::kWalkIn:
    case v1::Record::kVoid:
    case v1::Record::kConsent:
    case v1::Record::kSessionControl:
    case v1::Record::kScore:
    case v1::Record::kSelfAssessment:
    case v1::Record::kDecision:
    case v1::Record::FACT_NOT_SET: return true;
  }
  return true;
}

}  // namespace dga::records
