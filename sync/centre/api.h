#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "sync/centre/http.h"

namespace dga::centre {

// The centre: its keys, its store, and an answer to every request. The command line and the server both speak to it so;
// there is one code path for preparing a class, whoever asks.
// Thread: any; calls are answered one after another where they write.
class Centre {
 public:
  // A new centre in an empty or missing folder: keys in 0600 files, an empty database. Refused "centre.exists".
  // `database`: as database.h has it, kept in the folder; empty: DIR/centre.db.
  [[nodiscard]] static base::Done init(std::filesystem::path const& folder, base::Clock const& clock,
                                       base::Random& random, std::string_view database = {});
  // `database`: instead of the one the folder names. `clock` and `random` outlive the centre.
  // Refused "centre.not_found", "centre.other_database", "store.held" when a server has the file open; unreachable
  // "store.unreachable".
  [[nodiscard]] static base::Result<std::unique_ptr<Centre>> open(std::filesystem::path const& folder,
                                                                  base::Clock const& clock, base::Random& random,
                                                                  std::string_view database = {});
  virtual ~Centre() = default;

  // Whether kiosks may be served from this database: refused "centre.older_database" where its folder was told of a
  // higher epoch. It was put back to an earlier state, and kiosks would rely on what it said before.
  [[nodiscard]] virtual base::Done check_epoch() = 0;
  // Where a device's request comes in ("device") or the coordinator's own ("bearer" holds the admin token).
  [[nodiscard]] virtual Response handle(Request const& request) = 0;
  // How large a body this route takes; the server refuses more with 413 without keeping it.
  [[nodiscard]] virtual std::size_t most_body_bytes(std::string_view method, std::string_view path) const = 0;
  // What the coordinator's commands show as bearer; random, in DIR/admin.token (0600).
  [[nodiscard]] virtual std::string_view admin_token() const = 0;
  // Random, another one each time a centre is opened; /healthz tells it, so that who finds an address in a file knows
  // whether the same program still answers there.
  [[nodiscard]] virtual std::string_view instance() const = 0;
};

}  // namespace dga::centre
