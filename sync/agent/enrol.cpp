#include "sync/agent/enrol.h"

#include "shared/base/log.h"
#include "sync/agent/answer.h"

namespace dga::agent {
namespace {

base::Error refusal(Reply const& reply) {
  // The code lives ten minutes by the centre's clock, and for one use.
  if (reply.status == 404 || reply.status == 409 || reply.status == 410 || reply.status == 403)
    return base::refused(
        "enrolment.unknown_code",
        "showed the ticket's code to the centre, which does not know it, or it was used or has expired",
        "get a new ticket from the coordinator");
  return problem_of(reply);
}

// What another centre said about this log says nothing about the new one, which opens nothing sealed for the other.
base::Done forget_other_centre(store::KioskStore& store, crypto::SigningPublic const& centre) {
  auto const before = read_pinned(store);
  if (before.ok() && before->centre == centre) return {};
  TRY_DO(store.put_sync_state({}));
  return store.drop_outbound();
}

}  // namespace

base::Result<std::uint32_t> enrol(Transport& transport, protocol::EnrolmentTicket const& ticket,
                                  store::OpenKiosk& kiosk, std::string_view name, std::string_view product_version,
                                  base::Clock const& clock, base::Random& random, std::stop_token stop) {
  auto const& ed25519 = kiosk.signing.public_key();
  auto const& x25519 = kiosk.box.public_key();
  auto const question = protocol::ask_enrolment(ticket.code, ed25519, x25519, name, product_version, random);
  Request request;
  request.path = "/api/v1/enrol";
  request.body = question.bytes;
  TRY(auto const reply, transport.exchange(request, std::move(stop)));
  if (reply.status != 200) return refusal(reply);
  auto const enrolled = protocol::accept_enrolment(reply.body, ticket, question.nonce, ed25519, x25519);
  if (!enrolled.ok()) return enrolled.error().code == "enrolment.malformed" ? problem_of(reply) : enrolled.error();

  TRY(auto const pinned, pinned_from(ticket.address, name, enrolled->body_bytes));
  auto& store = kiosk.store;
  // All of it or nothing: the address of one centre beside the keys of another would trust nobody.
  TRY_DO(store.database().transaction([&]() -> base::Done {
    auto const& certified = enrolled->certificate.name();
    TRY_DO(forget_other_centre(store, pinned.centre));
    TRY_DO(store.put_setting("centre.address", ticket.address));
    TRY_DO(store.put_setting("kiosk.name", certified.empty() ? name : std::string_view(certified)));
    return store.put_setting("centre.enrolment", enrolled->body_bytes);
  }));
  base::log(base::LogLevel::kInfo, "kiosk.enrolled",
            {{"device", store.identity().device.hex()}, {"at_ms", std::to_string(clock.wall_ms())}});
  return enrolled->six_digits;
}

}  // namespace dga::agent
