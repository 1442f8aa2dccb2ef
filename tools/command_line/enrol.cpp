#include "tools/command_line/enrol.h"

#include "shared/base/version.h"
#include "shared/store/kiosk_folder.h"
#include "sync/agent/enrol.h"
#include "sync/agent/transports/https.h"

namespace dga::command_line {
namespace {

base::Result<std::uint32_t> introduce(EnrolmentOrder const& order, store::OpenKiosk& kiosk, Context& context) {
  TRY(auto ticket, protocol::read_ticket(order.ticket));
  TRY(auto transport, agent::https_transport(ticket.address));
  return agent::enrol(*transport, ticket, kiosk, order.name, base::kProductVersion, context.clock, context.random);
}

}  // namespace

base::Result<std::uint32_t> enrol_kiosk(EnrolmentOrder const& order, Context& context) {
  TRY_DO(protocol::read_ticket(order.ticket));  // before anything is made
  bool const is_there = store::is_kiosk(order.folder);
  if (!is_there && order.existing)
    return base::usage("kiosk.no_passphrase", "a new kiosk begins with a passphrase, and none was given",
                       "Give --passphrase-file; a credential is added afterwards (dga kiosk slots add)");
  auto opened = is_there
                    ? store::open_kiosk(order.folder, order.existing.value_or(crypto::Passphrase(order.passphrase)))
                    : store::create_kiosk(order.folder, order.passphrase, crypto::moderate_cost(),
                                          base::kProductVersion, context.clock, context.random);
  TRY(auto kiosk, std::move(opened));
  auto digits = introduce(order, kiosk, context);
  if (!digits.ok() && !is_there) {
    // A new identity that nobody knows and that has recorded nothing: the next try begins afresh.
    { auto const closed = std::move(kiosk); }
    store::discard_new_kiosk(order.folder);
  }
  return digits;
}

}  // namespace dga::command_line
