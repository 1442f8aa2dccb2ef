#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "kiosk/ui/characters.h"
#include "shared/base/result.h"

namespace dga::ui {

// Every word on a screen in one language, by key. Read-only once loaded. Thread: any.
class Lang {
 public:
  // Reads `folder`/<language>.json: flat, "key": "text with {placeholders}".
  // Damaged "lang.damaged" when it cannot be read; refused "lang.missing_word" when a key of `required` is missing or
  // empty.
  [[nodiscard]] static base::Result<Lang> load(std::filesystem::path const& folder, std::string_view language,
                                               std::span<std::string_view const> required);

  // REQUIRES: the key was in `required`, or has(key).
  [[nodiscard]] std::string const& operator()(std::string_view key) const;
  // The same with {name} replaced: lang("sync.waiting", {{"n", "38"}}).
  [[nodiscard]] std::string operator()(
      std::string_view key, std::initializer_list<std::pair<std::string_view, std::string_view>> values) const;
  [[nodiscard]] bool has(std::string_view key) const { return words_.contains(key); }
  [[nodiscard]] std::string const& language() const { return language_; }
  [[nodiscard]] std::map<std::string, std::string, std::less<>> const& words() const { return words_; }
  void add_characters(CharacterSet& set) const;

 private:
  std::string language_;
  std::map<std::string, std::string, std::less<>> words_;
};

}  // namespace dga::ui
