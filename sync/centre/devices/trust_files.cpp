#include "sync/centre/devices/trust_files.h"

#include <optional>
#include <set>
#include <system_error>

#include "shared/base/file.h"
#include "shared/base/log.h"
#include "sync/centre/devices/trust.h"
#include "sync/protocol/certificate.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

constexpr std::size_t kMostBytes = 1024 * 1024;

v1::TrustList list_in(std::filesystem::path const& folder, CentreKeys const& keys) {
  auto const kept = kept_trust_list(folder, keys);
  return kept ? protocol::verify_trust_list(*kept, keys.root).value() : v1::TrustList();
}

}  // namespace

Done TrustFiles::keep(std::filesystem::path const& folder, Store& store, CentreKeys const& keys) {
  std::lock_guard const one_at_a_time(mutex_);
  base::Bytes signed_list;
  std::uint64_t version = 0;
  std::vector<base::DeviceId> revoked;
  TRY_DO(store.read([&](Tables& tables) -> Done {
    TRY(signed_list, trust_list(tables));
    TRY(version, trust_version(tables));
    TRY(revoked, revoked_devices(tables, keys));
    return {};
  }));
  // Whom the folder named already may be unknown to a database that was just put back.
  std::set<base::DeviceId> missing(revoked.begin(), revoked.end());
  auto const list_before = list_in(folder, keys);
  for (auto const& bytes : list_before.revoked_devices())
    if (auto const id = base::DeviceId::from(bytes)) missing.insert(*id);
  // One that can't be read is made anew.
  if (auto const before = read_revoked(folder); before.ok()) missing.insert(before->begin(), before->end());
  auto const write_those = [&](auto const& which) -> Done {
    base::Bytes lines;
    for (auto const& id : missing)
      if (which(id)) lines += id.hex() + '\n';
    if (!lines.empty()) return base::write_file(folder / kRevokedFile, lines, base::FileAccess::kOwnerOnly);
    std::error_code ignored;  // one that stays names nobody who is not revoked
    std::filesystem::remove(folder / kRevokedFile, ignored);
    return {};
  };
  if (list_before.version() < version) {
    // Whom the newer list need not name is in the other file before the older one goes: no crash between them loses
    // any.
    if (list_before.revoked_devices_size() > 0) TRY_DO(write_those([](base::DeviceId const&) { return true; }));
    auto const kept = base::write_file(folder / kTrustFile, signed_list, base::FileAccess::kOwnerOnly);
    if (!kept.ok()) base::log(base::LogLevel::kWarning, "trust.not_kept", {{"code", kept.error().code}});
  }
  // What stands there now, and not what should.
  auto const beside = list_in(folder, keys);
  std::set<base::Bytes> const named(beside.revoked_devices().begin(), beside.revoked_devices().end());
  return write_those([&](base::DeviceId const& id) { return !named.contains(id.bytes()); });
}

std::optional<base::Bytes> kept_trust_list(std::filesystem::path const& folder, CentreKeys const& keys) {
  auto content = base::read_file(folder / kTrustFile, kMostBytes);
  if (!content.ok() || !protocol::verify_trust_list(*content, keys.root).ok()) return std::nullopt;
  return std::move(content).value();
}

Result<std::vector<base::DeviceId>> read_revoked(std::filesystem::path const& folder) {
  std::vector<base::DeviceId> ids;
  auto const file = folder / kRevokedFile;
  std::error_code problem;
  if (!std::filesystem::exists(file, problem)) return ids;
  TRY(auto const content, base::read_file(file, kMostBytes));
  for (std::size_t at = 0; at < content.size();) {
    auto const end = std::min(content.find('\n', at), content.size());
    auto const bytes = base::from_hex(base::ByteView(content).substr(at, end - at));
    auto const id = bytes ? base::DeviceId::from(*bytes) : std::nullopt;
    if (!id)
      return base::damaged("revoked.damaged", file.string() + " can't be read as a list of revoked kiosks",
                           "Each line is a device id; take out what is none, and revoke again whom it cannot name");
    ids.push_back(*id);
    at = end + 1;
  }
  return ids;
}

}  // namespace dga::centre
