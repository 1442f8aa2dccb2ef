#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

#include "sync/centre/keys.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

// What a restore must know of revoked devices and a database from before cannot: beside it, in the folder, kTrustFile,
// and kRevokedFile for those whom that list does not name.
// Thread: any. Two revocations at once would write the same names, and the older state last: so reading the database
// and writing is one at a time.
class TrustFiles {
 public:
  // Brings both to what the database says now: whoever is revoked stands in one of them, and so does whom they named
  // before. A trust list that is newer here than in the database stays. When it can't be written the old one is whole,
  // and the other file makes up for it. base::write_file's errors where that fails too, the store's.
  [[nodiscard]] base::Done keep(std::filesystem::path const& folder, Store& store, CentreKeys const& keys);

 private:
  std::mutex mutex_;
};

// The SignedTrustList in kTrustFile; nothing where it is not there or not the root's word.
[[nodiscard]] std::optional<base::Bytes> kept_trust_list(std::filesystem::path const& folder, CentreKeys const& keys);
// What kRevokedFile says; empty where it is not there. Damaged "revoked.damaged".
[[nodiscard]] base::Result<std::vector<base::DeviceId>> read_revoked(std::filesystem::path const& folder);

}  // namespace dga::centre
