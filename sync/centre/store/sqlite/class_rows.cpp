#include "sync/centre/store/sqlite/class_rows.h"

#include "sync/centre/store/sqlite/rows.h"

namespace dga::centre::sqlite {

using base::Done;
using base::Result;

namespace {

// Columns number, name, agency, position, province, phone, email, note.
ParticipantRow read_participant(store::Statement const& row) {
  return {row.natural(0), text(row, 1), text(row, 2), text(row, 3),
          text(row, 4),   text(row, 5), text(row, 6), text(row, 7)};
}

// The hashes come in the same row: a batch is judged by them, and asks for its class once.
std::string select_classes(char const* which) {
  return std::string("SELECT id, bytes, badge_key, citizen_key, (SELECT group_concat(hex(hash), '') FROM forms ") +
         "WHERE class = classes.id) FROM classes " + which;
}

Result<ClassRow> read_class(store::Statement const& row) {
  ClassRow made{row.natural(0), text(row, 1), text(row, 2), text(row, 3)};
  auto const hashes = base::from_hex(row.bytes(4));
  if (!hashes || hashes->size() % base::Digest::kSize != 0)
    return base::damaged("store.damaged", "the centre's database holds a form's hash of the wrong size",
                         "Restore the last backup and let the kiosks send again");
  for (std::size_t at = 0; at < hashes->size(); at += base::Digest::kSize)
    made.forms.insert(*base::Digest::from(base::ByteView(*hashes).substr(at, base::Digest::kSize)));
  return made;
}

Result<std::uint64_t> one_number(store::Statement& row) {
  TRY(bool const there, row.step());
  return there ? row.natural(0) : std::uint64_t{0};
}

}  // namespace

Result<std::optional<ClassRow>> ClassRows::a_class(std::uint64_t id) {
  TRY(auto row, database_.prepare(select_classes("WHERE id = ?1")));
  row.bind(1, id);
  TRY(bool const there, row.step());
  if (!there) return std::optional<ClassRow>{};
  TRY(auto found, read_class(row));
  return std::optional(std::move(found));
}

Result<std::vector<ClassRow>> ClassRows::classes() {
  TRY(auto row, database_.prepare(select_classes("ORDER BY id")));
  std::vector<ClassRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto one, read_class(row));
    found.push_back(std::move(one));
    return {};
  }));
  return found;
}

Done ClassRows::add_class(ClassRow const& row) {
  TRY(auto insert,
      database_.prepare("INSERT INTO classes (id, bytes, badge_key, citizen_key) VALUES (?1, ?2, ?3, ?4)"));
  return insert.bind(1, row.id)
      .bind_bytes(2, row.bytes)
      .bind_bytes(3, row.badge_key)
      .bind_bytes(4, row.citizen_key)
      .run();
}

Done ClassRows::change_class(std::uint64_t id, base::ByteView bytes) {
  TRY(auto update, database_.prepare("UPDATE classes SET bytes = ?2 WHERE id = ?1"));
  return update.bind(1, id).bind_bytes(2, bytes).run();
}

Result<std::vector<FormRow>> ClassRows::forms(std::uint64_t class_id) {
  TRY(auto row, database_.prepare("SELECT hash, id, json, current FROM forms WHERE class = ?1 ORDER BY id, hash"));
  row.bind(1, class_id);
  std::vector<FormRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    TRY(auto const hash, fixed<base::Digest>(row, 0));
    found.push_back({hash, text(row, 1), text(row, 2), row.integer(3) != 0});
    return {};
  }));
  return found;
}

Done ClassRows::put_form(std::uint64_t class_id, FormRow const& form) {
  TRY(auto row, database_.prepare("INSERT INTO forms (class, hash, id, json, current) VALUES (?1, ?2, ?3, ?4, ?5) "
                                  "ON CONFLICT (class, hash) DO UPDATE SET current = excluded.current"));
  row.bind(1, class_id).bind_bytes(2, form.hash.view()).bind_text(3, form.id).bind_bytes(4, form.json);
  return row.bind(5, form.current ? 1 : 0).run();
}

Result<std::vector<MemberRow>> ClassRows::members(std::uint64_t class_id) {
  TRY(auto row,
      database_.prepare("SELECT p.number, p.name, p.agency, p.position, p.province, p.phone, p.email, p.note, "
                        "m.group_number, m.citizen_hash FROM members m JOIN participants p ON p.number = m.participant "
                        "WHERE m.class = ?1 ORDER BY m.participant"));
  row.bind(1, class_id);
  std::vector<MemberRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    found.push_back({read_participant(row), small(row, 8), text(row, 9)});
    return {};
  }));
  return found;
}

Result<std::uint64_t> ClassRows::member_count(std::uint64_t class_id) {
  TRY(auto row, database_.prepare("SELECT COUNT(*) FROM members WHERE class = ?1"));
  row.bind(1, class_id);
  return one_number(row);
}

Done ClassRows::put_member(std::uint64_t class_id, MemberRow const& member) {
  auto const& person = member.person;
  TRY(auto row,
      database_.prepare(
          "INSERT OR REPLACE INTO participants (number, name, agency, position, province, phone, email, note) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  row.bind(1, person.number).bind_text(2, person.name).bind_text(3, person.agency).bind_text(4, person.position);
  row.bind_text(5, person.province).bind_text(6, person.phone).bind_text(7, person.email).bind_text(8, person.note);
  TRY_DO(row.run());
  TRY(auto place, database_.prepare("INSERT OR REPLACE INTO members (class, participant, group_number, citizen_hash) "
                                    "VALUES (?1, ?2, ?3, ?4)"));
  return place.bind(1, class_id).bind(2, person.number).bind(3, member.group).bind_bytes(4, member.citizen_hash).run();
}

Result<std::optional<ParticipantRow>> ClassRows::participant(std::uint64_t number) {
  TRY(auto row,
      database_.prepare("SELECT number, name, agency, position, province, phone, email, note FROM participants "
                        "WHERE number = ?1"));
  row.bind(1, number);
  TRY(bool const there, row.step());
  if (!there) return std::optional<ParticipantRow>{};
  return std::optional(read_participant(row));
}

Result<std::uint64_t> ClassRows::highest_participant() {
  TRY(auto row, database_.prepare("SELECT COALESCE(MAX(number), 0) FROM participants"));
  return one_number(row);
}

Result<std::vector<StaffRow>> ClassRows::staff(std::uint64_t class_id) {
  TRY(auto row, database_.prepare("SELECT number, name, role, pin_hash FROM staff WHERE class = ?1 ORDER BY number"));
  row.bind(1, class_id);
  std::vector<StaffRow> found;
  TRY_DO(for_each_row(row, [&]() -> Done {
    found.push_back({small(row, 0), text(row, 1), small(row, 2), text(row, 3)});
    return {};
  }));
  return found;
}

Done ClassRows::add_staff(std::uint64_t class_id, StaffRow const& row) {
  TRY(auto insert,
      database_.prepare("INSERT INTO staff (class, number, name, role, pin_hash) VALUES (?1, ?2, ?3, ?4, ?5)"));
  insert.bind(1, class_id).bind(2, row.number).bind_text(3, row.name).bind(4, row.role).bind_text(5, row.pin_hash);
  return insert.run();
}

Result<std::optional<PackVersion>> ClassRows::pack_version(std::uint64_t class_id) {
  TRY(auto row, database_.prepare("SELECT content, version, made_ms FROM packs WHERE class = ?1"));
  row.bind(1, class_id);
  TRY(bool const there, row.step());
  if (!there) return std::optional<PackVersion>{};
  TRY(auto const content, fixed<base::Digest>(row, 0));
  return std::optional(PackVersion{content, row.natural(1), row.integer(2)});
}

Done ClassRows::put_pack_version(std::uint64_t class_id, PackVersion const& version) {
  TRY(auto row,
      database_.prepare("INSERT OR REPLACE INTO packs (class, content, version, made_ms) VALUES (?1, ?2, ?3, ?4)"));
  return row.bind(1, class_id)
      .bind_bytes(2, version.content.view())
      .bind(3, version.version)
      .bind(4, version.made_ms)
      .run();
}

Result<std::optional<base::Bytes>> SettingRows::setting(std::string_view name) {
  TRY(auto row, database_.prepare("SELECT value FROM settings WHERE name = ?1"));
  row.bind_text(1, name);
  TRY(bool const there, row.step());
  if (!there) return std::optional<base::Bytes>{};
  return std::optional(base::Bytes(row.bytes(0)));
}

Done SettingRows::put_setting(std::string_view name, base::ByteView value) {
  TRY(auto row, database_.prepare("INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)"));
  return row.bind_text(1, name).bind_bytes(2, value).run();
}

}  // namespace dga::centre::sqlite
