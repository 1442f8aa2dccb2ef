#include <algorithm>

#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"
#include "kiosk/ui/keyboard.h"

namespace dga::screens {
namespace {

using ui::TextStyle;

void type(Scene& scene, flow::screen::Unlock const& screen) {
  ui::KeyboardLook look;
  look.shift = screen.shift;
  look.digits = screen.digits;
  look.submit = scene.say("unlock.submit");
  type_on(scene, std::move(look));
}

}  // namespace

void paint(Scene& scene, flow::screen::Unlock const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large();
  ui::Rect rest = canvas.area();
  banner(scene, rest);
  rest.take_bottom(ui::keyboard_height(canvas));
  rest = rest.inset(kMargin, large ? 10.0F : 20.0F);

  std::string const& language = scene.say(large || canvas.upright() ? "language.short" : "language.other");
  ui::Rect top = rest.take_top(ui::kSmallestTarget, large ? 6 : 12);
  ui::Rect const button = top.take_right(std::max(130.0F, canvas.text_width(TextStyle::kButton, language) + 56), 24);
  if (canvas.button("language", button, language, ui::ButtonLook::kQuiet)) scene.emit(flow::event::ToggleLanguage{});
  if (!large && !canvas.upright()) {
    ui::Rect const left = top.take_left(84, 24);
    canvas.disc(left.centre(), 42, colours.tint);
    canvas.icon(ui::Icon::kLock, {left.centre().x - 22, left.centre().y - 22, 44, 44}, colours.on_tint);
  }
  std::string const name =
      scene.state.kiosk_name.empty() ? "" : scene.say("kiosk.name", {{"name", scene.state.kiosk_name}});
  canvas.text("unlock.title", top,
              canvas.fitting(
                  TextStyle::kHeading, top.w,
                  {joined({scene.say("unlock.title"), name}), scene.say("unlock.title"), scene.say("unlock.submit")}),
              {.style = TextStyle::kHeading, .ink = colours.ink, .ground = colours.paper, .middle = true});

  float const line = canvas.line_height(TextStyle::kBody);
  float const field_height = std::min(96.0F, rest.h - line - 8);
  bool const roomy = rest.h > field_height + 2 * line + 60;
  if (roomy) rest.take_top((rest.h - field_height - 2 * line) / 3);
  field(scene, "unlock.field", rest.take_top(field_height, large ? 4 : 14), scene.say("unlock.text"), screen.typed,
        Typed::kMasked);
  if (!screen.error_code.empty()) {
    std::string const why = error_text(scene, screen.error_code);
    canvas.text(
        "unlock.message", rest, why,
        {.style = TextStyle::kBody, .ink = colours.refused.ink, .ground = colours.paper, .fit = ui::Fit::kWrap});
    return type(scene, screen);
  }
  std::string const& say = scene.say(screen.checking ? "unlock.checking" : "unlock.text");
  canvas.text("unlock.message", rest, say,
              {.style = TextStyle::kBody, .ink = colours.ink2, .ground = colours.paper, .fit = ui::Fit::kWrap});
  type(scene, screen);
}

}  // namespace dga::screens
