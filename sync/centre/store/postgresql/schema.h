#pragma once

#include "shared/base/result.h"
#include "sync/centre/store/postgresql/session.h"

namespace dga::centre::postgresql {

// Brings the schema "dga" up to date, each numbered step in one transaction and one program at a time (an advisory
// lock). Refused "store.too_new" when it is ahead of this program, "store.not_ours" when the schema "dga" is somebody
// else's, usage "store.encoding" when the database is not in UTF-8.
[[nodiscard]] base::Done migrate(Session& session);

}  // namespace dga::centre::postgresql
