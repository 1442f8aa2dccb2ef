#include "sync/centre/devices/enrolment.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "shared/crypto/chain.h"
#include "shared/text/fold.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/ingest/replay.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/enrolment.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr std::int64_t kValidMs = 10 * 60 * 1000;  // protocol.md, "Enrolment"
constexpr std::uint32_t kMostTries = 3;
constexpr std::size_t kMostNameBytes = 100;

base::Error no_such_code() {
  return base::refused("enrolment.not_found", "there is no enrolment under this code", "Make a new code at the centre");
}
base::Error expired() {
  return base::refused("enrolment.expired", "the enrolment's ten minutes are over by the centre's clock",
                       "Make a new code at the centre");
}

base::Error revoked() {
  return base::refused("device.revoked", "this kiosk's keys were revoked", "Set the kiosk up anew: it gets new keys");
}

void close_code(CodeRow& code, CodeState state) {
  code.state = state;
  code.code.clear();
  code.request.clear();
  code.reply.clear();
}

// A code that is over takes its pending device with it: a certificate that nobody confirmed is worth nothing.
Done kill_code(Tables& tables, CodeRow code) {
  bool const answered = code.state == CodeState::kAnswered;
  close_code(code, CodeState::kDead);
  TRY_DO(tables.devices.put_code(code));
  if (!answered) return {};
  TRY(auto device, tables.devices.device(code.device));
  if (!device || device->state != DeviceState::kPending) return {};
  device->state = DeviceState::kRejected;
  return tables.devices.put_device(*device);
}

// What the kiosk pins: keys, its certificate, the trust list.
Result<v1::EnrolBody> body_for(Context const& context, Tables& tables, v1::EnrolRequest const& request,
                               DeviceRow const& device) {
  v1::DeviceCertificate certificate;
  certificate.set_device_id(device.id.bytes());
  certificate.set_ed25519(device.ed25519);
  certificate.set_x25519(device.x25519);
  certificate.set_name(device.name);
  certificate.set_issued_ms(static_cast<std::uint64_t>(std::max<std::int64_t>(context.clock.wall_ms(), 0)));
  certificate.set_key_id(context.keys.signing_id);
  v1::EnrolBody body;
  body.set_root_ed25519(context.keys.root.bytes());
  body.set_centre_ed25519(context.keys.signing.public_key().bytes());
  body.set_centre_x25519(context.keys.boxes.at(context.keys.box_id).public_key().bytes());
  body.set_key_id(context.keys.box_id);
  body.set_certificate(protocol::sign_certificate(certificate, context.keys.signing));
  TRY(auto list, trust_list(tables));
  body.set_trust_list(std::move(list));
  body.set_nonce(request.nonce());
  return body;
}

Result<base::Bytes> answer(Context const& context, Tables& tables, CodeRow code, base::ByteView bytes) {
  auto const secret = protocol::EnrolmentCode::from(code.code);
  if (!secret) return no_such_code();
  TRY(auto const request, protocol::read_enrolment(bytes, *secret));
  auto const ed25519 = *crypto::SigningPublic::from(request.ed25519());
  auto const x25519 = *crypto::BoxPublic::from(request.x25519());
  TRY(auto device, tables.devices.device(crypto::device_id(ed25519)));
  // A restored centre may know it by a list alone.
  TRY(bool const by_list, revoked_by_list(tables, context.keys, crypto::device_id(ed25519)));
  if (by_list || (device && device->state == DeviceState::kRevoked)) return revoked();
  if (!device) device = DeviceRow{crypto::device_id(ed25519), {}, {}, {}, DeviceState::kPending, 0};
  if (device->state == DeviceState::kRejected) device->state = DeviceState::kPending;
  device->ed25519 = request.ed25519();
  device->x25519 = request.x25519();
  device->name = code.name;
  // The request proves the code, not the device's key: until the digits match, a kiosk in service keeps what it has.
  if (device->state == DeviceState::kPending) TRY_DO(tables.devices.put_device(*device));

  TRY(auto const body, body_for(context, tables, request, *device));
  code.reply = protocol::answer_enrolment(body, *secret, context.keys.signing);
  code.digits = protocol::comparison_digits(*secret, request.nonce(), ed25519, x25519, body.SerializeAsString());
  code.request = base::Bytes(bytes);
  code.device = device->id;
  code.state = CodeState::kAnswered;
  code.expires_ms = context.clock.wall_ms() + kValidMs;  // from here on the time to compare the digits
  TRY_DO(tables.devices.put_code(code));
  return code.reply;
}

std::optional<std::uint32_t> six_digits(std::string_view text) {
  std::uint32_t number = 0;
  auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.size() != 6 || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The refusal travels apart from the work's own outcome: a wrong try must be committed, not rolled back.
Done try_digits(Context const& context, Tables& tables, CodeRow code, std::uint32_t digits,
                Result<Confirmed>& outcome) {
  if (code.state != CodeState::kAnswered) {
    outcome = base::refused("enrolment.not_pending", "this enrolment does not wait for its digits",
                            "See which do with \"dga kiosk pending\"");
    return {};
  }
  if (context.clock.wall_ms() > code.expires_ms) {
    outcome = expired();
    return kill_code(tables, code);
  }
  if (digits != code.digits) {
    ++code.wrong_tries;
    if (code.wrong_tries >= kMostTries) {
      outcome = base::refused("enrolment.too_many_tries", "the digits were wrong three times and the code is dead",
                              "Make sure that the right kiosk answered, then make a new code");
      return kill_code(tables, code);
    }
    outcome = base::refused("enrolment.wrong_digits", "these are not the digits that the kiosk shows",
                            "Compare them and type them again");
    return tables.devices.put_code(code);
  }
  TRY(auto device, tables.devices.device(code.device));
  TRY(bool const by_list, revoked_by_list(tables, context.keys, code.device));
  if (by_list || (device && device->state == DeviceState::kRevoked)) {
    outcome = revoked();
    return {};
  }
  if (!device || device->state == DeviceState::kRejected) {
    outcome = base::refused("enrolment.not_pending", "this kiosk can no longer be confirmed", "Set it up anew");
    return {};
  }
  // What these digits were shown for, whatever another request has said of the device meanwhile.
  auto const secret = protocol::EnrolmentCode::from(code.code);
  if (!secret)
    return base::damaged("store.damaged", "an enrolment's code can't be read from the centre's database",
                         "Restore the last backup");
  TRY(auto const request, protocol::read_enrolment(code.request, *secret));
  device->x25519 = request.x25519();
  device->name = code.name;
  device->state = DeviceState::kActive;
  TRY_DO(tables.devices.put_device(*device));
  TRY_DO(tables.devices.assign(device->id, code.class_id, context.clock.wall_ms()));
  outcome = Confirmed{device->id, device->name, code.class_id};
  close_code(code, CodeState::kConfirmed);
  return tables.devices.put_code(code);
}

}  // namespace

Result<NewCode> make_code(Context const& context, std::string const& name, std::uint64_t class_id,
                          std::string const& address) {
  if (name.empty() || name.size() > kMostNameBytes || !text::is_valid_utf8(name))
    return base::usage("enrolment.bad_name", "a kiosk's name has 1 to 100 bytes of UTF-8",
                       "Give it a short name, such as 1");
  bool const web = address.starts_with("http://") || address.starts_with("https://");
  bool const printable = std::all_of(address.begin(), address.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!web || !printable || address.size() > 255)
    return base::usage("enrolment.bad_address",
                       "the centre's address begins with http:// or https:// and has no spaces",
                       "Give the address under which kiosks reach the centre");
  auto const code = context.random.draw<protocol::EnrolmentCode>();
  protocol::EnrolmentTicket ticket{code, {}, address};
  ticket.centre_fingerprint =
      *decltype(ticket.centre_fingerprint)::from(protocol::fingerprint(context.keys.signing.public_key()));
  CodeRow row;
  row.id = protocol::code_id(code).bytes();
  row.code = code.bytes();
  row.name = name;
  row.class_id = class_id;
  row.expires_ms = context.clock.wall_ms() + kValidMs;
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const a_class, tables.classes.a_class(class_id));
    if (!a_class)
      return base::refused("class.not_found", "there is no class " + std::to_string(class_id),
                           "List them with \"dga class list\"");
    return tables.devices.put_code(row);
  }));
  return NewCode{protocol::write_ticket(ticket), base::to_hex(row.id), row.expires_ms};
}

Result<base::Bytes> enrol(Context const& context, base::ByteView request) {
  TRY(auto const id, protocol::enrolment_code_id(request));
  Result<base::Bytes> outcome{base::Bytes{}};
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const code, tables.devices.code(id.view()));
    if (!code || code->state == CodeState::kDead || code->state == CodeState::kConfirmed) {
      outcome = no_such_code();
      return {};
    }
    if (context.clock.wall_ms() > code->expires_ms) {
      outcome = expired();
      return kill_code(tables, *code);
    }
    if (code->state == CodeState::kAnswered) {
      if (code->request == request) {
        outcome = code->reply;
      } else {
        outcome =
            base::refused("enrolment.used", "another request has used this code", "Make a new code at the centre");
      }
      return {};
    }
    TRY(outcome, answer(context, tables, *code, request));
    return {};
  }));
  return outcome;
}

Result<std::vector<PendingEnrolment>> pending_enrolments(Context const& context) {
  std::vector<PendingEnrolment> pending;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    pending.clear();
    TRY(auto const codes, tables.devices.codes(CodeState::kAnswered));
    for (auto const& code : codes)
      if (context.clock.wall_ms() <= code.expires_ms)
        pending.push_back({base::to_hex(code.id), code.name, code.device});
    return {};
  }));
  return pending;
}

Result<Confirmed> confirm_enrolment(Context const& context, std::string_view code_id, std::string_view digits) {
  auto const typed = six_digits(digits);
  if (!typed)
    return base::usage("enrolment.digits", "the comparison takes exactly six digits", "Type what the kiosk shows");
  auto const id = base::from_hex(code_id);
  if (!id) return no_such_code();
  Result<Confirmed> outcome{Confirmed{}};
  TRY_DO(context.store.write([&](Tables& tables) -> Done {
    TRY(auto const code, tables.devices.code(*id));
    if (!code) {
      outcome = no_such_code();
      return {};
    }
    return try_digits(context, tables, *code, *typed, outcome);
  }));
  if (!outcome.ok()) return outcome;
  // What the kiosk sent for this class before it was assigned.
  judge_anew(context);
  return outcome;
}

}  // namespace dga::centre
