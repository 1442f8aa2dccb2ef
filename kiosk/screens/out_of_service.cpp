#include <algorithm>

#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::TextStyle;

std::string_view reason_key(flow::OutOfServiceReason reason) {
  switch (reason) {
    case flow::OutOfServiceReason::kNotEnrolled: return "out.not_enrolled";
    case flow::OutOfServiceReason::kNoPack: return "out.no_pack";
    case flow::OutOfServiceReason::kStoreDamaged: return "out.store_damaged";
    case flow::OutOfServiceReason::kStoreHeld: return "out.store_held";
    case flow::OutOfServiceReason::kDiskFull: return "out.disk_full";
    case flow::OutOfServiceReason::kStoreFailed: return "out.store_failed";
  }
  return "out.store_failed";
}

std::string call_line(Scene const& scene) {
  std::string const contact = scene.state.a_class ? scene.state.a_class->pack.contact() : "";
  return contact.empty() ? scene.say("out.call_nobody") : scene.say("out.call", {{"contact", contact}});
}

}  // namespace

void paint(Scene& scene, flow::screen::OutOfService const& screen) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large();
  ui::Rect rest = canvas.area();
  banner(scene, rest);
  rest = rest.inset(kMargin, large ? 14.0F : 28.0F);
  ui::Rect top = rest.take_top(ui::kSmallestTarget, large ? 8 : 12);
  std::string const& language = scene.say(large ? "language.short" : "language.other");
  language_button(scene, top.take_right(std::max(150.0F, canvas.text_width(TextStyle::kButton, language) + 56), 24));
  std::string const name =
      scene.state.kiosk_name.empty() ? "" : scene.say("kiosk.name", {{"name", scene.state.kiosk_name}});
  // In large text the code stands beside the kiosk's number, and leaves the card to what is to be done.
  std::string const shown = large ? joined({name, screen.short_code}) : name;
  canvas.text(
      "out.kiosk", top, shown,
      {.style = TextStyle::kButton, .ink = colours.ink, .ground = colours.paper, .fit = Fit::kShorten, .middle = true});

  bool const may_sync = screen.reason == flow::OutOfServiceReason::kNoPack;
  if (may_sync) {
    ui::Rect const row = rest.take_bottom(kButtonHeight, large ? 12 : 24);
    float const width = std::min(row.w, large ? 640.0F : 460.0F);
    if (canvas.button("out.sync", {row.centre().x - width / 2, row.y, width, row.h}, scene.say("syncpage.now"),
                      ui::ButtonLook::kPrimary, ui::Icon::kSync)) {
      scene.emit(flow::event::SyncNow{});
    }
  }
  std::string const& title = scene.say("out.title");
  std::string const& reason = scene.say(reason_key(screen.reason));
  std::string const call = call_line(scene);
  std::string const code =
      screen.short_code.empty() || large ? "" : scene.say("out.code", {{"code", screen.short_code}});

  constexpr float kPad = 40, kRadius = 50;
  float const width = std::min(rest.w, large ? rest.w : 1040.0F) - 2 * kPad;
  TextStyle const title_style = large ? TextStyle::kHeading : TextStyle::kTitle;
  float const title_height = canvas.text_height(title_style, title, width);
  float const reason_height = canvas.text_height(TextStyle::kBody, reason, width);
  float const call_height = canvas.text_height(TextStyle::kButton, call, width);
  float const code_height = code.empty() ? 0 : canvas.line_height(TextStyle::kSecondary);
  float words = title_height + 14 + reason_height;
  bool const called = words + 24 + call_height <= rest.h - 24;
  if (called) words += 24 + call_height;
  bool const coded = code_height > 0 && words + 12 + code_height <= rest.h - 24;
  if (coded) words += 12 + code_height;
  bool const signed_ = words + 2 * kRadius + 24 + 2 * 28 <= rest.h;
  float const pad = std::clamp((rest.h - words - (signed_ ? 2 * kRadius + 24 : 0)) / 2, 10.0F, kPad);
  float const height = std::min(rest.h, words + 2 * pad + (signed_ ? 2 * kRadius + 24 : 0));
  ui::Rect const card{rest.centre().x - width / 2 - kPad, rest.centre().y - height / 2, width + 2 * kPad, height};
  canvas.card(card);
  ui::Rect inner = card.inset(kPad, pad);
  if (signed_) sign(scene, ui::Icon::kWrench, inner.take_top(2 * kRadius, 24).centre(), kRadius, colours.already);
  canvas.text(
      "out.title", inner.take_top(title_height, 14), title,
      {.style = title_style, .ink = colours.ink, .ground = colours.card, .align = Align::kCentre, .fit = Fit::kWrap});
  canvas.text("out.reason", inner.take_top(reason_height, 24), reason,
              {.style = TextStyle::kBody,
               .ink = colours.ink2,
               .ground = colours.card,
               .align = Align::kCentre,
               .fit = Fit::kWrap});
  if (called) {
    canvas.text("out.call", inner.take_top(call_height, 12), call,
                {.style = TextStyle::kButton,
                 .ink = colours.ink,
                 .ground = colours.card,
                 .align = Align::kCentre,
                 .fit = Fit::kWrap});
  }
  if (coded) {
    canvas.text("out.code", inner.take_top(code_height), code,
                {.style = TextStyle::kSecondary,
                 .ink = colours.ink2,
                 .ground = colours.card,
                 .align = Align::kCentre,
                 .fit = Fit::kShorten});
  }
}

}  // namespace dga::screens
