#pragma once

#include <map>
#include <string>

#include "shared/base/bytes.h"

namespace dga::centre {

// A request as the endpoint sees it, whichever server read it; or as the command line asks in the same process.
struct Request {
  std::string method;  // "GET", "POST"
  std::string path;    // decoded, without the query
  std::map<std::string, std::string> query;
  std::string content_type;
  std::string bearer;  // of "Authorization: Bearer ...", or empty
  std::string accept_language;
  base::Bytes body;  // at most the route's limit
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  base::Bytes body;
  std::map<std::string, std::string> headers;
};

}  // namespace dga::centre
