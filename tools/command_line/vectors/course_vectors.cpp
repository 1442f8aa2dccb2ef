#include <fstream>

#include "shared/course/class_file.h"
#include "shared/course/explain.h"
#include "shared/course/form.h"
#include "shared/text/fold.h"
#include "tools/command_line/vectors/differences.h"

namespace dga::command_line {

void check_attendance(Vectors const& vectors, Differences& differences) {
  auto const explained = course::explain(vectors.dump());
  differences.expect("the cases are read", explained.ok());
  if (!explained.ok()) return;
  auto const got = Vectors::parse(*explained);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    // As plain JSON: the order of an object's fields is no difference.
    nlohmann::json const wanted = vectors[i].at("expect");
    nlohmann::json const found = i < got.size() ? nlohmann::json(got[i]) : nlohmann::json(nullptr);
    differences.compare("attendance, " + vectors[i].at("name").get<std::string>(), wanted.dump(), found.dump());
  }
}

void check_class(Vectors const& vectors, Differences& differences) {
  auto const read = course::read_class_file(vectors.dump());
  differences.expect("the class is read" + (read.ok() ? std::string() : ": " + read.error().what), read.ok());
  if (!read.ok()) return;
  differences.compare("id", vectors.at("id"), read->id());
  differences.compare("rehearsal", vectors.value("rehearsal", false), read->rehearsal());
  differences.compare("threshold", vectors.value("threshold", 80U), read->policy().threshold_percent());
  differences.compare("sessions", vectors.at("sessions").size(), static_cast<std::size_t>(read->sessions_size()));
  differences.compare("groups", vectors.value("groups", Vectors::array()).size(),
                      static_cast<std::size_t>(read->groups_size()));
  differences.compare("organisers", vectors.value("organisers", Vectors::array()).size(),
                      static_cast<std::size_t>(read->organisers_size()));
  for (int i = 0; i < read->sessions_size() && i < static_cast<int>(vectors.at("sessions").size()); ++i) {
    auto const& wanted = vectors.at("sessions").at(static_cast<std::size_t>(i));
    differences.compare("session id", wanted.at("id"), read->sessions(i).id());
    differences.compare("topics", wanted.value("topics", Vectors::array()).size(),
                        static_cast<std::size_t>(read->sessions(i).topics_size()));
  }
}

void check_forms(Vectors const& vectors, Differences& differences) {
  for (auto const& form : vectors.at("forms")) {
    auto const read = course::read_form(form.dump());
    differences.expect("form " + form.at("id").dump() + (read.ok() ? "" : ": " + read.error().what), read.ok());
    if (!read.ok()) continue;
    differences.compare("questions of " + form.at("id").dump(), form.at("questions").size(), read->questions.size());
    differences.compare("anonymous " + form.at("id").dump(), form.value("anonymous", true), read->anonymous);
  }
}

// Terms are kept to by assets/lang (tools/lang_check); here only that each term is whole and NFC in both languages.
void check_glossary(Vectors const& vectors, Differences& differences) {
  for (auto const& term : vectors)
    for (char const* language : {"vi", "en"}) {
      auto const words = term.at(language).get<std::string>();
      differences.compare("term in NFC", words, text::to_nfc(words));
      differences.expect("term is not empty", !words.empty());
    }
}

}  // namespace dga::command_line
