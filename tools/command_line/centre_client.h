#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "shared/base/clock.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "sync/agent/transport.h"
#include "sync/centre/api.h"

namespace dga::command_line {

// A coordinator's request to the centre of a folder: answered in this process, or by the server that has the folder
// open (found by its server.json, on loopback). Either way the same code answers.
class CentreClient {
 public:
  [[nodiscard]] static base::Result<CentreClient> connect(std::filesystem::path const& folder, base::Clock const& clock,
                                                          base::Random& random);
  // The centre that this very process serves over HTTP; the token is the folder's.
  CentreClient(std::unique_ptr<agent::Transport> transport, std::string token);

  // The body of a 2xx answer. Any other answer becomes the error that its body tells.
  [[nodiscard]] base::Result<base::Bytes> get(std::string const& path, std::map<std::string, std::string> query = {});
  [[nodiscard]] base::Result<base::Bytes> post(std::string const& path, std::string content_type, base::Bytes body,
                                               std::map<std::string, std::string> query = {});
  // A courier's file in; out come its receipts, and the centre's header on it (sync/centre/ingest/bundles.h).
  struct BundleAnswer {
    base::Bytes receipts;
    std::map<std::string, std::string> told;  // "gave_up": "0", ...
  };
  // Refused "centre.older_database" where the folder is read in process, as `dga-centre` refuses to serve it.
  [[nodiscard]] base::Done check_epoch();
  [[nodiscard]] base::Result<BundleAnswer> post_bundle(base::Bytes bundle);
  // The same with JSON in and out. Damaged "centre.answer" for an answer that is no JSON.
  [[nodiscard]] base::Result<nlohmann::ordered_json> get_json(std::string const& path,
                                                              std::map<std::string, std::string> query = {});
  [[nodiscard]] base::Result<nlohmann::ordered_json> post_json(std::string const& path,
                                                               nlohmann::ordered_json const& body,
                                                               std::map<std::string, std::string> query = {});

 private:
  CentreClient() = default;
  [[nodiscard]] base::Result<agent::Reply> ask(std::string method, std::string const& path, std::string content_type,
                                               base::Bytes body, std::map<std::string, std::string> query);

  std::unique_ptr<centre::Centre> centre_;       // in this process, or
  std::unique_ptr<agent::Transport> transport_;  // to the one that has it open
  std::string token_;
};

// The JSON of an answer; damaged "centre.answer" when it is none.
[[nodiscard]] base::Result<nlohmann::ordered_json> parse_answer(base::ByteView body);

// Where an answer says so (`revoked_unsigned`): how many revoked kiosks no signed trust list names, and what to do.
void tell_unsigned(nlohmann::ordered_json const& answer);

}  // namespace dga::command_line
