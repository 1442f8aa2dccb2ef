#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "kiosk/screens/screens.h"
#include "shared/base/file.h"
#include "shared/text/fold.h"
#include "tests/kiosk/screens/states.h"

namespace {

using namespace dga;

std::filesystem::path const kRoot = DGA_SOURCE_DIR;

std::string file(std::filesystem::path const& path) { return base::read_file(path, 1 << 20).value(); }

std::set<std::string> placeholders(std::string const& text) {
  std::regex const one("\\{[a-z_]+\\}");
  std::set<std::string> found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), one); at != std::sregex_iterator(); ++at)
    found.insert(at->str());
  return found;
}

}  // namespace

TEST_CASE("the screens' list of words is what they ask for, no more and no less") {
  std::string code;
  for (auto const& entry : std::filesystem::directory_iterator(kRoot / "kiosk/screens")) {
    if (entry.path().extension() == ".cpp" && entry.path().filename() != "words.cpp") code += file(entry.path());
  }
  auto const vi = test::words_in(flow::Language::kVietnamese);
  std::set<std::string> asked;
  std::regex const literal("\"([a-z_]+(\\.[a-z_]+)+)\"");
  for (auto at = std::sregex_iterator(code.begin(), code.end(), literal); at != std::sregex_iterator(); ++at) {
    if (vi.has((*at)[1].str())) asked.insert((*at)[1].str());
  }
  for (auto const& [key, text] : vi.words()) {
    if (key.starts_with("error.")) asked.insert(key);  // asked for by the code of an error
  }
  std::set<std::string> listed;
  for (auto const word : screens::words()) listed.emplace(word);
  CHECK(listed == asked);
  CHECK(listed.size() == screens::words().size());
}

TEST_CASE("both catalogues hold the same keys with the same placeholders, all of them listed") {
  auto const vi = test::words_in(flow::Language::kVietnamese), en = test::words_in(flow::Language::kEnglish);
  CHECK(vi.words().size() == screens::words().size());
  CHECK(en.words().size() == screens::words().size());
  for (auto const word : screens::words()) {
    INFO(word);
    REQUIRE(vi.has(word));
    REQUIRE(en.has(word));
    CHECK(placeholders(vi(word)) == placeholders(en(word)));
    CHECK(text::to_nfc(vi(word)) == vi(word));
    // Domain: a statutory document, never ours.
    CHECK(vi(word).find("chứng chỉ") == std::string::npos);
  }
}

TEST_CASE("terms of the glossary are said as the glossary says them") {
  auto const vi = test::words_in(flow::Language::kVietnamese), en = test::words_in(flow::Language::kEnglish);
  auto const glossary = nlohmann::json::parse(file(kRoot / "tests/vectors/glossary.json"));
  int used = 0;
  for (auto const& [key, text] : en.words()) {
    for (auto const& term : glossary) {
      if (term["en"].get<std::string>() != text) continue;
      INFO(key);
      CHECK(vi(key) == term["vi"].get<std::string>());
      ++used;
    }
  }
  CHECK(used >= 25);
}

TEST_CASE("every failure that the kiosk may meet has words of its own") {
  auto const vi = test::words_in(flow::Language::kVietnamese);
  for (auto const* code : {"store.held",
                           "store.wrong_key",
                           "store.not_ours",
                           "store.too_new",
                           "store.not_found",
                           "store.full",
                           "store.damaged",
                           "store.failed",
                           "slots.damaged",
                           "slots.no_passphrase_slot",
                           "slots.wrong_passphrase",
                           "net.no_dns",
                           "net.refused",
                           "net.timeout",
                           "net.certificate",
                           "net.stopped",
                           "net.failed",
                           "net.address",
                           "net.too_large",
                           "sync.portal",
                           "sync.busy",
                           "sync.unknown_device",
                           "receipt.bad_signature"}) {
    INFO(code);
    CHECK(vi.has(std::string("error.") + code));
  }
}

TEST_CASE("each way in which sync can fail has words of its own, in both languages") {
  std::string code;
  for (auto const* folder : {"sync/agent", "sync/agent/transports"})
    for (auto const& entry : std::filesystem::directory_iterator(kRoot / folder))
      if (entry.path().extension() == ".cpp") code += file(entry.path());
  // An error's fault, then its code.
  std::regex const made("(unreachable|refused|damaged|storage|usage)\\(\\s*\"((net|sync|kiosk|pack)\\.[a-z_]+)\"");
  std::set<std::string> codes{"receipt.malformed", "receipt.bad_signature", "receipt.version", "pack.version"};
  for (auto at = std::sregex_iterator(code.begin(), code.end(), made); at != std::sregex_iterator(); ++at)
    codes.insert((*at)[2].str());
  CHECK(codes.contains("sync.centre_too_old"));
  CHECK(codes.contains("net.certificate"));
  for (auto const language : {flow::Language::kVietnamese, flow::Language::kEnglish}) {
    auto const words = test::words_in(language);
    std::set<std::string> said{words("error.other")};
    for (auto const& one : codes) {
      INFO(one);
      REQUIRE(words.has("error." + one));
      CHECK(said.insert(words("error." + one)).second);
    }
  }
}
