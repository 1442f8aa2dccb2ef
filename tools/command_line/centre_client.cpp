#include "tools/command_line/centre_client.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "shared/base/file.h"
#include "sync/agent/transports/https.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;

// A backup of some gigabytes, or a roster of a hundred thousand people; on this machine nothing is lost on the way.
constexpr auto kPatience = std::chrono::minutes(30);

std::string with_query(std::string const& path, std::map<std::string, std::string> const& query) {
  std::string whole = path;
  char separator = '?';
  for (auto const& [name, value] : query) {
    whole += separator + name + "=";
    for (char c : value) {
      bool const plain =
          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
      whole += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    separator = '&';
  }
  return whole;
}

base::Fault fault_of(std::string_view name, int status) {
  if (name == "usage") return base::Fault::kUsage;
  if (name == "damaged") return base::Fault::kDamaged;
  if (name == "storage") return base::Fault::kStorage;
  if (name == "unreachable") return base::Fault::kUnreachable;
  return status == 400 ? base::Fault::kUsage : base::Fault::kRefused;
}

base::Error error_of(int status, base::ByteView body) {
  auto const answer = ordered_json::parse(body, nullptr, false);
  if (answer.is_object() && answer.contains("error") && answer["error"].is_object()) {
    auto const& error = answer["error"];
    return {fault_of(error.value("fault", ""), status), error.value("code", "centre.refused"),
            error.value("what", fmt::format("the centre answered with status {}", status)), error.value("next", "")};
  }
  return base::refused("centre.refused", fmt::format("the centre answered with status {} and no reason", status),
                       "Check that the address is the centre's");
}

base::Result<std::unique_ptr<agent::Transport>> running_server(std::filesystem::path const& folder) {
  TRY(auto text, base::read_file(folder / "server.json", 4096));
  auto const server = ordered_json::parse(text, nullptr, false);
  if (!server.is_object() || !server.contains("address") || !server["address"].is_string())
    return base::damaged("centre.server_file",
                         fmt::format("{} does not name an address", (folder / "server.json").string()),
                         "Stop the server and start it again");
  auto const address = server["address"].get<std::string>();
  // The file of a server that was killed may name a port that another program has now: it gets neither the
  // coordinator's token nor the question.
  TRY(auto const greeting, agent::https_transport(address));
  TRY(auto const reply, greeting->exchange({"GET", "/healthz", {}, {}, {}}, {}));
  auto const health = ordered_json::parse(reply.body, nullptr, false);
  if (!health.is_object() || health.value("instance", "") != server.value("instance", "-"))
    return base::refused(
        "centre.other_server",
        fmt::format("another program answers at the address that {} names", (folder / "server.json").string()),
        "Start the centre again");
  agent::HttpsOptions options;
  options.patience = kPatience;
  return agent::https_transport(address, options);
}

}  // namespace

base::Result<ordered_json> parse_answer(base::ByteView body) {
  auto answer = ordered_json::parse(body, nullptr, false);
  if (!answer.is_object())
    return base::damaged("centre.answer", "the centre's answer is no JSON object",
                         "Check that the address is the centre's");
  return answer;
}

CentreClient::CentreClient(std::unique_ptr<agent::Transport> transport, std::string token)
    : transport_(std::move(transport)), token_(std::move(token)) {}

base::Result<CentreClient> CentreClient::connect(std::filesystem::path const& folder, base::Clock const& clock,
                                                 base::Random& random) {
  CentreClient client;
  auto opened = centre::Centre::open(folder, clock, random);
  if (opened.ok()) {
    client.centre_ = std::move(opened).value();
    client.token_ = client.centre_->admin_token();
    return client;
  }
  if (opened.error().code != "store.held") return opened.error();
  auto server = running_server(folder);
  if (!server.ok()) return opened.error();  // held, and not by a server: the first reason is the true one
  client.transport_ = std::move(server).value();
  TRY(client.token_, base::read_secret_file(folder / "admin.token"));
  return client;
}

base::Done CentreClient::check_epoch() { return centre_ ? centre_->check_epoch() : base::Done(); }

base::Result<agent::Reply> CentreClient::ask(std::string method, std::string const& path, std::string content_type,
                                             base::Bytes body, std::map<std::string, std::string> query) {
  if (centre_) {
    if (body.size() > centre_->most_body_bytes(method, path))
      return base::usage("centre.too_large", fmt::format("{} bytes are more than the centre takes here", body.size()),
                         "Check that this is the file you meant");
    centre::Request request;
    request.method = std::move(method);
    request.path = path;
    request.query = std::move(query);
    request.content_type = std::move(content_type);
    request.bearer = token_;
    request.body = std::move(body);
    auto answer = centre_->handle(request);
    if (answer.status / 100 != 2) return error_of(answer.status, answer.body);
    auto const header = answer.headers.find("Dga-Bundle");
    return agent::Reply{answer.status,
                        answer.content_type,
                        std::move(answer.body),
                        {},
                        header == answer.headers.end() ? std::string() : header->second};
  }
  TRY(auto reply,
      transport_->exchange(
          {std::move(method), with_query(path, query), std::move(body), std::move(content_type), token_}, {}));
  if (reply.status / 100 != 2) return error_of(reply.status, reply.body);
  return reply;
}

base::Result<base::Bytes> CentreClient::get(std::string const& path, std::map<std::string, std::string> query) {
  TRY(auto reply, ask("GET", path, "", {}, std::move(query)));
  return std::move(reply.body);
}
base::Result<base::Bytes> CentreClient::post(std::string const& path, std::string content_type, base::Bytes body,
                                             std::map<std::string, std::string> query) {
  TRY(auto reply, ask("POST", path, std::move(content_type), std::move(body), std::move(query)));
  return std::move(reply.body);
}
base::Result<CentreClient::BundleAnswer> CentreClient::post_bundle(base::Bytes bundle) {
  TRY(auto reply, ask("POST", "/api/v1/bundles", "application/octet-stream", std::move(bundle), {}));
  BundleAnswer answer{std::move(reply.body), {}};
  std::istringstream words(reply.bundle_header);
  for (std::string word; words >> word;) {
    auto const equals = word.find('=');
    if (equals != word.npos) answer.told[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return answer;
}
base::Result<ordered_json> CentreClient::get_json(std::string const& path, std::map<std::string, std::string> query) {
  TRY(auto body, get(path, std::move(query)));
  return parse_answer(body);
}
base::Result<ordered_json> CentreClient::post_json(std::string const& path, ordered_json const& body,
                                                   std::map<std::string, std::string> query) {
  TRY(auto answer, post(path, "application/json", body.dump(), std::move(query)));
  return parse_answer(answer);
}

void tell_unsigned(nlohmann::ordered_json const& answer) {
  auto const count = answer.value("revoked_unsigned", std::uint64_t{0});
  if (count == 0) return;
  print(
      fmt::format("{} of the revoked kiosks stand in no signed trust list: other kiosks are not told, and a restore "
                  "without this folder's revoked.list lets them in again.\n"
                  "Bring root.key from its safe, revoke one of them once more, and put it back.\n",
                  count));
  // Some of them may be known by their ids alone, since a restore.
  auto const ids = answer.value("unsigned_devices", ordered_json::array());
  if (ids.empty()) print("\"dga kiosk list\" names them.\n");
  for (auto const& id : ids) print(fmt::format("  {}\n", id.get<std::string>()));
}

}  // namespace dga::command_line
