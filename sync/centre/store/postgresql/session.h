#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/random.h"
#include "shared/base/result.h"
#include "sync/centre/store/postgresql/address.h"
#include "sync/centre/store/postgresql/failure.h"
#include "sync/centre/store/postgresql/values.h"

namespace pqxx {
class result;
}

namespace dga::centre::postgresql {

// What a statement answered; columns from 0. REQUIRES: goes before its session.
class Answer {
 public:
  explicit Answer(pqxx::result const& result);
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::int64_t integer(std::size_t row, int column) const;  // 0 for NULL
  [[nodiscard]] std::uint64_t natural(std::size_t row, int column) const {
    return static_cast<std::uint64_t>(integer(row, column));
  }
  [[nodiscard]] std::uint32_t small(std::size_t row, int column) const {
    return static_cast<std::uint32_t>(integer(row, column));
  }
  [[nodiscard]] std::string text(std::size_t row, int column) const;
  [[nodiscard]] base::Bytes bytes(std::size_t row, int column) const;  // of a bytea
  [[nodiscard]] bool is_null(std::size_t row, int column) const;
  // Octets of a fixed size; all zeros would be wrong data, so another size is damage.
  template <typename FixedBytes>
  [[nodiscard]] base::Result<FixedBytes> fixed(std::size_t row, int column) const {
    auto const read = FixedBytes::from(bytes(row, column));
    if (!read)
      return base::damaged("store.damaged", "the centre's database holds a value of the wrong size",
                           "Restore the last backup and let the kiosks send again");
    return *read;
  }

 private:
  std::shared_ptr<pqxx::result> result_;
};

// How a transaction sees the others.
enum class Isolation { kSerializable, kSnapshot /* repeatable read, read only */ };

// A commit whose answer never came. The pair names the unit of work for good, see Session::settle.
struct Doubt {
  base::Bytes session;
  std::int64_t unit = 0;
};

// One connection. The first failure of a transaction is kept: PostgreSQL refuses all that comes after it.
// Thread: one at a time. Where pqxx, its exceptions and its types end.
class Session {
 public:
  // Error "store.unreachable"; the reason, which names host and user, goes to the log as well.
  [[nodiscard]] static base::Result<std::unique_ptr<Session>> connect(Address const& address, base::Random& random);
  ~Session();

  [[nodiscard]] base::Done begin(Isolation isolation);
  // `statement`: a literal; prepared at its first use.
  [[nodiscard]] base::Result<Answer> run(char const* statement, Values const& values = {});
  // The same where nobody wants rows.
  [[nodiscard]] base::Done change(char const* statement, Values const& values);
  // Several statements at once, without values; outside of begin() and commit() each on its own.
  [[nodiscard]] base::Done script(std::string const& statements);
  // Of a unit that wrote. kLost: nobody knows what became of it; ask doubt() of this session and settle() of another.
  [[nodiscard]] Failure commit_unit();
  void roll_back();

  // Makes this session known to the server, so that its commits can be settled. Before the first begin().
  [[nodiscard]] base::Done introduce();
  [[nodiscard]] Doubt doubt() const;
  // True where the unit was committed, false where it was not and never will be; true only once every standby that
  // PostgreSQL waits for has it, too.
  [[nodiscard]] base::Result<bool> settle(Doubt const& doubt);

  [[nodiscard]] Failure failure() const { return failure_; }
  [[nodiscard]] base::Error error() const { return error_of(failure_, sqlstate_); }
  // The failure is behind us; after roll_back() or outside of a transaction.
  void forget_failure() { failure_ = Failure::kNone; }
  // False once it can only be thrown away.
  [[nodiscard]] bool usable() const;

 private:
  struct Link;
  explicit Session(std::unique_ptr<Link> link, base::Bytes id);
  // Calls `work` and keeps its exception as a failure.
  base::Done guarded(std::function<void()> const& work);

  std::unique_ptr<Link> link_;
  base::Bytes id_;
  std::int64_t unit_ = 0;
  Failure failure_ = Failure::kNone;
  std::string sqlstate_;
};

}  // namespace dga::centre::postgresql
