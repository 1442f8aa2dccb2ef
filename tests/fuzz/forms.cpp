// A form of questions.
#include "shared/course/form.h"

#include <set>

#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {

void forms(base::ByteView input) {
  auto const form = course::read_form(input);
  if (!form.ok()) {
    require(form.error().code == "form.invalid", "a form is refused by its one code");
    return;
  }
  std::set<std::string> ids;
  for (auto const& question : form->questions) {
    require(ids.insert(question.id).second, "no two questions have one id");
    require(!question.vi.empty() && !question.en.empty(), "a question speaks both languages");
    bool const chooses =
        question.kind == course::QuestionKind::kSingleChoice || question.kind == course::QuestionKind::kMultipleChoice;
    require(!chooses || !question.choices.empty(), "a choice has choices");
  }
}

}  // namespace dga::fuzz
