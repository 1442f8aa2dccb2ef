#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kiosk/flow/state.h"
#include "kiosk/ui/lang.h"

namespace dga::test {

// A state of the kiosk with a name for files and messages: "result-late".
struct NamedState {
  std::string name;
  flow::State state;
};

// The demo class with twenty invented people, some with long names and agencies. Not a rehearsal when `rehearsal` is
// false.
[[nodiscard]] std::shared_ptr<flow::ClassView const> class_view(bool rehearsal = true);

// Every screen in its telling states: empty and full, in order and in trouble.
[[nodiscard]] std::vector<NamedState> all_states();
[[nodiscard]] flow::State const& state_named(std::vector<NamedState> const& states, std::string const& name);

[[nodiscard]] ui::Lang words_in(flow::Language language);

}  // namespace dga::test
