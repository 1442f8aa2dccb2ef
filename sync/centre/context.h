#pragma once

#include <filesystem>
#include <string>

#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "sync/centre/keys.h"
#include "sync/centre/store/store.h"

namespace dga::centre {

class AttendanceProjection;
class Senders;
class TrustFiles;

// What every part of the centre works with; all of it outlives them.
struct Context {
  std::filesystem::path const& folder;
  CentreKeys const& keys;
  Store& store;
  base::Clock const& clock;
  base::Random& random;
  AttendanceProjection& attendance;
  Senders& senders;
  TrustFiles& trust_files;
  std::string const& instance;  // of this program's run
};

}  // namespace dga::centre
