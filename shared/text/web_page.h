#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace dga::text {

enum class WebLanguage { kVietnamese, kEnglish };

// What a browser asked for: `chosen` ("vi", "en": a link's ?lang=) before `accept_language` (RFC 9110, 12.5.4; the
// first of the two languages that it names with a weight above 0), Vietnamese where neither says.
[[nodiscard]] WebLanguage web_language(std::string_view chosen, std::string_view accept_language);
[[nodiscard]] std::string_view code_of(WebLanguage language);  // "vi", "en"

// UTF-8 as it stands in HTML's text and in quoted attributes.
[[nodiscard]] std::string html_text(std::string_view text);

// Pages of a program, from templates and catalogues of words in assets/web: {{a.key}} stands for a word,
// {{value}} (without a point) for what the program puts in; both are written as HTML text. Read once, pure after that.
class WebPages {
 public:
  // `folder`: holds vi.json, en.json and the templates. Refused or storage as base::read_file says; damaged
  // "web.words".
  [[nodiscard]] static base::Result<WebPages> load(std::filesystem::path const& folder);

  using Values = std::map<std::string, std::string, std::less<>>;
  // The page NAME.html. Damaged "web.template" where it names a word or a value that is not there.
  [[nodiscard]] base::Result<std::string> page(std::string_view name, WebLanguage language, Values const& values) const;
  // A file as it is: NAME.css, NAME.js. Empty where there is none.
  [[nodiscard]] std::string_view file(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> files_;
  std::map<WebLanguage, Values> words_;
};

}  // namespace dga::text
