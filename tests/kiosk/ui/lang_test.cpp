#include <doctest/doctest.h>

#include <array>
#include <filesystem>

#include "kiosk/ui/lang.h"
#include "shared/base/file.h"

using namespace dga;

namespace {

// A folder of catalogues that goes when the test does.
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("dga_lang_test_" + std::to_string(std::hash<void const*>{}(this)));
  explicit Folder(std::string const& vi) {
    std::filesystem::create_directories(path);
    REQUIRE(base::write_file(path / "vi.json", vi, base::FileAccess::kEveryone).ok());
  }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
};

constexpr std::array<std::string_view, 2> kRequired{"a.hello", "a.count"};

}  // namespace

TEST_CASE("words are found by key and placeholders are filled") {
  Folder const folder(R"({"a.hello": "Xin chào", "a.count": "{a}/{n} buổi"})");
  auto const lang = ui::Lang::load(folder.path, "vi", kRequired).value();
  CHECK(lang("a.hello") == "Xin chào");
  CHECK(lang("a.count", {{"n", "6"}, {"a", "3"}}) == "3/6 buổi");
  CHECK(lang("a.count", {{"a", "{n}"}, {"n", "6"}}) == "{n}/6 buổi");  // what is filled in is not read again
  CHECK(lang.language() == "vi");
}

TEST_CASE("a missing or empty word is an error at start that names its key") {
  for (auto const* json : {R"({"a.hello": "Xin chào"})", R"({"a.hello": "Xin chào", "a.count": ""})"}) {
    Folder const folder(json);
    auto const lang = ui::Lang::load(folder.path, "vi", kRequired);
    REQUIRE_FALSE(lang.ok());
    CHECK(lang.error().code == "lang.missing_word");
    CHECK(lang.error().what.find("a.count") != std::string::npos);
  }
}

TEST_CASE("a catalogue that is none is refused") {
  for (auto const* json : {"", "[]", R"({"a.hello": 3})", "\xFF\xD8\xFF"}) {
    Folder const folder(json);
    auto const lang = ui::Lang::load(folder.path, "vi", kRequired);
    REQUIRE_FALSE(lang.ok());
    CHECK(lang.error().code == "lang.damaged");
  }
  CHECK_FALSE(ui::Lang::load("/nowhere", "vi", kRequired).ok());
}
