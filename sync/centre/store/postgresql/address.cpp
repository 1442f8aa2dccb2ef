#include "sync/centre/store/postgresql/address.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>

namespace dga::centre::postgresql {

using base::Result;

namespace {

using Settings = std::map<std::string, std::string>;

// A server that hangs must not hold a kiosk's request for longer than the kiosk waits; seconds, and for the last in
// milliseconds.
constexpr std::pair<char const*, char const*> kLimits[] = {
    {"connect_timeout", "5"},    {"keepalives_idle", "10"},          {"keepalives_interval", "5"},
    {"keepalives_count", "3"},   {"tcp_user_timeout", "20000"},      {"target_session_attrs", "read-write"},
    {"client_encoding", "UTF8"}, {"application_name", "dga-centre"},
};

base::Error malformed() {
  return base::usage("database.address", "the database's address is no PostgreSQL URL that libpq understands",
                     "Write it as postgresql://user@host:5432/database");
}

Result<Settings> settings_in(std::string const& url) {
  using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
  char* problem = nullptr;  // may quote the password
  Options const options(PQconninfoParse(url.c_str(), &problem), &PQconninfoFree);
  if (problem != nullptr) PQfreemem(problem);
  if (!options) return malformed();
  Settings found;
  for (auto const* each = options.get(); each->keyword != nullptr; ++each)
    if (each->val != nullptr) found[each->keyword] = each->val;
  return found;
}

// As libpq decides: the URL's, else the environment's.
std::string effective(Settings const& settings, char const* name, char const* variable) {
  auto const found = settings.find(name);
  if (found != settings.end() && !found->second.empty()) return found->second;
  auto const* set = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing here sets any
  return set != nullptr ? set : "";
}

bool on_this_machine(std::string const& host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
         host.starts_with("127.");
}

bool all_on_this_machine(std::string const& hosts) {
  std::istringstream list(hosts);
  for (std::string host; std::getline(list, host, ',');)
    if (!on_this_machine(host)) return false;
  return true;
}

std::string quoted(std::string const& value) {
  std::string text = "'";
  for (char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

}  // namespace

Result<Address> read_address(std::string_view url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) return malformed();
  TRY(auto settings, settings_in(std::string(url)));
  if (settings.contains("password") || settings.contains("sslpassword"))
    return base::usage("database.password", "the database's address holds a password, which every user could read",
                       "Leave it out and put it into a file of mode 0600 that ?passfile= or PGPASSFILE names");
  if (!settings.contains("dbname"))
    return base::usage("database.address", "the database's address names no database",
                       "Write it as postgresql://user@host:5432/database");
  auto const host = effective(settings, "host", "PGHOST"), address = effective(settings, "hostaddr", "PGHOSTADDR");
  bool const service = !effective(settings, "service", "PGSERVICE").empty();  // may say any host
  if (service || !all_on_this_machine(host) || !all_on_this_machine(address)) {
    auto& mode = settings["sslmode"];
    if (!mode.empty() && mode != "verify-full")
      return base::usage("database.tls", "the database is on another machine and sslmode is less than verify-full",
                         "Leave sslmode out, and name the server's certificate authority with ?sslrootcert=");
    mode = "verify-full";
  }
  for (auto const& [name, value] : kLimits) settings.try_emplace(name, value);
  Address read;
  for (auto const& [name, value] : settings) read.connection += name + "=" + quoted(value) + " ";
  read.name = (host.empty() ? address : host) + "/" + settings["dbname"];
  return read;
}

}  // namespace dga::centre::postgresql
