// What the kiosk was told: its pack and its settings.
#include <new>

#include <fmt/format.h>

#include "shared/store/kiosk_store.h"
#include "shared/store/memory.h"

namespace dga::store {
namespace {

// By so much a new pack may be larger than the old one where the room is kept for check-ins: a day's news of who came.
constexpr std::uint64_t kSmallGrowth = 64 * 1024;

}  // namespace

base::Result<std::optional<base::Bytes>> KioskStore::pack() try {
  TRY(auto query, database_.prepare("SELECT class_pack FROM pack"));
  TRY(bool const found, query.step());
  return found ? std::optional(base::Bytes(query.bytes(0))) : std::nullopt;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<std::uint64_t> KioskStore::pack_version() try {
  TRY(auto query, database_.prepare("SELECT version FROM pack"));
  TRY(bool const found, query.step());
  return found ? query.natural(0) : 0;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::keep_pack(std::uint64_t version, base::ByteView class_pack) try {
  return durably([&]() -> base::Done {
    {
      TRY(auto query, database_.prepare("SELECT version, length(class_pack) FROM pack"));
      TRY(bool const found, query.step());
      if (found && version <= query.natural(0))
        return base::refused("pack.older",
                             fmt::format("pack {} is not newer than pack {}, which is kept", version, query.natural(0)),
                             "Ask the centre for its latest pack");
      if (thrift_ == Thrift::kCheckInsFirst && class_pack.size() > (found ? query.natural(1) : 0) + kSmallGrowth)
        return base::refused("store.shedding",
                             fmt::format("pack {} of {} bytes would take the room that is kept for check-ins", version,
                                         class_pack.size()),
                             "Free space on the disk");
    }
    TRY(auto put, database_.prepare("INSERT OR REPLACE INTO pack (only, version, class_pack) VALUES (1, ?, ?)"));
    put.bind(1, version).bind_bytes(2, class_pack);
    return put.run();
  });
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Result<std::optional<base::Bytes>> KioskStore::setting(std::string_view name) try {
  TRY(auto query, database_.prepare("SELECT value FROM setting WHERE name = ?"));
  query.bind_text(1, name);
  TRY(bool const found, query.step());
  return found ? std::optional(base::Bytes(query.bytes(0))) : std::nullopt;
} catch (std::bad_alloc const&) {
  return no_memory();
}

base::Done KioskStore::put_setting(std::string_view name, base::ByteView value) try {
  return durably([&]() -> base::Done {
    TRY(auto put, database_.prepare("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)"));
    put.bind_text(1, name).bind_bytes(2, value);
    return put.run();
  });
} catch (std::bad_alloc const&) {
  return no_memory();
}

}  // namespace dga::store
