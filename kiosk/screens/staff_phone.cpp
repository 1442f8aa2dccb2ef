#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using flow::PhoneView;
using ui::Fit;
using ui::Rect;
using ui::TextStyle;

// Scanners want dark on light, whatever the theme is.
constexpr ui::Colour kDark = ui::Colour::hex(0x000000), kLight = ui::Colour::hex(0xFFFFFF);

struct Line {
  std::string id, words;
  TextStyle style;
  ui::Colour ink;
};

bool open_now(flow::State const& state) {
  return state.phone.phase == PhoneView::Phase::kOpen && state.mono_ms < state.phone.expires_ms && state.phone.code;
}

// Nobody needs the code any more: the receipt speaks of all that was recorded. One that came before somebody opened the
// page for its code hides none.
bool all_arrived(flow::State const& state) {
  auto const& handed = state.handed_receipt;
  return handed && handed->at_page && handed->problem_code.empty() && handed->waiting == 0 && state.sync.waiting == 0;
}

bool may_begin_anew(flow::State const& state) {
  return state.phone.phase == PhoneView::Phase::kFailed ||
         (state.phone.phase == PhoneView::Phase::kOpen && !open_now(state));
}

std::string size_of(std::uint64_t bytes) {
  return bytes < 1'000'000 ? std::to_string((bytes + 999) / 1'000) + " kB"
                           : std::to_string((bytes + 999'999) / 1'000'000) + " MB";
}

// A receipt that was brought comes first: it is what somebody waits to read.
void add_receipt(Scene const& scene, std::vector<Line>& lines) {
  auto const& handed = scene.state.handed_receipt;
  if (!handed) return;
  auto const& colours = scene.colours();
  bool const taken = handed->problem_code.empty();
  lines.push_back({"phone.receipt",
                   taken ? scene.say("phonepage.receipt", {{"n", grouped(scene, handed->received_through)}})
                         : scene.say("phonepage.receipt_wrong", {{"code", handed->problem_code}}),
                   TextStyle::kBody, taken ? colours.ok.ink : colours.refused.ink});
}

std::vector<Line> lines_of(Scene const& scene) {
  auto const& colours = scene.colours();
  auto const& phone = scene.state.phone;
  std::vector<Line> lines;
  if (all_arrived(scene.state)) {
    lines.push_back({"phone.title", scene.say("syncpage.all_arrived"), TextStyle::kHeading, colours.ok.ink});
    add_receipt(scene, lines);
    return lines;
  }
  if (!open_now(scene.state)) {
    bool const failed = phone.phase == PhoneView::Phase::kFailed;
    bool const expired = phone.phase == PhoneView::Phase::kOpen;
    lines.push_back({"phone.title",
                     scene.say(failed    ? "phonepage.failed"
                               : expired ? "phonepage.expired"
                                         : "phonepage.opening"),
                     TextStyle::kHeading, colours.ink});
    if (failed)
      lines.push_back({"phone.problem", error_text(scene, phone.problem_code), TextStyle::kBody, colours.ink});
    if (expired) lines.push_back({"phone.problem", scene.say("phonepage.expired_text"), TextStyle::kBody, colours.ink});
    add_receipt(scene, lines);
    return lines;
  }
  std::uint64_t const minutes = (phone.expires_ms - scene.state.mono_ms + 59'999) / 60'000;
  add_receipt(scene, lines);
  lines.push_back({"phone.title", scene.say("phonepage.title"), TextStyle::kHeading, colours.ink});
  lines.push_back(
      {"phone.holds",
       scene.say("phonepage.holds", {{"n", grouped(scene, phone.records)}, {"size", size_of(phone.bundle_bytes)}}),
       TextStyle::kBody, colours.ink});
  if (phone.fetched > 0)
    lines.push_back({"phone.fetched", scene.say("phonepage.fetched", {{"n", std::to_string(phone.fetched)}}),
                     TextStyle::kBody, colours.ok.ink});
  else if (phone.claimed)
    lines.push_back({"phone.claimed", scene.say("phonepage.claimed"), TextStyle::kBody, colours.ink});
  lines.push_back({"phone.left", scene.say("phonepage.left", {{"n", std::to_string(minutes)}}), TextStyle::kSecondary,
                   colours.ink2});
  if (phone.left_over > 0)
    lines.push_back({"phone.left_over", scene.say("phonepage.left_over", {{"n", grouped(scene, phone.left_over)}}),
                     TextStyle::kSecondary, colours.ink2});
  lines.push_back({"phone.network", scene.say("phonepage.network"), TextStyle::kSecondary, colours.ink2});
  return lines;
}

// The code with its quiet zone on a light card, its modules whole pixels: an uneven one is hard to read.
void draw_code(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& code = *scene.state.phone.code;
  float const pixels = canvas.metrics().pixels_per_unit();
  auto const across = static_cast<float>(code.side() + 2 * text::kQrQuietZone);
  float const module = std::max(1.0F, std::floor(std::min(box.w, box.h) * pixels / across)) / pixels;
  float const side = module * across;
  Rect const card{std::round((box.centre().x - side / 2) * pixels) / pixels,
                  std::round((box.centre().y - side / 2) * pixels) / pixels, side, side};
  canvas.fill(card, kLight, 12);
  float const left = card.x + module * text::kQrQuietZone, top = card.y + module * text::kQrQuietZone;
  for (int row = 0; row < code.side(); ++row) {
    for (int column = 0; column < code.side(); ++column) {
      int const from = column;
      while (column < code.side() && code.dark(column, row)) ++column;
      if (column == from) continue;
      canvas.fill({left + module * static_cast<float>(from), top + module * static_cast<float>(row),
                   module * static_cast<float>(column - from), module},
                  kDark);
    }
  }
  ui::Widget picture;
  picture.id = "phone.code";
  picture.role = ui::Role::kPicture;
  picture.label = scene.say("phonepage.title");
  picture.rectangle = card;
  canvas.note(std::move(picture));
}

void foot(Scene& scene, Rect row) {
  auto& canvas = scene.canvas;
  auto const wide = [&](std::string const& words) { return canvas.text_width(ui::TextStyle::kButton, words) + 150; };
  std::string const& back = scene.say("action.back");
  if (canvas.button("phone.back", row.take_left(wide(back), 28), back, ui::ButtonLook::kQuiet, ui::Icon::kBack))
    scene.emit(flow::event::Back{});
  if (!may_begin_anew(scene.state)) return;
  std::string const& anew = scene.say("phonepage.new_code");
  if (canvas.button("phone.new_code", row.take_left(std::min(row.w, wide(anew))), anew, ui::ButtonLook::kPrimary,
                    ui::Icon::kPhone))
    scene.emit(flow::event::NewPhoneCode{});
}

}  // namespace

void paint_phone(Scene& scene, Rect box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const large = canvas.large(), upright = canvas.upright();
  foot(scene, box.take_bottom(large ? ui::kSmallestTarget : kButtonHeight, large ? 12 : 20));
  canvas.card(box);
  Rect inner = box.inset(large ? 20.0F : 32.0F, large ? 14.0F : 24.0F);
  auto const lines = lines_of(scene);
  if (all_arrived(scene.state)) {
    float const radius = large ? 44 : 56;
    Rect const place = inner.take_top(2 * radius, large ? 12.0F : 24.0F);
    sign(scene, ui::Icon::kTick, {place.x + radius, place.centre().y}, radius, colours.ok);
  } else if (open_now(scene.state)) {
    float const share = upright ? 0.62F : large ? 0.42F : 0.48F;
    float side = std::min(upright ? inner.w : inner.h, share * (upright ? inner.h : inner.w));
    // Above the words, of which the first two must find room.
    if (upright) {
      float words = kGap;
      for (std::size_t i = 0; i < 2 && i < lines.size(); ++i)
        words += canvas.text_height(lines[i].style, lines[i].words, inner.w) + 16;
      side = std::min(side, inner.h - words);
    }
    draw_code(scene, upright ? inner.take_top(side, kGap) : inner.take_left(side, large ? 20.0F : 36.0F));
  }
  for (Line const& line : lines) {
    float const height = canvas.text_height(line.style, line.words, inner.w);
    if (height > inner.h) continue;  // what matters most came first
    canvas.text(line.id, inner.take_top(height, large ? 4.0F : 14.0F), line.words,
                {.style = line.style, .ink = line.ink, .ground = colours.card, .fit = Fit::kWrap});
  }
}

}  // namespace dga::screens
