#pragma once

#include "shared/store/database.h"
#include "sync/centre/store/store.h"

namespace dga::centre::sqlite {

// ClassTable and SettingTable over the encrypted SQLite database. The database outlives them.
class ClassRows final : public ClassTable {
 public:
  explicit ClassRows(store::Database& database) : database_(database) {}
  base::Result<std::optional<ClassRow>> a_class(std::uint64_t id) override;
  base::Result<std::vector<ClassRow>> classes() override;
  base::Done add_class(ClassRow const& row) override;
  base::Done change_class(std::uint64_t id, base::ByteView bytes) override;
  base::Result<std::vector<FormRow>> forms(std::uint64_t class_id) override;
  base::Done put_form(std::uint64_t class_id, FormRow const& form) override;
  base::Result<std::vector<MemberRow>> members(std::uint64_t class_id) override;
  base::Result<std::uint64_t> member_count(std::uint64_t class_id) override;
  base::Done put_member(std::uint64_t class_id, MemberRow const& member) override;
  base::Result<std::optional<ParticipantRow>> participant(std::uint64_t number) override;
  base::Result<std::uint64_t> highest_participant() override;
  base::Result<std::vector<StaffRow>> staff(std::uint64_t class_id) override;
  base::Done add_staff(std::uint64_t class_id, StaffRow const& row) override;
  base::Result<std::optional<PackVersion>> pack_version(std::uint64_t class_id) override;
  base::Done put_pack_version(std::uint64_t class_id, PackVersion const& version) override;

 private:
  store::Database& database_;
};

class SettingRows final : public SettingTable {
 public:
  explicit SettingRows(store::Database& database) : database_(database) {}
  base::Result<std::optional<base::Bytes>> setting(std::string_view name) override;
  base::Done put_setting(std::string_view name, base::ByteView value) override;

 private:
  store::Database& database_;
};

}  // namespace dga::centre::sqlite
