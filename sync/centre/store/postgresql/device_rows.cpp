#include "sync/centre/store/postgresql/device_rows.h"

namespace dga::centre::postgresql {

using base::Done;
using base::Result;

namespace {

Result<DeviceRow> read_device(Answer const& found, std::size_t at) {
  DeviceRow device;
  TRY(device.id, found.fixed<base::DeviceId>(at, 0));
  device.ed25519 = found.bytes(at, 1);
  device.x25519 = found.bytes(at, 2);
  device.name = found.text(at, 3);
  device.state = static_cast<DeviceState>(found.small(at, 4));
  device.last_heard_ms = found.integer(at, 5);
  return device;
}

Result<CodeRow> read_code(Answer const& found, std::size_t at) {
  CodeRow code;
  code.id = found.bytes(at, 0);
  code.code = found.bytes(at, 1);
  code.name = found.text(at, 2);
  code.class_id = found.natural(at, 3);
  code.expires_ms = found.integer(at, 4);
  code.state = static_cast<CodeState>(found.small(at, 5));
  code.wrong_tries = found.small(at, 6);
  code.digits = found.small(at, 7);
  TRY(code.device, found.fixed<base::DeviceId>(at, 8));
  code.request = found.bytes(at, 9);
  code.reply = found.bytes(at, 10);
  return code;
}

}  // namespace

Result<std::optional<DeviceRow>> DeviceRows::device(base::DeviceId const& id) {
  TRY(auto const found,
      session_.run("SELECT id, ed25519, x25519, name, state, last_heard_ms FROM devices WHERE id = $1",
                   Values().bytes(id.view())));
  if (found.size() == 0) return std::optional<DeviceRow>{};
  TRY(auto device, read_device(found, 0));
  return std::optional(std::move(device));
}

Result<std::vector<DeviceRow>> DeviceRows::devices() {
  TRY(auto const found,
      session_.run("SELECT id, ed25519, x25519, name, state, last_heard_ms FROM devices ORDER BY id"));
  std::vector<DeviceRow> devices;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto device, read_device(found, at));
    devices.push_back(std::move(device));
  }
  return devices;
}

Done DeviceRows::put_device(DeviceRow const& device) {
  Values values;
  values.bytes(device.id.view()).bytes(device.ed25519).bytes(device.x25519).text(device.name);
  values.natural(static_cast<std::uint32_t>(device.state)).integer(device.last_heard_ms);
  return session_.change(
      "INSERT INTO devices (id, ed25519, x25519, name, state, last_heard_ms) VALUES ($1, $2, $3, $4, $5, $6) "
      "ON CONFLICT (id) DO UPDATE SET ed25519 = excluded.ed25519, x25519 = excluded.x25519, name = excluded.name, "
      "state = excluded.state, last_heard_ms = excluded.last_heard_ms",
      values);
}

Done DeviceRows::heard_from(base::DeviceId const& id, std::int64_t at_ms) {
  return session_.change("UPDATE devices SET last_heard_ms = $2 WHERE id = $1",
                         Values().bytes(id.view()).integer(at_ms));
}

Result<std::vector<std::uint64_t>> DeviceRows::classes_of(base::DeviceId const& id) {
  TRY(auto const found,
      session_.run("SELECT class FROM assignments WHERE device = $1 ORDER BY at_ms, class", Values().bytes(id.view())));
  std::vector<std::uint64_t> classes;
  for (std::size_t at = 0; at < found.size(); ++at) classes.push_back(found.natural(at, 0));
  return classes;
}

Done DeviceRows::assign(base::DeviceId const& id, std::uint64_t class_id, std::int64_t at_ms) {
  return session_.change(
      "INSERT INTO assignments (device, class, at_ms) VALUES ($1, $2, $3) "
      "ON CONFLICT (device, class) DO UPDATE SET at_ms = excluded.at_ms",
      Values().bytes(id.view()).natural(class_id).integer(at_ms));
}

Result<std::optional<CodeRow>> DeviceRows::code(base::ByteView id) {
  TRY(auto const found,
      session_.run("SELECT id, code, name, class, expires_ms, state, wrong_tries, digits, device, request, reply "
                   "FROM codes WHERE id = $1",
                   Values().bytes(id)));
  if (found.size() == 0) return std::optional<CodeRow>{};
  TRY(auto code, read_code(found, 0));
  return std::optional(std::move(code));
}

Result<std::vector<CodeRow>> DeviceRows::codes(CodeState state) {
  TRY(auto const found,
      session_.run("SELECT id, code, name, class, expires_ms, state, wrong_tries, digits, device, request, reply "
                   "FROM codes WHERE state = $1 ORDER BY expires_ms, id",
                   Values().natural(static_cast<std::uint32_t>(state))));
  std::vector<CodeRow> codes;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto code, read_code(found, at));
    codes.push_back(std::move(code));
  }
  return codes;
}

Done DeviceRows::put_code(CodeRow const& code) {
  Values values;
  values.bytes(code.id).bytes(code.code).text(code.name).natural(code.class_id).integer(code.expires_ms);
  values.natural(static_cast<std::uint32_t>(code.state)).natural(code.wrong_tries).natural(code.digits);
  values.bytes(code.device.view()).bytes(code.request).bytes(code.reply);
  return session_.change(
      "INSERT INTO codes (id, code, name, class, expires_ms, state, wrong_tries, digits, device, request, reply) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET code = excluded.code, "
      "name = excluded.name, class = excluded.class, expires_ms = excluded.expires_ms, state = excluded.state, "
      "wrong_tries = excluded.wrong_tries, digits = excluded.digits, device = excluded.device, "
      "request = excluded.request, reply = excluded.reply",
      values);
}

}  // namespace dga::centre::postgresql
