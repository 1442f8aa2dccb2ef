#include "kiosk/ui/keyboard.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace dga::ui {
namespace {

using Kind = KeyTouch::Kind;

constexpr float kGap = 8, kSide = 18, kTop = 10, kFoot = 10, kKeyHeight = 90;
constexpr float kTenKeysNeed = 10 * kSmallestKeyWidth + 9 * kGap + 2 * kSide;

struct Key {
  std::string id, text;  // what it is called and what it types or says
  Kind kind = Kind::kCharacter;
  Icon icon = Icon::kNone;
  float widths = 1;  // in widths of a letter's key
  std::string spoken = {};
};

using Row = std::vector<Key>;

Row letters(std::string_view row, bool shift) {
  Row keys;
  for (char const letter : row) {
    char const capital = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    keys.push_back({std::string("key.") + letter, std::string(1, shift ? capital : letter)});
  }
  return keys;
}

Key shift_key(KeyboardLook const& look) {
  return {"key.shift", "", Kind::kShift, Icon::kShift, 1, std::string(look.shift_label)};
}
Key erase_key(KeyboardLook const& look) {
  return {"key.erase", "", Kind::kErase, Icon::kErase, 1, std::string(look.erase_label)};
}
Key digits_key(KeyboardLook const& look) { return {"key.digits", look.digits ? "abc" : "123", Kind::kDigits}; }
Key telex_key(KeyboardLook const& look) {
  return {"key.telex", std::string(look.telex == Telex::kOn ? look.telex_label : look.plain_label), Kind::kTelex};
}

bool ten_fit(Canvas const& canvas) { return canvas.area().w >= kTenKeysNeed - 1; }

std::vector<Row> rows_of_ten(Canvas const& canvas, KeyboardLook const& look) {
  std::vector<Row> rows;
  if (look.digits) {
    rows = {letters("1234567890", false), letters("-_.,@/+=*", false), letters("!?#&'():", false)};
    rows[2].push_back(erase_key(look));
  } else {
    rows = {letters("qwertyuiop", look.shift), letters("asdfghjkl", look.shift), letters("zxcvbnm", look.shift)};
    rows[2].insert(rows[2].begin(), shift_key(look));
    rows[2].push_back(erase_key(look));
  }
  Row foot;
  bool const large = canvas.large();
  float left = 10;
  auto const put = [&](Key key, float widths) {
    key.widths = widths;
    left -= widths;
    foot.push_back(std::move(key));
  };
  if (!look.back.empty())
    put({"key.back", std::string(look.back), Kind::kBack, large ? Icon::kNone : Icon::kBack}, large ? 2.7F : 2);
  put(digits_key(look), 1);
  if (look.telex != Telex::kNone) put(telex_key(look), large ? 1.75F : 1.4F);
  float const submit = large ? 2.5F : 2.4F;
  put({"key.space", " ", Kind::kCharacter, Icon::kNone, 1, std::string(look.space_label)}, left - submit);
  put({"key.submit", std::string(look.submit), Kind::kSubmit}, submit);
  rows.push_back(std::move(foot));
  return rows;
}

std::vector<Row> rows_of_six(Canvas const& canvas, KeyboardLook const& look) {
  std::vector<Row> rows;
  if (look.digits) {
    rows = {letters("123456", false), letters("7890-_", false), letters(".,@/+=", false), letters("*!?#&:", false),
            letters("'()", false)};
  } else {
    rows = {letters("abcdef", look.shift), letters("ghijkl", look.shift), letters("mnopqr", look.shift),
            letters("stuvwx", look.shift), letters("yz", look.shift)};
    rows[4].push_back(shift_key(look));
  }
  rows[4].push_back(erase_key(look));
  bool const telex = look.telex != Telex::kNone;
  Key digits = digits_key(look);
  Row foot;
  if (telex) {
    Key key = telex_key(look);
    if (canvas.large()) {
      key.widths = 2;
      foot.push_back(std::move(digits));
      rows[4].push_back(std::move(key));
    } else {
      rows[4].push_back(std::move(digits));
      rows[4].push_back(std::move(key));
    }
  } else {
    digits.widths = 2;
    rows[4].push_back(std::move(digits));
  }
  float left = 6;
  for (Key const& key : foot) left -= key.widths;
  float const back_width = canvas.large() ? 2.25F : 1.9F;
  float const submit_width = !canvas.large() ? 1.9F : look.back.empty() ? 2.6F : 1.75F;
  if (!look.back.empty()) {
    Key back{"key.back", std::string(look.back), Kind::kBack, Icon::kNone, back_width};
    foot.insert(foot.begin(), std::move(back));
    left -= back_width;
  }
  foot.push_back({"key.space", " ", Kind::kCharacter, Icon::kNone, left - submit_width, std::string(look.space_label)});
  foot.push_back({"key.submit", std::string(look.submit), Kind::kSubmit, Icon::kNone, submit_width});
  rows.push_back(std::move(foot));
  return rows;
}

// One key; true when touched.
bool key(Canvas& canvas, Key const& key, Rect const& box, bool on) {
  Theme const& theme = canvas.colours();
  constexpr float kRadius = 16;
  bool const main = key.kind == Kind::kSubmit;
  bool const side = key.kind != Kind::kCharacter && !main;
  Colour const ground = main ? theme.action : on ? theme.on_tint : side ? theme.tint : theme.key;
  Colour const ink = main ? theme.on_action : on ? theme.card : side ? theme.on_tint : theme.ink;
  bool const touched = canvas.touch(key.id, box, key.spoken.empty() ? key.text : key.spoken, Role::kKey, kRadius);
  bool const down = canvas.pressed(key.id);
  Rect const drawn = down ? box.inset(2) : box;
  // A shadow of one hard edge: soft ones under forty keys cost more than they show.
  if (theme.shadow_strength > 0 && !down)
    canvas.fill(drawn.moved(0, 2.5F), mixed(theme.tray, theme.shadow, 0.16F), kRadius);
  canvas.fill(drawn, down ? mixed(ground, ink, 0.18F) : ground, kRadius);
  if (theme.shadow_strength <= 0) canvas.outline(drawn, theme.line, kRadius, 2);
  if (key.icon != Icon::kNone && key.text.empty()) {
    canvas.icon(key.icon, {box.centre().x - 23, box.centre().y - 23, 46, 46}, ink);
    return touched;
  }
  bool const word = side || main;
  canvas.text(key.id + ".label", box, key.text,
              {.style = word ? TextStyle::kButton : TextStyle::kHeading,
               .ink = ink,
               .ground = ground,
               .align = Align::kCentre,
               .middle = true,
               .inside = key.id});
  return touched;
}

}  // namespace

float keyboard_height(Canvas const& canvas) {
  float const rows = ten_fit(canvas) ? 4 : 6;
  return kTop + rows * kKeyHeight + (rows - 1) * kGap + kFoot;
}

std::optional<KeyTouch> keyboard(Canvas& canvas, KeyboardLook const& look) {
  Rect tray = canvas.area();
  tray = tray.take_bottom(keyboard_height(canvas));
  canvas.fill(tray, canvas.colours().tray);
  if (canvas.colours().shadow_strength <= 0) canvas.fill({tray.x, tray.y, tray.w, 3}, canvas.colours().line);
  bool const tens = ten_fit(canvas);
  auto const rows = tens ? rows_of_ten(canvas, look) : rows_of_six(canvas, look);
  float const columns = tens ? 10 : 6;
  float const inner = std::min(tray.w - 2 * kSide, columns * 150);
  float const one = (inner - (columns - 1) * kGap) / columns;
  std::optional<KeyTouch> touched;
  float y = tray.y + kTop;
  for (Row const& row : rows) {
    float widths = 0;
    for (Key const& each : row) widths += each.widths;
    float x = tray.x + (tray.w - (widths * (one + kGap) - kGap)) / 2;
    for (Key const& each : row) {
      float const width = each.widths * (one + kGap) - kGap;
      bool const on = each.kind == Kind::kShift && look.shift;
      if (key(canvas, each, {x, y, width, kKeyHeight}, on))
        touched = KeyTouch{each.kind, each.kind == Kind::kCharacter ? each.text : ""};
      x += width + kGap;
    }
    y += kKeyHeight + kGap;
  }
  return touched;
}

}  // namespace dga::ui
