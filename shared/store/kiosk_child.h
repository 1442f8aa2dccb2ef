#pragma once

// Private to the kiosk's store: how a log begins.
#include <string_view>

#include "shared/store/kiosk_store.h"

namespace dga::store {

// The log's row; its first record is the caller's to append in the same transaction.
[[nodiscard]] base::Done insert_log(Database& database, HeldLog const& log);

// The draft of record 1. A child's names its parent besides.
[[nodiscard]] v1::Record log_opened(LogIdentity const& identity, std::string_view product_version);

}  // namespace dga::store
