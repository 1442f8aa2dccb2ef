#include "sync/centre/answers.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace dga::centre {
namespace {

struct CodeStatus {
  std::string_view code;
  int status;
};
// Refusals that have a status of their own; every other refusal is 403.
constexpr std::array kStatuses{
    CodeStatus{"http.no_route", 404},
    CodeStatus{"http.method", 405},
    CodeStatus{"http.too_large", 413},
    CodeStatus{"batch.too_large", 413},
    CodeStatus{"http.content_type", 415},
    CodeStatus{"http.token", 401},
    CodeStatus{"class.not_found", 404},
    CodeStatus{"device.not_found", 404},
    CodeStatus{"device.no_pack", 404},
    CodeStatus{"batch.unknown_device", 404},
    CodeStatus{"head.unknown_device", 404},
    CodeStatus{"packquery.unknown_device", 404},
    CodeStatus{"enrolment.not_found", 404},
    CodeStatus{"form.not_found", 404},
    CodeStatus{"class.exists", 409},
    CodeStatus{"class.session_gone", 409},
    CodeStatus{"class.group_gone", 409},
    CodeStatus{"class.rehearsal", 409},
    CodeStatus{"enrolment.used", 409},
    CodeStatus{"enrolment.expired", 409},
    CodeStatus{"backup.other_epoch", 409},
    // The centre's own troubles: whoever asked did nothing wrong and comes again.
    CodeStatus{"store.full", 503},
    CodeStatus{"store.busy", 503},
    CodeStatus{"store.held", 503},
    CodeStatus{"http.busy", 503},
    CodeStatus{"http.too_slow", 503},
    CodeStatus{"http.stopping", 503},
};

std::string_view name_of(base::Fault fault) {
  switch (fault) {
    case base::Fault::kRefused: return "refused";
    case base::Fault::kUsage: return "usage";
    case base::Fault::kDamaged: return "damaged";
    case base::Fault::kUnreachable: return "unreachable";
    case base::Fault::kStorage: return "storage";
  }
  return "storage";
}

}  // namespace

int status_of(base::Error const& error) {
  auto const known =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](auto const& each) { return each.code == error.code; });
  if (known != kStatuses.end()) return known->status;
  switch (error.fault) {
    case base::Fault::kRefused: return 403;
    case base::Fault::kUsage: return 400;
    case base::Fault::kDamaged: return 422;
    case base::Fault::kUnreachable: return 503;
    case base::Fault::kStorage: return 503;
  }
  return 503;
}

Response json_answer(nlohmann::ordered_json const& value, int status) {
  Response response;
  response.status = status;
  // A name with broken UTF-8 must not cost the whole list.
  response.body = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

Response octets_answer(base::Bytes bytes, int status) {
  return text_answer(std::move(bytes), "application/octet-stream", status);
}

Response text_answer(base::Bytes text, std::string content_type, int status) {
  Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(text);
  return response;
}

Response empty_answer(int status) {
  Response response;
  response.status = status;
  response.content_type.clear();
  return response;
}

Response error_answer(base::Error const& error) { return error_answer(error, status_of(error)); }

Response settled(base::Result<Response> response) {
  return response.ok() ? std::move(response).value() : error_answer(response.error());
}

Response error_answer(base::Error const& error, int status) {
  nlohmann::ordered_json const value{
      {"error", {{"code", error.code}, {"fault", name_of(error.fault)}, {"what", error.what}, {"next", error.next}}}};
  auto response = json_answer(value, status);
  if (status == 503) response.headers["Retry-After"] = "2";
  if (status == 401) response.headers["WWW-Authenticate"] = "Bearer";
  return response;
}

}  // namespace dga::centre
