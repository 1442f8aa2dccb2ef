#pragma once

#include <nlohmann/json_fwd.hpp>

#include "shared/base/error.h"
#include "shared/base/result.h"
#include "sync/centre/http.h"

namespace dga::centre {

// JSON in one line, keys in the order they were put in.
[[nodiscard]] Response json_answer(nlohmann::ordered_json const& value, int status = 200);
// A protocol message as it is.
[[nodiscard]] Response octets_answer(base::Bytes bytes, int status = 200);
[[nodiscard]] Response text_answer(base::Bytes text, std::string content_type, int status = 200);
[[nodiscard]] Response empty_answer(int status);

// {"error":{"code","fault","what","next"}} with the status that fits the fault; 503 asks to come back.
[[nodiscard]] Response error_answer(base::Error const& error);
[[nodiscard]] Response error_answer(base::Error const& error, int status);
// An answer, or the error in its place.
[[nodiscard]] Response settled(base::Result<Response> response);
[[nodiscard]] int status_of(base::Error const& error);

}  // namespace dga::centre
