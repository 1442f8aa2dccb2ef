#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "shared/base/bytes.h"
#include "shared/base/result.h"

namespace dga::centre {

struct ClassRow {
  std::uint64_t id = 0;
  base::Bytes bytes;                   // a v1::Class
  base::Bytes badge_key, citizen_key;  // 32 bytes each
  std::set<base::Digest> forms = {};   // every form's that was ever kept for it; read only, see put_form
};

// A form that a class's kiosks fill in, or once did. Answers name it by its hash, however late they come, so none is
// ever removed.
struct FormRow {
  base::Digest hash;     // H(json)
  std::string id;        // several versions of a form share it
  base::Bytes json;      // as packs carry it, byte for byte
  bool current = false;  // part of the class's next pack
  bool operator==(FormRow const&) const = default;
};

// A person, in full; a kiosk is told less. A number belongs to one person for good, whatever the class.
struct ParticipantRow {
  std::uint64_t number = 0;
  std::string name, agency, position, province;
  std::string phone;  // E.164 or empty
  std::string email, note;
  bool operator==(ParticipantRow const&) const = default;
};

// A person's place in one class.
struct MemberRow {
  ParticipantRow person;
  std::uint32_t group = 0;   // 0: none
  base::Bytes citizen_hash;  // under the class's citizen key; 32 bytes or empty
  bool operator==(MemberRow const&) const = default;
};

struct StaffRow {
  std::uint32_t number = 0;
  std::string name;
  std::uint32_t role = 0;  // v1::StaffRole
  std::string pin_hash;
};

// What a class's pack last said, and under which version.
struct PackVersion {
  base::Digest content;  // of the pack without its version and time (classes/packs.cpp)
  std::uint64_t version = 0;
  std::int64_t made_ms = 0;
};

// Thread: within one unit of work of the Store.
class ClassTable {
 public:
  virtual ~ClassTable() = default;
  [[nodiscard]] virtual base::Result<std::optional<ClassRow>> a_class(std::uint64_t id) = 0;
  [[nodiscard]] virtual base::Result<std::vector<ClassRow>> classes() = 0;  // by id
  [[nodiscard]] virtual base::Done add_class(ClassRow const& row) = 0;
  // The keys stay: badges are printed. REQUIRES: the class is there.
  [[nodiscard]] virtual base::Done change_class(std::uint64_t id, base::ByteView bytes) = 0;

  [[nodiscard]] virtual base::Result<std::vector<FormRow>> forms(std::uint64_t class_id) = 0;  // by id, then by hash
  // Of a form that is kept already only `current` changes.
  [[nodiscard]] virtual base::Done put_form(std::uint64_t class_id, FormRow const& form) = 0;

  [[nodiscard]] virtual base::Result<std::vector<MemberRow>> members(std::uint64_t class_id) = 0;  // by number
  [[nodiscard]] virtual base::Result<std::uint64_t> member_count(std::uint64_t class_id) = 0;
  [[nodiscard]] virtual base::Done put_member(std::uint64_t class_id, MemberRow const& member) = 0;
  [[nodiscard]] virtual base::Result<std::optional<ParticipantRow>> participant(std::uint64_t number) = 0;
  [[nodiscard]] virtual base::Result<std::uint64_t> highest_participant() = 0;

  [[nodiscard]] virtual base::Result<std::vector<StaffRow>> staff(std::uint64_t class_id) = 0;  // by number
  [[nodiscard]] virtual base::Done add_staff(std::uint64_t class_id, StaffRow const& row) = 0;

  [[nodiscard]] virtual base::Result<std::optional<PackVersion>> pack_version(std::uint64_t class_id) = 0;
  [[nodiscard]] virtual base::Done put_pack_version(std::uint64_t class_id, PackVersion const& version) = 0;
};

}  // namespace dga::centre
