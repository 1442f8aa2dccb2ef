#include "sync/centre/store/postgresql/class_rows.h"

namespace dga::centre::postgresql {

using base::Done;
using base::Result;

namespace {

// Columns number, name, agency, position, province, phone, email, note.
ParticipantRow read_participant(Answer const& found, std::size_t at) {
  return {found.natural(at, 0), found.text(at, 1), found.text(at, 2), found.text(at, 3),
          found.text(at, 4),    found.text(at, 5), found.text(at, 6), found.text(at, 7)};
}

// The hashes come in the same row: a batch is judged by them, and asks for its class once.
constexpr char kOneClass[] =
    "SELECT id, bytes, badge_key, citizen_key, (SELECT COALESCE(string_agg(hash, ''::bytea), ''::bytea) FROM forms "
    "WHERE class = classes.id) FROM classes WHERE id = $1";
constexpr char kAllClasses[] =
    "SELECT id, bytes, badge_key, citizen_key, (SELECT COALESCE(string_agg(hash, ''::bytea), ''::bytea) FROM forms "
    "WHERE class = classes.id) FROM classes ORDER BY id";

Result<ClassRow> read_class(Answer const& found, std::size_t at) {
  ClassRow row{found.natural(at, 0), found.bytes(at, 1), found.bytes(at, 2), found.bytes(at, 3)};
  auto const hashes = found.bytes(at, 4);
  if (hashes.size() % base::Digest::kSize != 0)
    return base::damaged("store.damaged", "the centre's database holds a form's hash of the wrong size",
                         "Restore the last backup and let the kiosks send again");
  for (std::size_t from = 0; from < hashes.size(); from += base::Digest::kSize)
    row.forms.insert(*base::Digest::from(base::ByteView(hashes).substr(from, base::Digest::kSize)));
  return row;
}

}  // namespace

Result<std::optional<ClassRow>> ClassRows::a_class(std::uint64_t id) {
  TRY(auto const found, session_.run(kOneClass, Values().natural(id)));
  if (found.size() == 0) return std::optional<ClassRow>{};
  TRY(auto row, read_class(found, 0));
  return std::optional(std::move(row));
}

Result<std::vector<ClassRow>> ClassRows::classes() {
  TRY(auto const found, session_.run(kAllClasses));
  std::vector<ClassRow> classes;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto row, read_class(found, at));
    classes.push_back(std::move(row));
  }
  return classes;
}

Done ClassRows::add_class(ClassRow const& row) {
  return session_.change("INSERT INTO classes (id, bytes, badge_key, citizen_key) VALUES ($1, $2, $3, $4)",
                         Values().natural(row.id).bytes(row.bytes).bytes(row.badge_key).bytes(row.citizen_key));
}

Done ClassRows::change_class(std::uint64_t id, base::ByteView bytes) {
  return session_.change("UPDATE classes SET bytes = $2 WHERE id = $1", Values().natural(id).bytes(bytes));
}

Result<std::vector<FormRow>> ClassRows::forms(std::uint64_t class_id) {
  TRY(auto const found, session_.run("SELECT hash, id, json, current FROM forms WHERE class = $1 ORDER BY id, hash",
                                     Values().natural(class_id)));
  std::vector<FormRow> forms;
  for (std::size_t at = 0; at < found.size(); ++at) {
    TRY(auto const hash, found.fixed<base::Digest>(at, 0));
    forms.push_back({hash, found.text(at, 1), found.bytes(at, 2), found.integer(at, 3) != 0});
  }
  return forms;
}

Done ClassRows::put_form(std::uint64_t class_id, FormRow const& form) {
  Values values;
  values.natural(class_id).bytes(form.hash.view()).text(form.id).bytes(form.json).natural(form.current ? 1 : 0);
  return session_.change(
      "INSERT INTO forms (class, hash, id, json, current) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (class, hash) DO UPDATE SET current = excluded.current",
      values);
}

Result<std::vector<MemberRow>> ClassRows::members(std::uint64_t class_id) {
  TRY(auto const found,
      session_.run("SELECT p.number, p.name, p.agency, p.position, p.province, p.phone, p.email, p.note, "
                   "m.group_number, m.citizen_hash FROM members m JOIN participants p ON p.number = m.participant "
                   "WHERE m.class = $1 ORDER BY m.participant",
                   Values().natural(class_id)));
  std::vector<MemberRow> members;
  members.reserve(found.size());
  for (std::size_t at = 0; at < found.size(); ++at)
    members.push_back({read_participant(found, at), found.small(at, 8), found.bytes(at, 9)});
  return members;
}

Result<std::uint64_t> ClassRows::member_count(std::uint64_t class_id) {
  TRY(auto const found, session_.run("SELECT count(*) FROM members WHERE class = $1", Values().natural(class_id)));
  return found.natural(0, 0);
}

Done ClassRows::put_member(std::uint64_t class_id, MemberRow const& member) {
  auto const& person = member.person;
  Values values;
  values.natural(person.number).text(person.name).text(person.agency).text(person.position).text(person.province);
  values.text(person.phone).text(person.email).text(person.note);
  TRY_DO(session_.change(
      "INSERT INTO participants (number, name, agency, position, province, phone, email, note) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (number) DO UPDATE SET name = excluded.name, "
      "agency = excluded.agency, position = excluded.position, province = excluded.province, phone = excluded.phone, "
      "email = excluded.email, note = excluded.note",
      values));
  return session_.change(
      "INSERT INTO members (class, participant, group_number, citizen_hash) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (class, participant) DO UPDATE SET group_number = excluded.group_number, "
      "citizen_hash = excluded.citizen_hash",
      Values().natural(class_id).natural(person.number).natural(member.group).bytes(member.citizen_hash));
}

Result<std::optional<ParticipantRow>> ClassRows::participant(std::uint64_t number) {
  TRY(auto const found, session_.run("SELECT number, name, agency, position, province, phone, email, note "
                                     "FROM participants WHERE number = $1",
                                     Values().natural(number)));
  return found.size() == 0 ? std::nullopt : std::optional(read_participant(found, 0));
}

Result<std::uint64_t> ClassRows::highest_participant() {
  TRY(auto const found, session_.run("SELECT COALESCE(max(number), 0) FROM participants"));
  return found.natural(0, 0);
}

Result<std::vector<StaffRow>> ClassRows::staff(std::uint64_t class_id) {
  TRY(auto const found, session_.run("SELECT number, name, role, pin_hash FROM staff WHERE class = $1 ORDER BY number",
                                     Values().natural(class_id)));
  std::vector<StaffRow> staff;
  for (std::size_t at = 0; at < found.size(); ++at)
    staff.push_back({found.small(at, 0), found.text(at, 1), found.small(at, 2), found.text(at, 3)});
  return staff;
}

Done ClassRows::add_staff(std::uint64_t class_id, StaffRow const& row) {
  Values values;
  values.natural(class_id).natural(row.number).text(row.name).natural(row.role).text(row.pin_hash);
  return session_.change("INSERT INTO staff (class, number, name, role, pin_hash) VALUES ($1, $2, $3, $4, $5)", values);
}

Result<std::optional<PackVersion>> ClassRows::pack_version(std::uint64_t class_id) {
  TRY(auto const found,
      session_.run("SELECT content, version, made_ms FROM packs WHERE class = $1", Values().natural(class_id)));
  if (found.size() == 0) return std::optional<PackVersion>{};
  TRY(auto const content, found.fixed<base::Digest>(0, 0));
  return std::optional(PackVersion{content, found.natural(0, 1), found.integer(0, 2)});
}

Done ClassRows::put_pack_version(std::uint64_t class_id, PackVersion const& version) {
  Values values;
  values.natural(class_id).bytes(version.content.view()).natural(version.version).integer(version.made_ms);
  return session_.change(
      "INSERT INTO packs (class, content, version, made_ms) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (class) DO UPDATE SET content = excluded.content, version = excluded.version, "
      "made_ms = excluded.made_ms",
      values);
}

Result<std::optional<base::Bytes>> SettingRows::setting(std::string_view name) {
  TRY(auto const found, session_.run("SELECT value FROM settings WHERE name = $1", Values().text(name)));
  return found.size() == 0 ? std::nullopt : std::optional(found.bytes(0, 0));
}

Done SettingRows::put_setting(std::string_view name, base::ByteView value) {
  return session_.change(
      "INSERT INTO settings (name, value) VALUES ($1, $2) "
      "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      Values().text(name).bytes(value));
}

}  // namespace dga::centre::postgresql
