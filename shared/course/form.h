#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.h"

namespace dga::course {

enum class QuestionKind { kRating5, kRating10, kFaces, kRecommend, kSingleChoice, kMultipleChoice, kText };
// "rating5", "rating10", "faces", "recommend", "single", "multiple", "text".
[[nodiscard]] std::string_view name_of(QuestionKind kind);

struct Choice {
  std::string id, vi, en;
};
struct Question {
  std::string id;
  QuestionKind kind = QuestionKind::kText;
  std::string vi, en;
  std::vector<std::string> only_for;  // session kinds; empty: all
  bool per_skill = false;             // asked once for each skill of the programme, {skill} filled in
  std::vector<Choice> choices;        // of the two choice kinds
};
struct Form {
  std::string id, vi, en;
  bool anonymous = true;
  std::vector<Question> questions;
};

// A form is data, in two languages. Usage "form.invalid" names the question and what is wrong: an unknown kind, a
// missing language, two questions of one id, a choice without choices, or two rating scales in one form (the recommend
// question may end any form).
[[nodiscard]] base::Result<Form> read_form(std::string_view json);

}  // namespace dga::course
