#include "shared/crypto/chain.h"

#include <cstring>

#include "shared/crypto/hash.h"

namespace dga::crypto {
namespace {

template <typename Id>
Id first_half(base::Digest const& digest) {
  Id id;
  static_assert(Id::kSize <= base::Digest::kSize);
  std::memcpy(id.data(), digest.data(), Id::kSize);
  return id;
}

constexpr auto kLogLabel = label("dga-log-v1");

}  // namespace

base::DeviceId device_id(SigningPublic const& key) {
  return first_half<base::DeviceId>(hash({label("dga-device-v1"), key.view()}));
}

base::LogId log_id(base::DeviceId const& device, base::LogSalt const& salt) {
  return first_half<base::LogId>(hash({label("dga-logid-v1"), device.view(), salt.view()}));
}

base::Digest chain_start(base::LogId const& log) { return hash({kLogLabel, log.view()}); }

base::Digest chain_next(base::Digest const& previous, std::uint64_t seq, base::Digest const& record_digest) {
  return hash({kLogLabel, previous.view(), base::le64(seq), record_digest.view()});
}

}  // namespace dga::crypto
