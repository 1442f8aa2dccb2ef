#pragma once

#include <string>
#include <vector>

#include "shared/course/form.h"
#include "shared/records/record.pb.h"

namespace dga::course {

// What an answer says under the form that it was given to.
struct UnderstoodAnswer {
  std::size_t question = 0;  // its place in the form
  std::string skill;         // of a question that is asked for each skill: what follows "question/" in the answer
  v1::Answer answer;         // as it came: the number, the choices or the text that the question's kind asks for
};

enum class NotUnderstood {
  kUnknownQuestion,  // the form has no such question
  kOtherKind,        // says something that the question does not ask for, or nothing at all
  kOutOfRange,       // a number beyond the question's scale
  kUnknownChoice,    // a choice that the question does not offer, or one twice
};
// "unknown_question", "other_kind", "out_of_range", "unknown_choice".
[[nodiscard]] std::string_view name_of(NotUnderstood why);

// Not understood yet, that is: another version of the form, or of this program, may make sense of it.
struct KeptAnswer {
  v1::Answer answer;  // as it came
  NotUnderstood why = NotUnderstood::kUnknownQuestion;
};

struct Interpretation {
  std::vector<UnderstoodAnswer> understood;  // by the form's order, a question's skills in the order they came
  std::vector<KeptAnswer> not_understood;    // in the order they came
};
// Answers by the form whose hash their record carries. Every answer is in one of the two lists. A question that a
// person skipped is understood as such. Scales: rating5 1..5, rating10 1..10, faces 1..4, recommend 0..10.
[[nodiscard]] Interpretation interpret(Form const& form, std::vector<v1::Answer> const& answers);

}  // namespace dga::course
