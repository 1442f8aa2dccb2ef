#include "shared/text/web_page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "shared/base/file.h"

namespace dga::text {
namespace {

constexpr std::size_t kMostFileBytes = 1024 * 1024;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string_view cut_at(std::string_view& rest, char separator) {
  auto const end = rest.find(separator);
  auto const part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return trimmed(part);
}

std::optional<WebLanguage> language_of(std::string_view tag) {
  auto const primary = cut_at(tag, '-');
  if (primary == "vi" || primary == "VI") return WebLanguage::kVietnamese;
  if (primary == "en" || primary == "EN") return WebLanguage::kEnglish;
  return std::nullopt;
}

// "q=0.8" as thousandths; 1000 where nothing is said, 0 for what is no weight.
int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    auto parameter = cut_at(parameters, ';');
    if (!parameter.starts_with("q=")) continue;
    parameter.remove_prefix(2);
    int weight = 0, unit = 1000;
    for (char const digit : parameter) {
      if (digit == '.') continue;
      if (digit < '0' || digit > '9' || unit == 0) return weight;
      weight += (digit - '0') * unit;
      unit /= 10;
    }
    return weight;
  }
  return 1000;
}

base::Result<WebPages::Values> words_in(std::filesystem::path const& path) {
  TRY(auto const text, base::read_file(path, kMostFileBytes));
  auto const parsed = nlohmann::json::parse(text, nullptr, false);
  auto const broken = base::damaged("web.words", fmt::format("{} is no catalogue of words", path.string()),
                                    "Install the program again");
  if (!parsed.is_object()) return broken;
  WebPages::Values words;
  for (auto const& [key, value] : parsed.items()) {
    if (!value.is_string()) return broken;
    words.emplace(key, value.get<std::string>());
  }
  return words;
}

}  // namespace

WebLanguage web_language(std::string_view chosen, std::string_view accept_language) {
  if (auto const named = language_of(chosen)) return *named;
  auto best = WebLanguage::kVietnamese;
  int best_weight = 0;
  while (!accept_language.empty()) {
    auto range = cut_at(accept_language, ',');
    auto const language = language_of(cut_at(range, ';'));
    int const weight = weight_of(range);
    if (language && weight > best_weight) {
      best = *language;
      best_weight = weight;
    }
  }
  return best;
}

std::string_view code_of(WebLanguage language) { return language == WebLanguage::kVietnamese ? "vi" : "en"; }

std::string html_text(std::string_view text) {
  std::string written;
  for (char const letter : text) {
    switch (letter) {
      case '&': written += "&amp;"; break;
      case '<': written += "&lt;"; break;
      case '>': written += "&gt;"; break;
      case '"': written += "&quot;"; break;
      case '\'': written += "&#39;"; break;
      default: written += letter;
    }
  }
  return written;
}

base::Result<WebPages> WebPages::load(std::filesystem::path const& folder) {
  WebPages pages;
  TRY(pages.words_[WebLanguage::kVietnamese], words_in(folder / "vi.json"));
  TRY(pages.words_[WebLanguage::kEnglish], words_in(folder / "en.json"));
  std::error_code problem;
  for (auto const& entry : std::filesystem::directory_iterator(folder, problem)) {
    auto const extension = entry.path().extension();
    if (extension != ".html" && extension != ".css" && extension != ".js") continue;
    TRY(pages.files_[entry.path().filename().string()], base::read_file(entry.path(), kMostFileBytes));
  }
  if (problem)
    return base::storage("web.folder", fmt::format("could not list {}: {}", folder.string(), problem.message()),
                         "Install the program again");
  return pages;
}

base::Result<std::string> WebPages::page(std::string_view name, WebLanguage language, Values const& values) const {
  auto rest = file(fmt::format("{}.html", name));
  auto const broken = [&](std::string_view what) {
    return base::damaged("web.template", fmt::format("the page {} {}", name, what), "Install the program again");
  };
  if (rest.empty()) return broken("is missing");
  std::string written;
  for (std::size_t at; (at = rest.find("{{")) != std::string_view::npos;) {
    written += rest.substr(0, at);
    auto const end = rest.find("}}", at);
    if (end == std::string_view::npos) return broken("has a placeholder without an end");
    auto const key = rest.substr(at + 2, end - at - 2);
    auto const& known = key.find('.') == std::string_view::npos ? values : words_.at(language);
    auto const found = known.find(key);
    if (found == known.end()) return broken(fmt::format("names {}, which is not there", key));
    written += html_text(found->second);
    rest.remove_prefix(end + 2);
  }
  return written += rest;
}

std::string_view WebPages::file(std::string_view name) const {
  auto const found = files_.find(name);
  return found == files_.end() ? std::string_view() : found->second;
}

}  // namespace dga::text
