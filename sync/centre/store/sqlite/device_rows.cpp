#include "sync/centre/store/sqlite/device_rows.h"

#include "sync/centre/store/sqlite/rows.h"

namespace dga::centre::sqlite {

using base::Done;
using base::Result;

namespace {

Result<DeviceRow> read_device(store::Statement const& row) {
  DeviceRow device;
  TRY(device.id, fixed<base::DeviceId>(row, 0));
  device.ed25519 = text(row, 1);
  device.x25519 = text(row, 2);
  device.name = text(row, 3);
  device.state = static_cast<DeviceState>(small(row, 4));
  device.last_heard_ms = row.integer(5);
  return device;
}

Result<CodeRow> read_code(store::Statement const& row) {
  CodeRow code;
  code.id = text(row, 0);
  code.code = text(row, 1);
  code.name = text(row, 2);
  code.class_id = row.natural(3);
  code.expires_ms = row.integer(4);
  code.state = static_cast<CodeState>(small(row, 5));
  code.wrong_tries = small(row, 6);
  code.digits = small(row, 7);
  TRY(code.device, fixed<base::DeviceId>(row, 8));
  code.request = text(row, 9);
  code.reply = text(row, 10);
  return code;
}

}  // namespace

Result<std::optional<DeviceRow>> DeviceRows::device(base::DeviceId const& id) {
  TRY(auto row, database_.prepare("SELECT id, ed25519, x25519, name, state, last_heard_ms FROM devices WHERE id = ?1"));
  row.bind_bytes(1, id.view());
  TRY(bool const there, row.step());
  if (!there) return std::optional<DeviceRow>{};
  TRY(auto device, read_device(row));
  return std::optional(std::move(device));
}

Result<std::vector<DeviceRow>> DeviceRows::devices() {
  TRY(auto row, database_.prepare("SELECT id, ed25519, x25519, name, state, last_heard_ms FROM devices ORDER BY id"));
  std::vector<DeviceRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto device, read_device(row));
    found.push_back(std::move(device));
    return {};
  }));
  return found;
}

Done DeviceRows::put_device(DeviceRow const& device) {
  TRY(auto row, database_.prepare("INSERT OR REPLACE INTO devices (id, ed25519, x25519, name, state, last_heard_ms) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  row.bind_bytes(1, device.id.view())
      .bind_bytes(2, device.ed25519)
      .bind_bytes(3, device.x25519)
      .bind_text(4, device.name);
  return row.bind(5, static_cast<std::uint32_t>(device.state)).bind(6, device.last_heard_ms).run();
}

Done DeviceRows::heard_from(base::DeviceId const& id, std::int64_t at_ms) {
  TRY(auto row, database_.prepare("UPDATE devices SET last_heard_ms = ?2 WHERE id = ?1"));
  return row.bind_bytes(1, id.view()).bind(2, at_ms).run();
}

Result<std::vector<std::uint64_t>> DeviceRows::classes_of(base::DeviceId const& id) {
  TRY(auto row, database_.prepare("SELECT class FROM assignments WHERE device = ?1 ORDER BY at_ms, class"));
  row.bind_bytes(1, id.view());
  std::vector<std::uint64_t> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    found.push_back(row.natural(0));
    return {};
  }));
  return found;
}

Done DeviceRows::assign(base::DeviceId const& id, std::uint64_t class_id, std::int64_t at_ms) {
  TRY(auto row, database_.prepare("INSERT OR REPLACE INTO assignments (device, class, at_ms) VALUES (?1, ?2, ?3)"));
  return row.bind_bytes(1, id.view()).bind(2, class_id).bind(3, at_ms).run();
}

Result<std::optional<CodeRow>> DeviceRows::code(base::ByteView id) {
  TRY(auto row,
      database_.prepare("SELECT id, code, name, class, expires_ms, state, wrong_tries, digits, device, request, reply "
                        "FROM codes WHERE id = ?1"));
  row.bind_bytes(1, id);
  TRY(bool const there, row.step());
  if (!there) return std::optional<CodeRow>{};
  TRY(auto code, read_code(row));
  return std::optional(std::move(code));
}

Result<std::vector<CodeRow>> DeviceRows::codes(CodeState state) {
  TRY(auto row,
      database_.prepare("SELECT id, code, name, class, expires_ms, state, wrong_tries, digits, device, request, reply "
                        "FROM codes WHERE state = ?1 ORDER BY expires_ms, id"));
  row.bind(1, static_cast<std::uint32_t>(state));
  std::vector<CodeRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto code, read_code(row));
    found.push_back(std::move(code));
    return {};
  }));
  return found;
}

Done DeviceRows::put_code(CodeRow const& code) {
  TRY(auto row,
      database_.prepare(
          "INSERT OR REPLACE INTO codes (id, code, name, class, expires_ms, state, wrong_tries, digits, device, "
          "request, reply) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  row.bind_bytes(1, code.id)
      .bind_bytes(2, code.code)
      .bind_text(3, code.name)
      .bind(4, code.class_id)
      .bind(5, code.expires_ms);
  row.bind(6, static_cast<std::uint32_t>(code.state)).bind(7, code.wrong_tries).bind(8, code.digits);
  return row.bind_bytes(9, code.device.view()).bind_bytes(10, code.request).bind_bytes(11, code.reply).run();
}

}  // namespace dga::centre::sqlite
