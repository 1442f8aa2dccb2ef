#pragma once

#include <string>
#include <string_view>

namespace dga::base {

// What a failure means to whoever asked; programs turn it into their exit code.
enum class Fault {
  kRefused,      // understood and refused, or not found: exit 1
  kUsage,        // the request itself is malformed: exit 2
  kDamaged,      // stored or received data is not what was written: exit 3
  kUnreachable,  // the other side could not be reached: exit 4
  kStorage,      // the disk or the system refused: exit 1
};

// A failure, told so that its reader can act. Never holds a secret or a person's data.
struct Error {
  Fault fault = Fault::kRefused;
  // Stable name, e.g. "store.wrong_key"; screens look up "error.<code>" in their language.
  std::string code;
  // What was tried, on what, and what was found. English, one sentence, no full stop.
  std::string what;
  // What to do next. English, one sentence; may be empty.
  std::string next;
};

[[nodiscard]] int exit_code(Fault fault);

// The same failure, met while looking at `what` (a file's name, say): it stands before what was found.
[[nodiscard]] Error at(std::string_view what, Error error);

// "what: next", for a log or a terminal.
[[nodiscard]] std::string describe(Error const& error);

[[nodiscard]] Error refused(std::string_view code, std::string what, std::string next = {});
[[nodiscard]] Error usage(std::string_view code, std::string what, std::string next = {});
[[nodiscard]] Error damaged(std::string_view code, std::string what, std::string next = {});
[[nodiscard]] Error unreachable(std::string_view code, std::string what, std::string next = {});
[[nodiscard]] Error storage(std::string_view code, std::string what, std::string next = {});

}  // namespace dga::base
