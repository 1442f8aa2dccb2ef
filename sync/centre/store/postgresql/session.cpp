#include "sync/centre/store/postgresql/session.h"

#include <fmt/format.h>

#include <exception>
#include <map>
#include <pqxx/pqxx>
#include <utility>

#include "shared/base/log.h"

namespace dga::centre::postgresql {

using base::Done;
using base::Result;

namespace {

// A commit says nothing but that it is done. A warning with it ("canceling wait for synchronous replication") means
// that it is done here and perhaps not on the standby.
class Notices final : public pqxx::errorhandler {
 public:
  explicit Notices(pqxx::connection& connection) : pqxx::errorhandler(connection) {}
  bool operator()(char const*) noexcept override {
    heard = true;
    return false;  // it may quote a row: nothing of it is printed
  }
  bool heard = false;
};

// `jit`: the planner's costs mean nothing while sequential scans are as good as forbidden, and those are forbidden
// because under SERIALIZABLE one locks its whole table against every other writer. `statement_timeout`: one that ends
// the wait for a standby would turn a commit that is not safe into an answer that says it is.
constexpr char kSettings[] =
    "SET synchronous_commit = on; SET search_path = dga; SET enable_seqscan = off; SET jit = off;"
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning";

// The first line, without what a second one may quote.
std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

struct Session::Link {
  explicit Link(std::string const& address) : connection(address), notices(connection), channel(connection) {
    // libpqxx would connect anew by itself, in the middle of what we take for one transaction.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }
  std::string const& prepared(char const* statement) {
    auto const [found, fresh] = names.try_emplace(statement);
    if (fresh) {
      found->second = fmt::format("dga{}", names.size());
      connection.prepare(found->second, statement);
    }
    return found->second;
  }

  pqxx::connection connection;
  Notices notices;
  pqxx::nontransaction channel;  // BEGIN and COMMIT are ours: what is in flight when a connection breaks must be known
  std::map<char const*, std::string> names;
};

Answer::Answer(pqxx::result const& result) : result_(std::make_shared<pqxx::result>(result)) {}

std::size_t Answer::size() const { return static_cast<std::size_t>(result_->size()); }

bool Answer::is_null(std::size_t row, int column) const {
  return (*result_)[static_cast<pqxx::result::size_type>(row)][column].is_null();
}

std::string Answer::text(std::size_t row, int column) const {
  auto const field = (*result_)[static_cast<pqxx::result::size_type>(row)][column];
  return {field.c_str(), field.size()};
}

std::int64_t Answer::integer(std::size_t row, int column) const {
  return std::strtoll((*result_)[static_cast<pqxx::result::size_type>(row)][column].c_str(), nullptr, 10);
}

base::Bytes Answer::bytes(std::size_t row, int column) const {
  auto const field = (*result_)[static_cast<pqxx::result::size_type>(row)][column];
  std::string_view const text(field.c_str(), field.size());
  return text.starts_with("\\x") ? base::from_hex(text.substr(2)).value_or("") : base::Bytes();
}

Result<std::unique_ptr<Session>> Session::connect(Address const& address, base::Random& random) {
  std::string reason;
  try {
    auto link = std::make_unique<Link>(address.connection);
    link->channel.exec(kSettings);
    auto const id = random.draw<base::RequestNonce>();
    return std::unique_ptr<Session>(new Session(std::move(link), id.bytes()));
  } catch (std::exception const& problem) {
    reason = first_line(problem.what());
  }
  base::log(base::LogLevel::kWarning, "store.unreachable", {{"database", address.name}, {"reason", reason}});
  return error_of(Failure::kLost);
}

Session::Session(std::unique_ptr<Link> link, base::Bytes id) : link_(std::move(link)), id_(std::move(id)) {}
Session::~Session() = default;

Done Session::guarded(std::function<void()> const& work) {
  if (failure_ != Failure::kNone) return error();
  sqlstate_.clear();
  try {
    work();
    return {};
  } catch (pqxx::sql_error const& problem) {
    sqlstate_ = problem.sqlstate();
    failure_ = failure_of(sqlstate_);
  } catch (pqxx::statement_completion_unknown const&) {
    failure_ = Failure::kLost;
  } catch (pqxx::transaction_rollback const&) {
    failure_ = Failure::kConflict;  // SQLSTATE class 40, which libpqxx tells by type alone
  } catch (pqxx::broken_connection const&) {
    failure_ = Failure::kLost;
  } catch (std::exception const&) {
    failure_ = Failure::kOther;
  }
  if (!link_->connection.is_open()) failure_ = Failure::kLost;
  return error();
}

Done Session::begin(Isolation isolation) {
  failure_ = Failure::kNone;
  return script(isolation == Isolation::kSerializable ? "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
                                                      : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

Result<Answer> Session::run(char const* statement, Values const& values) {
  pqxx::result result;
  TRY_DO(guarded([&] {
    std::vector<pqxx::binarystring> parameters;
    parameters.reserve(values.encoded().size());
    for (auto const& value : values.encoded()) parameters.emplace_back(value);
    result = link_->channel.exec_prepared(link_->prepared(statement), pqxx::prepare::make_dynamic_params(parameters));
  }));
  return Answer(result);
}

Done Session::change(char const* statement, Values const& values) {
  auto const answered = run(statement, values);
  return answered.ok() ? Done() : Done(answered.error());
}

Done Session::script(std::string const& statements) {
  return guarded([&] { link_->channel.exec(statements); });
}

Done Session::introduce() {
  return change("INSERT INTO sessions (id, unit, checks, pid, at) VALUES ($1, 0, 0, pg_backend_pid(), now())",
                Values().bytes(id_));
}

Doubt Session::doubt() const { return {id_, unit_}; }

Failure Session::commit_unit() {
  ++unit_;
  link_->notices.heard = false;
  static_cast<void>(
      script(fmt::format("UPDATE sessions SET unit = {} WHERE id = '\\x{}'; COMMIT", unit_, base::to_hex(id_))));
  bool const unexplained = failure_ == Failure::kOther && sqlstate_.empty();  // not the server's word
  if (unexplained || link_->notices.heard) failure_ = Failure::kLost;
  return failure_;
}

Result<bool> Session::settle(Doubt const& doubt) {
  // The update waits for a transaction that still holds the row; one that comes to it later finds it changed after its
  // snapshot and is broken off. Its own commit is answered only after all that was committed before it is safe.
  auto const found =
      run("UPDATE sessions SET checks = checks + 1 WHERE id = $1 RETURNING unit", Values().bytes(doubt.session));
  if (!found.ok()) return found.error();
  return found->size() == 1 && found->integer(0, 0) == doubt.unit;
}

void Session::roll_back() {
  bool const lost = failure_ == Failure::kLost;
  failure_ = Failure::kNone;
  if (!lost && !script("ROLLBACK").ok()) failure_ = Failure::kLost;
  if (lost) failure_ = Failure::kLost;
}

bool Session::usable() const { return failure_ == Failure::kNone && link_->connection.is_open(); }

}  // namespace dga::centre::postgresql
