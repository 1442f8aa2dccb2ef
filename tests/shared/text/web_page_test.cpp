#include "shared/text/web_page.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/process.h"

namespace {

using namespace dga;
using text::WebLanguage;

void write(std::filesystem::path const& path, std::string_view content) { std::ofstream(path) << content; }

struct Folder {
  Folder() {
    write(path() / "vi.json", R"({"a.hello": "Chào <b> & \"bạn\""})");
    write(path() / "en.json", R"({"a.hello": "Hello"})");
    write(path() / "one.html", "<p title=\"{{a.hello}}\">{{n}}</p>{{n}}.");
    write(path() / "one.css", "p {}");
    write(path() / "secret.txt", "no page");
  }
  std::filesystem::path path() const { return folder / ""; }
  support::TemporaryFolder folder;
};

}  // namespace

TEST_CASE("a page is its template with words and values written as HTML text") {
  Folder const folder;
  auto const pages = text::WebPages::load(folder.path()).value();
  CHECK(pages.page("one", WebLanguage::kVietnamese, {{"n", "<1>"}}).value() ==
        "<p title=\"Chào &lt;b&gt; &amp; &quot;bạn&quot;\">&lt;1&gt;</p>&lt;1&gt;.");
  CHECK(pages.page("one", WebLanguage::kEnglish, {{"n", "{{a.hello}}"}}).value() ==
        "<p title=\"Hello\">{{a.hello}}</p>{{a.hello}}.");
  CHECK(pages.file("one.css") == "p {}");
  CHECK(pages.file("secret.txt").empty());
  CHECK(pages.file("vi.json").empty());
}

TEST_CASE("a template that names what is not there is an error, not half a page") {
  Folder const folder;
  write(folder.path() / "two.html", "{{a.gone}}");
  write(folder.path() / "three.html", "{{n}} {{n");
  auto const pages = text::WebPages::load(folder.path()).value();
  CHECK(pages.page("one", WebLanguage::kEnglish, {}).error().code == "web.template");
  CHECK(pages.page("two", WebLanguage::kEnglish, {{"n", "1"}}).error().code == "web.template");
  CHECK(pages.page("three", WebLanguage::kEnglish, {{"n", "1"}}).error().code == "web.template");
  CHECK(pages.page("four", WebLanguage::kEnglish, {}).error().code == "web.template");
}

TEST_CASE("a catalogue that is none is an error") {
  Folder const folder;
  for (auto const* wrong : {"", "[]", R"({"a.b": 1})", "{"}) {
    INFO(wrong);
    write(folder.path() / "en.json", wrong);
    CHECK(text::WebPages::load(folder.path()).error().code == "web.words");
  }
}

TEST_CASE("the browser's languages are heeded by their weight; Vietnamese where it says nothing") {
  struct Case {
    char const *chosen, *accept;
    WebLanguage expected;
  };
  for (auto const& each :
       {Case{"", "", WebLanguage::kVietnamese}, Case{"", "en", WebLanguage::kEnglish},
        Case{"", "en-US,en;q=0.9,vi;q=0.8", WebLanguage::kEnglish},
        Case{"", "en;q=0.5, vi-VN;q=0.7", WebLanguage::kVietnamese}, Case{"", "fr, de;q=0.9", WebLanguage::kVietnamese},
        Case{"", "en;q=0", WebLanguage::kVietnamese}, Case{"", ";;,,q=,en;q=x", WebLanguage::kVietnamese},
        Case{"", "english", WebLanguage::kVietnamese}, Case{"en", "vi", WebLanguage::kEnglish},
        Case{"vi", "en", WebLanguage::kVietnamese}, Case{"xx", "en", WebLanguage::kEnglish}}) {
    INFO(each.chosen << " / " << each.accept);
    CHECK(text::web_language(each.chosen, each.accept) == each.expected);
  }
}
