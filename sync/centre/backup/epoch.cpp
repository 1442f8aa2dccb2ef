#include "sync/centre/backup/epoch.h"

#include <charconv>
#include <string>
#include <utility>

#include "shared/base/file.h"
#include "shared/base/planted.h"
#include "sync/centre/devices/registry.h"
#include "sync/centre/devices/trust.h"
#include "sync/centre/devices/trust_files.h"
#include "sync/centre/ingest/receipts.h"

namespace dga::centre {

namespace {

constexpr std::size_t kMostNoteBytes = 64;

}  // namespace

base::Result<KnownSince> known_beside(std::filesystem::path const& folder, CentreKeys const& keys,
                                      std::optional<base::Bytes> const& named) {
  KnownSince since;
  since.epoch = noted_epoch(folder);
  if (named) since.trust_lists.push_back(*named);
  if (auto kept = kept_trust_list(folder, keys)) since.trust_lists.push_back(*std::move(kept));
  TRY(since.revoked, read_revoked(folder));
  return since;
}

base::Result<EpochOpened> begin_epoch(Tables& tables, CentreKeys const& keys, std::int64_t now_ms,
                                      KnownSince const& since) {
  EpochOpened opened;
  if constexpr (base::kPlantedBug != base::PlantedBug::kForgetsTheRevoked) {
    // Of two lists neither need name whom the other does: the newest is in force, and what all of them name stays out.
    TRY(auto out, revoked_devices(tables, keys));
    auto const before = out.size();
    out.insert(out.end(), since.revoked.begin(), since.revoked.end());
    for (auto const& signed_list : since.trust_lists) {
      TRY(auto const list, take_trust_list(tables, keys, signed_list));
      for (auto const& bytes : list.revoked_devices())
        if (auto const id = base::DeviceId::from(bytes)) out.push_back(*id);
    }
    TRY_DO(take_revoked(tables, keys, out));
    TRY(auto const after, revoked_devices(tables, keys));
    opened.revoked = after.size() - before;
  }
  TRY(auto const not_signed, revoked_unsigned(tables, keys));
  opened.revoked_unsigned = not_signed.size();
  TRY(opened.unconfirmed, doubt_enrolments(tables));
  TRY(opened.trust_version, trust_version(tables));
  if constexpr (base::kPlantedBug != base::PlantedBug::kRemembersBackups) TRY_DO(tables.durability.forget_backups());
  TRY_DO(open_epoch(tables, now_ms, since.epoch));
  TRY(opened.epoch, centre_epoch(tables));
  return opened;
}

std::uint64_t noted_epoch(std::filesystem::path const& folder) {
  std::uint64_t epoch = 0;
  auto const text = base::read_file(folder / kEpochFile, kMostNoteBytes);
  if (text.ok()) std::from_chars(text->data(), text->data() + text->size(), epoch);
  return epoch;
}

base::Done note_epoch(std::filesystem::path const& folder, std::uint64_t epoch) {
  if (noted_epoch(folder) >= epoch) return {};
  return base::write_file(folder / kEpochFile, std::to_string(epoch) + '\n', base::FileAccess::kOwnerOnly);
}

}  // namespace dga::centre
