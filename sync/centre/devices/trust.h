#pragma once

#include <span>
#include <vector>

#include "sync/centre/context.h"
#include "sync/protocol/device.pb.h"

namespace dga::centre {

// The SignedTrustList in force, as kiosks get it in their packs.
[[nodiscard]] base::Result<base::Bytes> trust_list(Tables& tables);

// Signs a list of the centre's keys and of every revoked device, under a version that never falls: max(previous + 1,
// unix seconds), so that a database restored from an old backup does not fall behind either.
[[nodiscard]] base::Result<std::uint64_t> renew_trust_list(Tables& tables, CentreKeys const& keys,
                                                           crypto::SigningKey const& root, std::int64_t now_ms);

[[nodiscard]] base::Result<std::uint64_t> trust_version(Tables& tables);

// Puts a SignedTrustList that the root signed in force, such as one from after the backup that was restored; one older
// than the list in force is left out. Gives what it says: whom it names is for take_revoked() to keep out, since a
// newer list need not name them. Refused "trust.malformed", "trust.bad_signature".
[[nodiscard]] base::Result<v1::TrustList> take_trust_list(Tables& tables, CentreKeys const& keys,
                                                          base::ByteView signed_list);
// Whether the list in force revokes a device, or kRevokedFile did at a restore: one that this database has never seen,
// too.
[[nodiscard]] base::Result<bool> revoked_by_list(Tables& tables, CentreKeys const& keys, base::DeviceId const& device);

// Every device that is revoked, by id: those, too, that this database knows by a list alone.
[[nodiscard]] base::Result<std::vector<base::DeviceId>> revoked_devices(Tables& tables, CentreKeys const& keys);
// Of these, those that no signed list names: root.key was in its safe. A database that is put back to an earlier state
// knows nothing of them, so they also stand in a file beside it (TrustFiles), for restores.
[[nodiscard]] base::Result<std::vector<base::DeviceId>> revoked_unsigned(Tables& tables, CentreKeys const& keys);
// Revokes them, those too that this database has never seen. Gives how many were not revoked here before.
[[nodiscard]] base::Result<std::size_t> take_revoked(Tables& tables, CentreKeys const& keys,
                                                     std::span<base::DeviceId const> devices);

struct Revoked {
  std::optional<std::uint64_t> trust_version;  // nothing while the root's key is in its safe: kiosks are not told yet
  std::size_t unsigned_devices = 0;            // of all that are revoked, those that no signed list names
  bool kept_beside = false;                    // in the folder, too: else a restore could let it in again
};
// From now on what the device sends goes into quarantine and it gets no packs. Again: the same, and the trust list is
// signed and kept beside the database (TrustFiles) if it was not; so too for one that is revoked and whose row a
// restore has lost. Refused "device.not_found"; damaged "root.damaged".
[[nodiscard]] base::Result<Revoked> revoke_device(Context const& context, base::DeviceId const& device);

}  // namespace dga::centre
