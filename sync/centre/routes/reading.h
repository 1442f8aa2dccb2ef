#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "shared/base/bytes.h"
#include "shared/base/result.h"
#include "sync/centre/http.h"

namespace dga::centre {

// What is read from an address or a JSON body; everything else is refused by name.

// Usage "http.number" for anything but 1 .. 2^63-1.
[[nodiscard]] base::Result<std::uint64_t> class_number(std::string_view part);
// Usage "http.id" unless it is 32 hexadecimal digits.
[[nodiscard]] base::Result<base::LogId> log_in(std::string_view part);
[[nodiscard]] base::Result<base::DeviceId> device_in(std::string_view part);

// An object and nothing else. Usage "http.json".
[[nodiscard]] base::Result<nlohmann::json> json_object(std::string_view body);
// Usage "http.field" when it is missing or of another kind.
[[nodiscard]] base::Result<std::string> text_field(nlohmann::json const& object, char const* name);
[[nodiscard]] base::Result<std::optional<std::string>> optional_text_field(nlohmann::json const& object,
                                                                           char const* name);
[[nodiscard]] base::Result<std::uint64_t> number_field(nlohmann::json const& object, char const* name);

}  // namespace dga::centre
