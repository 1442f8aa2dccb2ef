#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sync/centre/api.h"
#include "sync/centre/keys.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

// What a centre is put together from. Centre::open takes it from a folder; the simulator brings disks of its own.
struct CentreParts {
  std::filesystem::path folder;  // where root.key would lie
  CentreKeys keys;
  std::unique_ptr<Store> store;
  std::string admin_token;
};

// `clock` and `random` outlive the centre. Takes up what an older version could not understand. Errors: the store's.
[[nodiscard]] base::Result<std::unique_ptr<Centre>> assemble_centre(CentreParts parts, base::Clock const& clock,
                                                                    base::Random& random);
// What an empty store needs to become a centre's: its owner, an epoch, a trust list. Refused "centre.exists".
[[nodiscard]] base::Done found_centre(Store& store, CentreKeys const& keys, crypto::SigningKey const& root,
                                      std::int64_t now_ms);

}  // namespace dga::centre
