#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace dga::base {

// The program's own diary on standard error. An event and its fields; never a person's data, a scan, a key.
// Thread: any.
enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

void set_up_logging(LogFormat format, LogLevel least);
// log(LogLevel::kInfo, "batch.acknowledged", {{"through", "412"}});
void log(LogLevel level, std::string_view event, LogFields fields = {});

}  // namespace dga::base
