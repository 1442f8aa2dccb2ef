#pragma once

#include "sync/centre/store/device_table.h"
#include "sync/centre/store/postgresql/session.h"

namespace dga::centre::postgresql {

// DeviceTable over one PostgreSQL session. It outlives it.
class DeviceRows final : public DeviceTable {
 public:
  explicit DeviceRows(Session& session) : session_(session) {}
  base::Result<std::optional<DeviceRow>> device(base::DeviceId const& id) override;
  base::Result<std::vector<DeviceRow>> devices() override;
  base::Done put_device(DeviceRow const& device) override;
  base::Done heard_from(base::DeviceId const& id, std::int64_t at_ms) override;
  base::Result<std::vector<std::uint64_t>> classes_of(base::DeviceId const& id) override;
  base::Done assign(base::DeviceId const& id, std::uint64_t class_id, std::int64_t at_ms) override;
  base::Result<std::optional<CodeRow>> code(base::ByteView id) override;
  base::Result<std::vector<CodeRow>> codes(CodeState state) override;
  base::Done put_code(CodeRow const& code) override;

 private:
  Session& session_;
};

}  // namespace dga::centre::postgresql
