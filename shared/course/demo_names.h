#pragma once

#include <string>

#include "shared/base/random.h"

namespace dga::course {

// A made-up name as people of Vietnam have them: families by how common they are, names of the Tày, Thái, Hmông, Khmer,
// Ê Đê and Gia Rai among them, and some long ones. Whoever really has it is not meant.
[[nodiscard]] std::string demo_name(base::Random& random);

}  // namespace dga::course
