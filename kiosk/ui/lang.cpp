#include "kiosk/ui/lang.h"

#include <cassert>
#include <nlohmann/json.hpp>

#include "shared/base/file.h"

namespace dga::ui {
namespace {

constexpr std::size_t kMostCatalogueBytes = 1024 * 1024;

base::Error broken(std::filesystem::path const& file, std::string const& why) {
  return base::damaged("lang.damaged", "reading the words of " + file.filename().string() + ": " + why,
                       "reinstall the kiosk's assets");
}

}  // namespace

base::Result<Lang> Lang::load(std::filesystem::path const& folder, std::string_view language,
                              std::span<std::string_view const> required) {
  auto const file = folder / (std::string(language) + ".json");
  TRY(auto const bytes, base::read_file(file, kMostCatalogueBytes));
  auto const json = nlohmann::json::parse(bytes, nullptr, false);
  if (!json.is_object()) return broken(file, "it is no JSON object");
  Lang lang;
  lang.language_ = language;
  for (auto const& [key, value] : json.items()) {
    if (!value.is_string()) return broken(file, "\"" + key + "\" is no text");
    lang.words_.emplace(key, value.get<std::string>());
  }
  for (auto const key : required) {
    auto const found = lang.words_.find(key);
    if (found != lang.words_.end() && !found->second.empty()) continue;
    return base::refused("lang.missing_word",
                         file.filename().string() + " has no words for \"" + std::string(key) + "\"",
                         "add the key to the catalogue");
  }
  return lang;
}

std::string const& Lang::operator()(std::string_view key) const {
  auto const found = words_.find(key);
  assert(found != words_.end() && "a key that words() does not list");
  return found->second;
}

std::string Lang::operator()(std::string_view key,
                             std::initializer_list<std::pair<std::string_view, std::string_view>> values) const {
  std::string const& text = (*this)(key);
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t const open = text.find('{', at), close = open == std::string::npos ? open : text.find('}', open);
    if (close == std::string::npos) return filled + text.substr(at);
    filled.append(text, at, open - at);
    std::string_view const name = std::string_view(text).substr(open + 1, close - open - 1);
    for (auto const& [placeholder, value] : values) {
      if (placeholder == name) filled.append(value);
    }
    at = close + 1;
  }
  return filled;
}

void Lang::add_characters(CharacterSet& set) const {
  for (auto const& [key, text] : words_) set.add(text);
}

}  // namespace dga::ui
