#include "shared/course/answers.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

namespace dga::course {
namespace {

struct Scale {
  std::int64_t least = 0, most = 0;
};
std::optional<Scale> scale_of(QuestionKind kind) {
  switch (kind) {
    case QuestionKind::kRating5: return Scale{1, 5};
    case QuestionKind::kRating10: return Scale{1, 10};
    case QuestionKind::kFaces: return Scale{1, 4};
    case QuestionKind::kRecommend: return Scale{0, 10};
    case QuestionKind::kSingleChoice:
    case QuestionKind::kMultipleChoice:
    case QuestionKind::kText: return std::nullopt;
  }
  return std::nullopt;
}

// "level/data" answers the question "level" for the skill "data".
struct Asked {
  std::size_t question = 0;
  std::string skill;
};
std::optional<Asked> find_question(Form const& form, std::string const& named) {
  for (std::size_t at = 0; at < form.questions.size(); ++at) {
    auto const& question = form.questions[at];
    if (question.id == named) return Asked{at, {}};
    if (question.per_skill && named.size() > question.id.size() + 1 && named.starts_with(question.id + "/"))
      return Asked{at, named.substr(question.id.size() + 1)};
  }
  return std::nullopt;
}

std::optional<NotUnderstood> doubt_choices(Question const& question, v1::Answer const& answer) {
  std::set<std::string_view> seen;
  for (auto const& chosen : answer.choices()) {
    bool const offered = std::any_of(question.choices.begin(), question.choices.end(),
                                     [&](Choice const& choice) { return choice.id == chosen; });
    if (!offered || !seen.insert(chosen).second) return NotUnderstood::kUnknownChoice;
  }
  return std::nullopt;
}

// Why the question cannot be answered so; nothing where it can.
std::optional<NotUnderstood> doubt(Question const& question, v1::Answer const& answer) {
  bool const chooses = answer.choices_size() > 0, writes = !answer.text().empty(), rates = answer.number() != 0;
  if (answer.skipped()) return chooses || writes || rates ? std::optional(NotUnderstood::kOtherKind) : std::nullopt;
  if (auto const scale = scale_of(question.kind)) {
    if (chooses || writes) return NotUnderstood::kOtherKind;
    bool const within = answer.number() >= scale->least && answer.number() <= scale->most;
    return within ? std::nullopt : std::optional(NotUnderstood::kOutOfRange);
  }
  if (question.kind == QuestionKind::kText)
    return writes && !chooses && !rates ? std::nullopt : std::optional(NotUnderstood::kOtherKind);
  bool const too_many = question.kind == QuestionKind::kSingleChoice && answer.choices_size() > 1;
  if (!chooses || writes || rates || too_many) return NotUnderstood::kOtherKind;
  return doubt_choices(question, answer);
}

}  // namespace

std::string_view name_of(NotUnderstood why) {
  switch (why) {
    case NotUnderstood::kUnknownQuestion: return "unknown_question";
    case NotUnderstood::kOtherKind: return "other_kind";
    case NotUnderstood::kOutOfRange: return "out_of_range";
    case NotUnderstood::kUnknownChoice: return "unknown_choice";
  }
  return "";
}

Interpretation interpret(Form const& form, std::vector<v1::Answer> const& answers) {
  Interpretation read;
  for (auto const& answer : answers) {
    auto const asked = find_question(form, answer.question());
    if (!asked) {
      read.not_understood.push_back({answer, NotUnderstood::kUnknownQuestion});
      continue;
    }
    if (auto const why = doubt(form.questions[asked->question], answer))
      read.not_understood.push_back({answer, *why});
    else
      read.understood.push_back({asked->question, asked->skill, answer});
  }
  std::stable_sort(read.understood.begin(), read.understood.end(),
                   [](auto const& a, auto const& b) { return a.question < b.question; });
  return read;
}

}  // namespace dga::course
