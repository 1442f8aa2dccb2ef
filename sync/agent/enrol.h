#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>

#include "shared/base/clock.h"
#include "shared/store/kiosk_folder.h"
#include "sync/agent/pinned.h"
#include "sync/agent/transport.h"
#include "sync/protocol/enrolment.h"

namespace dga::agent {

// Puts a kiosk into service: asks the centre that `ticket` names, checks the answer, keeps the settings
// "centre.address", "centre.enrolment" (EnrolBody) and "kiosk.name". Gives the six digits to show; the centre serves
// the kiosk once the coordinator has typed them there. `transport` leads to ticket.address. Errors: the transport's,
// the protocol's "enrolment.*", and by status: refused "enrolment.unknown_code" (not known, used or expired),
// unreachable as problem_of(reply). On an error nothing is kept. A kiosk that is enrolled at another centre sends its
// whole log there anew.
[[nodiscard]] base::Result<std::uint32_t> enrol(Transport& transport, protocol::EnrolmentTicket const& ticket,
                                                store::OpenKiosk& kiosk, std::string_view name,
                                                std::string_view product_version, base::Clock const& clock,
                                                base::Random& random, std::stop_token stop = {});

}  // namespace dga::agent
