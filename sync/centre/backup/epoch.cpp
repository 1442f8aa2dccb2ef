#include "sync/centre/backup/epoch.h"

#include "shared/base/planted.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/ingest/receipts.h"

namespace dga::centre {

base::Result<EpochOpened> begin_epoch(Tables& tables, CentreKeys const& keys, std::int64_t now_ms,
                                      std::uint64_t at_least, std::optional<base::Bytes> const& list) {
  EpochOpened opened;
  if (list && base::kPlantedBug != base::PlantedBug::kForgetsTheRevoked) {
    TRY(opened.revoked, take_trust_list(tables, keys, *list));
  }
  TRY(opened.trust_version, trust_version(tables));
  if constexpr (base::kPlantedBug != base::PlantedBug::kRemembersBackups) TRY_DO(tables.durability.forget_backups());
  TRY_DO(open_epoch(tables, now_ms, at_least));
  TRY(opened.epoch, centre_epoch(tables));
  return opened;
}

}  // namespace dga::centre
