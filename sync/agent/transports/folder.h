#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "sync/agent/parcel.h"

// The courier's road through a folder: a USB stick, or any directory that somebody carries or copies.
namespace dga::agent {

// What a hand-over works on; all of it outlives the call.
struct CourierParts {
  Outbox& outbox;
  Pinned const& pinned;
  crypto::SigningKey const& signing;
  crypto::BoxKey const& box;
  base::Random& random;
};

// What came of one visit of a courier.
struct Handover {
  std::uint32_t files_read = 0;      // bundles of others than this kiosk
  std::uint32_t files_not_read = 0;  // named like bundles and none, or not to be read; left as they are
  ParcelReceipts back;               // summed over all that was read
  std::optional<Parcel> parcel;      // what was written, its bytes left out
  std::filesystem::path written;     // where
};

// Takes in what lies in `folder` (receipts and packs in *.dgab), then writes a parcel beside it. Files of others are
// never changed or removed, and a name is never used twice, so that several couriers may share a folder; what a
// courier has half copied is left for the next visit. With nothing waiting and receipts just read nothing is written.
// Errors: storage "courier.no_folder", "file.failed"; the outbox's. What was acknowledged before one stays so.
// Thread: the outbox's caller's.
[[nodiscard]] base::Result<Handover> visit_folder(CourierParts parts, std::filesystem::path const& folder);

// Writes a parcel that is made already as "<log>-<first>-<last>-<random>.dgab": beside, synced, renamed, the folder
// synced. Gives its path.
[[nodiscard]] base::Result<std::filesystem::path> write_parcel(Parcel const& parcel,
                                                               std::filesystem::path const& folder,
                                                               base::Random& random);
// Adds what one file brought to what others did.
void add_receipts(ParcelReceipts& sum, ParcelReceipts const& more);

}  // namespace dga::agent
