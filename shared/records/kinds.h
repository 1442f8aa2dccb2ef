#pragma once

#include "shared/records/record.pb.h"

namespace dga::records {

// What people say of a session or of themselves. A kiosk that runs out of room refuses it, so that check-ins still fit.
[[nodiscard]] bool is_feedback(v1::Record const& record);

// Whether a record tells of a person: a participant, or the member of staff who acted. Retention wipes those; a log's
// opening, a time sample and what happened to the kiosk alone tell of nobody. A kind of a newer version might.
[[nodiscard]] bool tells_of_a_person(v1::Record const& record);

}  // namespace dga::records
