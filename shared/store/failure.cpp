// What went wrong, in words that tell whoever reads them what to do.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "shared/store/connection.h"
#include "shared/store/memory.h"
#include "shared/store/sodium_vfs/format.h"

namespace dga::store {
namespace {

using sodium_vfs::Kind;
using sodium_vfs::Trouble;

std::string piece(sodium_vfs::Failure const& failure, std::string const& path) {
  switch (failure.kind) {
    case Kind::kPage: return fmt::format("page {} of {}", failure.number, path);
    case Kind::kWalHeader: return fmt::format("the header of {}-wal", path);
    case Kind::kWalFrame: return fmt::format("frame {} of {}-wal", failure.number, path);
    case Kind::kJournal: return fmt::format("extent {} of {}-journal", failure.number, path);
    case Kind::kSuperJournal: return fmt::format("extent {} of the super-journal of {}", failure.number, path);
    case Kind::kTemporary: return fmt::format("block {} of a temporary file", failure.number);
  }
  return path;
}

constexpr char const* kSalvage =
    "Keep the folder as it is: \"dga store check\" names what is damaged, \"dga store salvage\" brings a kiosk's "
    "records out";

base::Error explain(sodium_vfs::Failure const& failure, std::string_view doing, std::string const& path) {
  switch (failure.trouble) {
    case Trouble::kDamaged:
      return base::damaged("store.damaged",
                           fmt::format("could not {}: {} is not what was written there", doing, piece(failure, path)),
                           kSalvage);
    case Trouble::kMissing:
      return base::damaged(
          "store.damaged",
          fmt::format("could not {}: {} is missing, the file was cut short", doing, piece(failure, path)), kSalvage);
    case Trouble::kWrongKey:
      return base::refused("store.wrong_key", fmt::format("could not {}: the key does not open {}", doing, path),
                           "Check that the key and the database belong to the same kiosk or centre");
    case Trouble::kNotOurs:
      return base::refused("store.not_ours", fmt::format("could not {}: {} is not an encrypted database", doing, path),
                           "Check the path");
    case Trouble::kReserve:
      return base::refused("store.not_ours",
                           fmt::format("could not {}: the pages of {} have no room for their seals", doing, path),
                           "Use a database that this program made");
    case Trouble::kVersion:
      return base::refused("store.too_new",
                           fmt::format("could not {}: {} is of format {}, this program knows format {}", doing, path,
                                       failure.number, sodium_vfs::kFormatVersion),
                           "Use the newer program that wrote it");
    case Trouble::kHeld:
      return base::refused("store.held", fmt::format("could not {}: another program has {} open", doing, path),
                           "Close the other program, then try again");
  }
  return base::storage("store.failed", fmt::format("could not {}", doing));
}

}  // namespace

base::Error Connection::failure(std::string_view doing) const {
  if (!handle) return no_memory();  // SQLite had none even for its handle
  int const extended = sqlite3_extended_errcode(handle);
  int const primary = extended & 0xff;
  if (primary == SQLITE_NOMEM || extended == SQLITE_IOERR_NOMEM) return no_memory();
  auto const noted = mount->last_failure();
  // Only these three are ever left with a note; an older note says nothing about another failure.
  if (noted && (extended == SQLITE_IOERR_DATA || primary == SQLITE_NOTADB || (primary == SQLITE_BUSY && !opened)))
    return explain(*noted, doing, path);
  int system = sqlite3_system_errno(handle);
  if (system == 0 && primary == SQLITE_IOERR) system = mount->last_system_error();
  std::string const why = sqlite3_errmsg(handle);
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (!opened) return explain({Trouble::kHeld}, doing, path);
      return base::refused("store.busy",
                           fmt::format("could not {}: another task of this program is writing to {}", doing, path),
                           "Try again in a moment");
    case SQLITE_NOTADB: return explain({Trouble::kNotOurs}, doing, path);
    case SQLITE_CORRUPT:
      return base::damaged("store.damaged", fmt::format("could not {}: {} contradicts itself ({})", doing, path, why),
                           kSalvage);
    case SQLITE_FULL:
      return base::refused("store.full", fmt::format("could not {}: no space is left for {}", doing, path),
                           "Free space on the disk; nothing that was recorded is lost");
    case SQLITE_CANTOPEN:
      if (system == ENOENT)
        return base::refused("store.not_found", fmt::format("could not {}: there is no {}", doing, path),
                             "Check the path");
      break;
    default: break;
  }
  if ((primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && (system == ENOSPC || system == EDQUOT))
    return base::refused("store.full", fmt::format("could not {}: no space is left for {}", doing, path),
                         "Free space on the disk; nothing that was recorded is lost");
  return base::storage("store.failed",
                       fmt::format("could not {}: {} ({}{}{})", doing, why, path, system ? ", " : "",
                                   system ? std::strerror(system) : ""),
                       "Check the disk and the folder's rights");
}

}  // namespace dga::store
