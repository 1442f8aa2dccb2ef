#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "shared/records/record.pb.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

// What a record is held against: who sent it, and for which classes it may speak. A snapshot; compared before it is
// used, since a device may be revoked while its batch is being opened.
class Judge {
 public:
  // A device that is not known serves no class and is not revoked; its batch is refused before the judge is asked.
  [[nodiscard]] static base::Result<Judge> of(Tables& tables, LogInfo const& log);
  // The same where the device's row was read within this unit of work.
  [[nodiscard]] static base::Result<Judge> of(Tables& tables, LogInfo const& log,
                                              std::optional<DeviceRow> const& device);

  // A v1::QuarantineReason; 0 where the record is accepted. An erased record (no bytes) breaks no rule.
  [[nodiscard]] std::uint32_t reason_for(std::uint64_t seq, std::optional<base::Bytes> const& bytes) const;
  // Of a record that was quarantined when it came, for `reason`: what came before its device was revoked is judged as
  // it would have been then, whenever that is. What came before it was confirmed never was in good standing.
  [[nodiscard]] std::uint32_t reason_now(std::uint64_t seq, std::optional<base::Bytes> const& bytes,
                                         std::uint32_t reason) const;
  [[nodiscard]] bool revoked() const { return revoked_; }
  // For records that a coordinator takes in although their device was revoked.
  [[nodiscard]] Judge as_if_not_revoked() const;
  bool operator==(Judge const&) const = default;

 private:
  struct ClassRules {
    bool rehearsal = false;
    std::set<std::uint32_t> sessions;
    std::set<base::Digest> forms;  // by hash, older ones too: a kiosk may have been offline while a form was changed
    bool operator==(ClassRules const&) const = default;
  };
  [[nodiscard]] std::uint32_t reason_by_itself(std::uint64_t seq, std::optional<base::Bytes> const& bytes) const;
  [[nodiscard]] std::uint32_t weigh(v1::Record const& record) const;
  [[nodiscard]] bool opens_this_log(v1::LogOpened const& opened) const;

  base::DeviceId device_;
  base::LogSalt salt_;
  bool revoked_ = false;
  bool unconfirmed_ = false;
  std::map<std::uint64_t, ClassRules> classes_;
};

}  // namespace dga::centre
