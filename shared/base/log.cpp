#include "shared/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <nlohmann/json.hpp>

namespace dga::base {
namespace {

// Set once by main before any thread starts; atomic so that a test may set it too.
std::atomic<LogFormat> format_in_use{LogFormat::kText};

spdlog::logger& logger() {
  static auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("dga", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made->set_level(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

// One event is one line: what a path or another side's answer brings along must not look like a line of ours.
std::string on_one_line(std::string text) {
  for (char& c : text)
    if ((c >= 0 && c < ' ') || c == 0x7f) c = '?';
  return text;
}

}  // namespace

void set_up_logging(LogFormat format, LogLevel least) {
  format_in_use = format;
  logger().set_level(level_of(least));
  logger().set_pattern(format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                  : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                       spdlog::pattern_time_type::utc);
}

void log(LogLevel level, std::string_view event, LogFields fields) {
  std::string line;
  if (format_in_use == LogFormat::kJson) {
    nlohmann::ordered_json object{{"event", event}};
    for (auto const& [name, value] : fields) object[std::string(name)] = value;
    auto text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    line = text.substr(1, text.size() - 2);  // the pattern brings the braces
  } else {
    line = event;
    for (auto const& [name, value] : fields) line.append(" ").append(name).append("=").append(on_one_line(value));
  }
  logger().log(level_of(level), "{}", line);
}

}  // namespace dga::base
