#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/crypto/seal.h"
#include "shared/crypto/secret.h"
#include "shared/crypto/sign.h"

namespace dga::centre {

// What lies in a centre's folder.
inline constexpr char kKeysFile[] = "keys.json";     // 0600
inline constexpr char kRootFile[] = "root.key";      // 0600; belongs in a safe, needed only to sign a trust list
inline constexpr char kTokenFile[] = "admin.token";  // 0600
inline constexpr char kTrustFile[] = "trust.list";   // 0600; the newest trust list that was signed or restored by here
inline constexpr char kRevokedFile[] =
    "revoked.list";                            // 0600; revoked devices that kTrustFile does not name, hex, one a line
inline constexpr char kEpochFile[] = "epoch";  // the highest epoch that was ever open here; outlives the database
inline constexpr char kStoreFile[] = "centre.db";
inline constexpr char kServerFile[] = "server.json";  // 0600; while a server runs: {"address":"http://127.0.0.1:8470",
                                                      // "instance":"..."}; stale where no server answers with that

// The keys the centre works with every day (protocol.md, "Keys"); the root's secret is not among them.
struct CentreKeys {
  crypto::Key32 database;
  std::uint32_t signing_id = 1;
  crypto::SigningKey signing;                     // receipts, packs, device certificates
  std::uint32_t box_id = 1;                       // the one that new kiosks seal to
  std::map<std::uint32_t, crypto::BoxKey> boxes;  // old ones stay for late bundles
  std::uint32_t certificates_id = 1;
  crypto::SigningKey certificates;  // certificates of completion, and nothing else
  crypto::SigningPublic root;
};

[[nodiscard]] CentreKeys draw_keys(crypto::SigningPublic const& root, base::Random& random);
[[nodiscard]] base::Done write_keys(std::filesystem::path const& folder, CentreKeys const& keys);
// Refused "centre.not_found"; damaged "centre.keys_damaged".
[[nodiscard]] base::Result<CentreKeys> read_keys(std::filesystem::path const& folder);

[[nodiscard]] base::Done write_root(std::filesystem::path const& folder, crypto::SigningKey const& root);
// Refused "root.not_here" while it is in its safe; damaged "root.damaged" when it is not the root that kiosks trust.
[[nodiscard]] base::Result<crypto::SigningKey> read_root(std::filesystem::path const& folder,
                                                         crypto::SigningPublic const& expected);

}  // namespace dga::centre
