#include "sync/centre/routes/reading.h"

#include <charconv>

#include "shared/text/fold.h"

namespace dga::centre {

using base::Result;

namespace {

template <typename Id>
Result<Id> id_in(std::string_view part, char const* what) {
  auto const bytes = base::from_hex(part);
  auto const id = bytes ? Id::from(*bytes) : std::nullopt;
  if (!id) return base::usage("http.id", std::string("the address names no ") + what, "It has 32 hexadecimal digits");
  return *id;
}

base::Error bad_field(char const* name, char const* kind) {
  return base::usage("http.field", std::string("the field \"") + name + "\" is missing or no " + kind,
                     "Set it in the JSON object");
}

}  // namespace

Result<std::uint64_t> class_number(std::string_view part) {
  std::uint64_t number = 0;
  auto const [end, problem] = std::from_chars(part.data(), part.data() + part.size(), number);
  bool const whole = problem == std::errc() && end == part.data() + part.size();
  if (!whole || number == 0 || number > static_cast<std::uint64_t>(INT64_MAX))
    return base::usage("http.number", "the address names no class", "A class is a number from 1");
  return number;
}

Result<base::LogId> log_in(std::string_view part) { return id_in<base::LogId>(part, "log"); }
Result<base::DeviceId> device_in(std::string_view part) { return id_in<base::DeviceId>(part, "device"); }

Result<nlohmann::json> json_object(std::string_view body) {
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object()) return base::usage("http.json", "the body is no JSON object", "Send one, in UTF-8");
  return parsed;
}

Result<std::string> text_field(nlohmann::json const& object, char const* name) {
  TRY(auto const text, optional_text_field(object, name));
  if (!text) return bad_field(name, "text");
  return *text;
}

Result<std::optional<std::string>> optional_text_field(nlohmann::json const& object, char const* name) {
  auto const found = object.find(name);
  if (found == object.end() || found->is_null()) return std::optional<std::string>{};
  if (!found->is_string()) return bad_field(name, "text");
  return std::optional(found->get<std::string>());
}

Result<std::uint64_t> number_field(nlohmann::json const& object, char const* name) {
  auto const found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return bad_field(name, "number");
  return found->get<std::uint64_t>();
}

}  // namespace dga::centre
