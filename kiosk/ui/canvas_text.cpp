#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "kiosk/ui/canvas.h"
#include "kiosk/ui/fonts.h"

namespace dga::ui {
namespace {

bool is_headline(TextStyle style) {
  return style == TextStyle::kResult || style == TextStyle::kTitle || style == TextStyle::kHeading;
}

// Longer than this it is running text, and its lines are filled.
constexpr std::size_t kMostBalancedLines = 4;

// Units: a text fits into the width that was measured for it, whatever the floats say.
constexpr float kRounding = 0.25F;

bool is_instruction(TextStyle style) {
  return is_headline(style) || style == TextStyle::kButton || style == TextStyle::kBody || style == TextStyle::kNumber;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t const space = std::min(text.find(' ', at), text.size());
    if (space > at) words.emplace_back(text.substr(at, space - at));
    at = space + 1;
  }
  return words;
}

// "a · b · c" in its parts.
std::vector<std::string> parts_of(std::string_view text) {
  constexpr std::string_view kBetween = " · ";
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t const end = std::min(text.find(kBetween, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + kBetween.size();
  }
  return parts;
}

}  // namespace

float Canvas::text_width(TextStyle style, std::string_view text) const {
  return fonts_->width(style, text) / metrics_.pixels_per_unit();
}

float Canvas::line_height(TextStyle style) const { return fonts_->face(style).line / metrics_.pixels_per_unit(); }

std::string_view Canvas::fitting(TextStyle style, float width,
                                 std::initializer_list<std::string_view> candidates) const {
  std::string_view last;
  for (auto const candidate : candidates) {
    last = candidate;
    if (text_width(style, candidate) <= width) break;
  }
  return last;
}

std::string Canvas::shortened(TextStyle style, std::string_view text, float width) const {
  auto points = code_points(text);
  while (!points.empty()) {
    points.pop_back();
    while (!points.empty() && points.back() == U' ') points.pop_back();
    std::string cut;
    for (char32_t const point : points) cut += to_utf8(point);
    cut += "…";
    if (text_width(style, cut) <= width) return cut;
  }
  return "…";
}

std::vector<std::string> Canvas::lines_of(TextStyle style, std::string_view text, float width) const {
  auto const words = words_of(text);
  auto const broken_at = [&](float limit) {
    std::vector<std::string> lines;
    for (auto const& word : words) {
      if (!lines.empty() && text_width(style, lines.back() + " " + word) <= limit + kRounding) {
        lines.back() += " " + word;
      } else {
        lines.push_back(word);
      }
    }
    return lines;
  };
  auto lines = broken_at(width);
  if (lines.size() < 2) return lines;
  // A line that has to be broken is best broken where it was put together, and needs no dot there.
  std::vector<std::string> parted;
  for (auto const& part : parts_of(text)) {
    if (!parted.empty() && text_width(style, parted.back() + " · " + part) <= width + kRounding) {
      parted.back() += " · " + part;
    } else {
      parted.push_back(part);
    }
  }
  bool const fit = std::all_of(parted.begin(), parted.end(),
                               [&](auto const& part) { return text_width(style, part) <= width + kRounding; });
  if (fit && parted.size() <= lines.size()) return parted;
  if (style == TextStyle::kSecondary || lines.size() > kMostBalancedLines) return lines;
  // Few lines are set in about one length, so that no word stands alone: the narrowest column that takes no more lines.
  float narrow = width / static_cast<float>(lines.size()), wide = width;
  while (wide - narrow > 4) {
    float const middle = (narrow + wide) / 2;
    (broken_at(middle).size() > lines.size() ? narrow : wide) = middle;
  }
  return broken_at(wide);
}

float Canvas::text_height(TextStyle style, std::string_view text, float width) const {
  return static_cast<float>(lines_of(style, text, width).size()) * line_height(style);
}

void Canvas::draw_line(std::string_view text, Point top_left, TextStyle style, Colour ink) {
  auto const& face = fonts_->face(style);
  auto const colour = packed(ink);
  auto const at = placed(top_left);
  float const top = std::round(at.y + face.baseline) - face.font->Ascent;
  float x = at.x;
  for (char32_t const point : code_points(text)) {
    auto const* glyph = point < 0x10000 ? face.font->FindGlyphNoFallback(static_cast<ImWchar>(point)) : nullptr;
    if (glyph == nullptr) continue;
    if (glyph->Visible != 0) {
      // Whole pixels: the atlas is sampled as it was drawn, and stays sharp.
      float const left = std::round(x) + glyph->X0, right = std::round(x) + glyph->X1;
      list_->PrimReserve(6, 4);
      list_->PrimRectUV({left, top + glyph->Y0}, {right, top + glyph->Y1}, {glyph->U0, glyph->V0},
                        {glyph->U1, glyph->V1}, colour);
    }
    x += glyph->AdvanceX;
  }
}

Rect Canvas::text(std::string_view id, Rect const& box, std::string_view text, TextLook const& look) {
  std::vector<std::string> lines;
  bool cut = false;
  if (look.fit == Fit::kWrap) {
    lines = lines_of(look.style, text, box.w);
  } else if (look.fit == Fit::kShorten && text_width(look.style, text) > box.w) {
    lines = {shortened(look.style, text, box.w)};
    cut = true;
  } else {
    lines = {std::string(text)};
  }
  float const line = line_height(look.style);
  float width = 0;
  for (auto const& each : lines) width = std::max(width, text_width(look.style, each));
  float const height = line * static_cast<float>(lines.size());
  float const top = look.middle ? box.y + (box.h - height) / 2 : box.y;
  auto const left_of = [&](float of_line) {
    switch (look.align) {
      case Align::kLeft: return box.x;
      case Align::kCentre: return box.x + (box.w - of_line) / 2;
      case Align::kRight: return box.right() - of_line;
    }
    return box.x;
  };
  float y = top;
  for (auto const& each : lines) {
    draw_line(each, {left_of(text_width(look.style, each)), y}, look.style, look.ink);
    y += line;
  }
  Rect const where{left_of(width), top, width, height};
  if (id.empty() || text.empty()) return where;
  Widget widget;
  widget.id = id;
  widget.label = text;
  widget.inside = look.inside;
  widget.rectangle = box;
  widget.text = where;
  widget.em = metrics_.em(look.style);
  widget.ink = look.ink;
  widget.ground = look.ground;
  widget.shortened = cut;
  widget.may_shorten = look.fit == Fit::kShorten;
  widget.instruction = is_instruction(look.style);
  widgets_.push_back(std::move(widget));
  return where;
}

void Canvas::label(Widget& widget, std::string_view text, TextStyle style, Icon which) {
  constexpr float kGap = 16, kPad = 12;
  float const side = which == Icon::kNone ? 0 : metrics_.em(style) * 1.05F;
  float const lead = text.empty() || side <= 0 ? side : side + kGap;
  auto const lines = lines_of(style, text, widget.rectangle.w - lead - 2 * kPad);
  float width = 0;
  for (auto const& each : lines) width = std::max(width, text_width(style, each));
  float const line = line_height(style), height = line * static_cast<float>(lines.size());
  float const left = widget.rectangle.x + (widget.rectangle.w - width - lead) / 2;
  float y = widget.rectangle.y + (widget.rectangle.h - height) / 2;
  if (side > 0) {
    icon(which, {left, widget.rectangle.centre().y - side / 2, side, side}, widget.ink);
  }
  if (text.empty()) return;
  widget.text = {left + lead, y, width, height};
  widget.em = metrics_.em(style);
  widget.instruction = is_instruction(style);
  for (auto const& each : lines) {
    draw_line(each, {left + lead + (width - text_width(style, each)) / 2, y}, style, widget.ink);
    y += line;
  }
}

}  // namespace dga::ui
