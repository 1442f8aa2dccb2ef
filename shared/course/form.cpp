#include "shared/course/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "shared/text/fold.h"

namespace dga::course {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestFormId = 100;  // as records::validate lets an answer name it

constexpr std::array kKinds{QuestionKind::kRating5,   QuestionKind::kRating10,     QuestionKind::kFaces,
                            QuestionKind::kRecommend, QuestionKind::kSingleChoice, QuestionKind::kMultipleChoice,
                            QuestionKind::kText};

base::Error invalid(std::string const& where, std::string const& what) {
  return base::usage("form.invalid", fmt::format("the form cannot be used: {} {}", where, what),
                     "Mend the form's file and try again");
}

std::string text_at(json const& object, char const* field) {
  auto const found = object.find(field);
  return found != object.end() && found->is_string() ? text::to_nfc(found->get<std::string>()) : std::string();
}

bool is_scale(QuestionKind kind) {
  return kind == QuestionKind::kRating5 || kind == QuestionKind::kRating10 || kind == QuestionKind::kFaces;
}

base::Result<std::vector<Choice>> read_choices(json const& question, std::string const& where) {
  std::vector<Choice> choices;
  auto const listed = question.find("choices");
  if (listed == question.end() || !listed->is_array() || listed->size() < 2)
    return invalid(where, "needs at least two choices");
  for (auto const& one : *listed) {
    Choice choice{text_at(one, "id"), text_at(one, "vi"), text_at(one, "en")};
    if (choice.id.empty() || choice.vi.empty() || choice.en.empty())
      return invalid(where, "has a choice without id, vi or en");
    choices.push_back(std::move(choice));
  }
  return choices;
}

base::Result<Question> read_question(json const& object, std::size_t place) {
  std::string where = fmt::format("question {}", place + 1);
  if (!object.is_object()) return invalid(where, "is no object");
  Question question;
  question.id = text_at(object, "id");
  question.vi = text_at(object, "vi");
  question.en = text_at(object, "en");
  if (question.id.empty()) return invalid(where, "has no id");
  where += fmt::format(" ({})", question.id);
  if (question.vi.empty() || question.en.empty()) return invalid(where, "lacks its text in vi or en");
  auto const kind = text_at(object, "kind");
  auto const known = std::find_if(kKinds.begin(), kKinds.end(), [&](QuestionKind one) { return name_of(one) == kind; });
  if (known == kKinds.end()) return invalid(where, "is of an unknown kind");
  question.kind = *known;
  if (auto const only = object.find("only_for"); only != object.end()) {
    if (!only->is_array()) return invalid(where, "has an only_for that is no list");
    for (auto const& one : *only) {
      if (!one.is_string()) return invalid(where, "has an only_for that is no list of session kinds");
      question.only_for.push_back(one.get<std::string>());
    }
  }
  if (auto const per = text_at(object, "per"); !per.empty()) {
    if (per != "skill") return invalid(where, "is asked per something unknown");
    question.per_skill = true;
  }
  if (question.kind == QuestionKind::kSingleChoice || question.kind == QuestionKind::kMultipleChoice) {
    TRY(question.choices, read_choices(object, where));
  }
  return question;
}

}  // namespace

std::string_view name_of(QuestionKind kind) {
  switch (kind) {
    case QuestionKind::kRating5: return "rating5";
    case QuestionKind::kRating10: return "rating10";
    case QuestionKind::kFaces: return "faces";
    case QuestionKind::kRecommend: return "recommend";
    case QuestionKind::kSingleChoice: return "single";
    case QuestionKind::kMultipleChoice: return "multiple";
    case QuestionKind::kText: return "text";
  }
  return "";
}

base::Result<Form> read_form(std::string_view text) {
  auto const object = json::parse(text, nullptr, false);
  if (!object.is_object()) return invalid("it", "is no JSON object");
  Form form{text_at(object, "id"), text_at(object, "vi"), text_at(object, "en"), true, {}};
  if (form.id.empty() || form.vi.empty() || form.en.empty()) return invalid("it", "lacks id, vi or en");
  if (form.id.size() > kLongestFormId) return invalid("its id", fmt::format("is longer than {} bytes", kLongestFormId));
  if (auto const anonymous = object.find("anonymous"); anonymous != object.end()) {
    if (!anonymous->is_boolean()) return invalid("anonymous", "is neither true nor false");
    form.anonymous = anonymous->get<bool>();
  }
  auto const questions = object.find("questions");
  if (questions == object.end() || !questions->is_array() || questions->empty())
    return invalid("it", "has no questions");
  std::set<std::string> ids;
  std::optional<QuestionKind> scale;
  for (std::size_t place = 0; place < questions->size(); ++place) {
    TRY(Question question, read_question((*questions)[place], place));
    if (!ids.insert(question.id).second)
      return invalid(fmt::format("question {}", place + 1), "has the id of an earlier one");
    if (is_scale(question.kind)) {
      if (scale && *scale != question.kind)
        return invalid(fmt::format("question {} ({})", place + 1, question.id), "brings a second rating scale");
      scale = question.kind;
    }
    if (question.kind == QuestionKind::kRecommend && place + 1 != questions->size())
      return invalid(fmt::format("question {} ({})", place + 1, question.id),
                     "asks to recommend, which only the last may");
    form.questions.push_back(std::move(question));
  }
  return form;
}

}  // namespace dga::course
