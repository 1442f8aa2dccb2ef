#include "kiosk/input/wedge.h"

#include <doctest/doctest.h>

namespace event = dga::flow::event;
using dga::flow::Event;
using dga::input::Key;
using dga::input::kMostScanBytes;
using dga::input::Wedge;

namespace {

std::string const kBadge = "9000000000112345667";

// What happened, in words: "scan:...", "typed:x", "enter", "erase", "back".
std::vector<std::string> words(std::vector<Event> const& events) {
  std::vector<std::string> all;
  for (Event const& one : events) {
    if (auto const* scan = std::get_if<event::Scanned>(&one))
      all.push_back("scan:" + scan->text);
    else if (auto const* typed = std::get_if<event::KeyTyped>(&one))
      all.push_back("typed:" + typed->text);
    else if (std::holds_alternative<event::Submit>(one))
      all.push_back("enter");
    else if (std::holds_alternative<event::KeyErase>(one))
      all.push_back("erase");
    else if (std::holds_alternative<event::Back>(one))
      all.push_back("back");
    else
      all.push_back("?");
  }
  return all;
}
using Words = std::vector<std::string>;

// A person or a scanner at the keys.
struct Keyboard {
  Wedge wedge;
  std::uint64_t now_ms = 1'000;
  Words heard;

  void hear(std::vector<Event> const& events) {
    for (auto& word : words(events)) heard.push_back(std::move(word));
  }
  void wait(std::uint64_t ms) {
    now_ms += ms;
    hear(wedge.settle(now_ms));
  }
  void press(Key::Kind kind, std::string text = {}) { hear(wedge.key({kind, std::move(text), now_ms, now_ms})); }
  void type(std::string const& text, std::uint64_t gap_ms) {
    for (char c : text) {
      press(Key::Kind::kCharacter, std::string(1, c));
      wait(gap_ms);
    }
  }
};

}  // namespace

TEST_CASE("a burst that Enter ends is one scan") {
  Keyboard keyboard;
  keyboard.type(kBadge, 8);
  keyboard.press(Key::Kind::kEnter);
  CHECK(keyboard.heard == Words{"scan:" + kBadge});
}

TEST_CASE("a burst that Tab ends is one scan") {
  Keyboard keyboard;
  keyboard.type(kBadge, 20);
  keyboard.press(Key::Kind::kTab);
  CHECK(keyboard.heard == Words{"scan:" + kBadge});
}

TEST_CASE("a burst without a terminator is a scan once it falls silent") {
  Keyboard keyboard;
  keyboard.type(kBadge, 5);
  CHECK(keyboard.heard.empty());
  CHECK(keyboard.wedge.due_ms() == keyboard.now_ms - 5 + Wedge::kLongestGapMs + 1);
  keyboard.wait(40);
  CHECK(keyboard.heard == Words{"scan:" + kBadge});
  CHECK_FALSE(keyboard.wedge.due_ms().has_value());
}

TEST_CASE("two scans in a row are two") {
  Keyboard keyboard;
  keyboard.type(kBadge, 3);
  keyboard.press(Key::Kind::kEnter);
  keyboard.type(kBadge, 3);
  keyboard.press(Key::Kind::kEnter);
  CHECK(keyboard.heard == Words{"scan:" + kBadge, "scan:" + kBadge});
}

TEST_CASE("CR LF and a late terminator add nothing after a scan") {
  Keyboard keyboard;
  keyboard.type(kBadge, 3);
  keyboard.press(Key::Kind::kEnter);
  keyboard.press(Key::Kind::kEnter);
  keyboard.wait(60);
  keyboard.type(kBadge, 3);
  keyboard.wait(60);
  keyboard.press(Key::Kind::kEnter);
  CHECK(keyboard.heard == Words{"scan:" + kBadge, "scan:" + kBadge});
}

TEST_CASE("slow keys are typing, each handed on after the gap, and Enter is Enter") {
  Keyboard keyboard;
  keyboard.type("tran", 120);
  keyboard.press(Key::Kind::kBackspace);
  keyboard.press(Key::Kind::kEnter);
  keyboard.press(Key::Kind::kEscape);
  CHECK(keyboard.heard == Words{"typed:t", "typed:r", "typed:a", "typed:n", "erase", "enter", "back"});
}

TEST_CASE("a quick roll over a few keys is typing, in order") {
  Keyboard keyboard;
  keyboard.type("nga", 10);
  keyboard.wait(100);
  CHECK(keyboard.heard == Words{"typed:n", "typed:g", "typed:a"});
}

TEST_CASE("a PIN that is typed quickly is no scan") {
  Keyboard keyboard;
  keyboard.type("135790", 15);
  keyboard.press(Key::Kind::kEnter);
  CHECK(keyboard.heard == Words{"typed:1", "typed:3", "typed:5", "typed:7", "typed:9", "typed:0", "enter"});
}

TEST_CASE("typing before a scan stays apart from it") {
  Keyboard keyboard;
  keyboard.type("le", 200);
  keyboard.type(kBadge, 4);
  keyboard.press(Key::Kind::kEnter);
  CHECK(keyboard.heard == Words{"typed:l", "typed:e", "scan:" + kBadge});
}

TEST_CASE("a slow frame between two characters of a burst does not tear it") {
  // Drawing took 60 ms twice; the keys were pressed meanwhile, 10 ms apart, and are handed out after each frame.
  Wedge wedge;
  Words heard;
  std::uint64_t looked_ms = 1'000;
  std::size_t given = 0;
  for (std::uint64_t look = 1'060; given < kBadge.size(); look += 60) {
    for (int i = 0; i < 6 && given < kBadge.size(); ++i, ++given)
      for (auto& word : words(wedge.key({Key::Kind::kCharacter, std::string(1, kBadge[given]), looked_ms, look})))
        heard.push_back(word);
    for (auto& word : words(wedge.settle(look))) heard.push_back(word);
    looked_ms = look;
  }
  for (auto& word : words(wedge.key({Key::Kind::kEnter, "", looked_ms, looked_ms + 60}))) heard.push_back(word);
  CHECK(heard == Words{"scan:" + kBadge});
}

TEST_CASE("somebody who types while frames are slow still types") {
  // A frame takes 100 ms, a key comes every 90 ms: each is handed out at the next look.
  Wedge wedge;
  Words heard;
  std::string const typed = "nguyen thi minh khai";
  std::size_t given = 0;
  std::uint64_t const start = 10'000;
  for (std::uint64_t look = start; given < typed.size(); look += 100) {
    for (; given < typed.size() && start + given * 90 <= look; ++given)
      for (auto& word : words(wedge.key({Key::Kind::kCharacter, std::string(1, typed[given]), look - 100, look})))
        heard.push_back(word);
    for (auto& word : words(wedge.settle(look))) heard.push_back(word);
  }
  for (auto& word : words(wedge.settle(start + 60'000))) heard.push_back(word);
  REQUIRE(heard.size() == typed.size());
  for (std::size_t i = 0; i < typed.size(); ++i) CHECK(heard[i] == std::string("typed:") + typed[i]);
}

TEST_CASE("a burst without end stays within its bound and is no shorter scan") {
  Keyboard keyboard;
  keyboard.type(std::string(10'000, '9'), 1);
  keyboard.press(Key::Kind::kEnter);
  REQUIRE(keyboard.heard.size() == 1);
  CHECK(keyboard.heard[0].size() == std::string("scan:").size() + kMostScanBytes);
}

TEST_CASE("characters of several bytes stay whole") {
  Keyboard keyboard;
  for (char const* letter : {"đ", "ứ", "c"}) {
    keyboard.press(Key::Kind::kCharacter, letter);
    keyboard.wait(150);
  }
  CHECK(keyboard.heard == Words{"typed:đ", "typed:ứ", "typed:c"});
}

TEST_CASE("two badges that a slow picture made one burst are two scans") {
  std::string const other = "9000000000199999911";
  Keyboard keyboard;
  keyboard.type(kBadge + other, 5);
  keyboard.press(Key::Kind::kEnter);
  CHECK(keyboard.heard == Words{"scan:" + kBadge, "scan:" + other});

  // Nothing that is not whole badges is taken apart.
  Keyboard longer;
  longer.type(kBadge + other + "0", 5);
  longer.press(Key::Kind::kEnter);
  CHECK(longer.heard == Words{"scan:" + kBadge + other + "0"});
}
