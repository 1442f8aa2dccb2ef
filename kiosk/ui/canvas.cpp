#include "kiosk/ui/canvas.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace dga::ui {
namespace {

// How far a screen rises while it comes in, in units.
constexpr float kRise = 14;

// The share of a blurred edge's full shade at `distance` standard deviations outside of it.
float blurred(float distance) { return 0.5F * std::erfc(distance / std::numbers::sqrt2_v<float>); }

// The outline of a rounded box, clockwise, the same number of points whatever its size.
constexpr int kCornerPoints = 9;
std::array<ImVec2, 4 * kCornerPoints> outline_of(ImVec2 low, ImVec2 high, float radius) {
  std::array<ImVec2, 4 * kCornerPoints> points{};
  std::array<ImVec2, 4> const centres{ImVec2{low.x + radius, low.y + radius},
                                      {high.x - radius, low.y + radius},
                                      {high.x - radius, high.y - radius},
                                      {low.x + radius, high.y - radius}};
  for (int corner = 0; corner < 4; ++corner) {
    for (int i = 0; i < kCornerPoints; ++i) {
      float const turn = std::numbers::pi_v<float> *
                         (1.0F + 0.5F * (static_cast<float>(corner) + static_cast<float>(i) / (kCornerPoints - 1)));
      auto const& centre = centres[static_cast<std::size_t>(corner)];
      points[static_cast<std::size_t>(corner * kCornerPoints + i)] = {centre.x + radius * std::cos(turn),
                                                                      centre.y + radius * std::sin(turn)};
    }
  }
  return points;
}

}  // namespace

Canvas::Canvas() : metrics_(Panel{}) {}

void Canvas::begin(ImDrawList& list, Fonts const& fonts, Metrics const& metrics, Look const& look) {
  list_ = &list;
  fonts_ = &fonts;
  metrics_ = metrics;
  look_ = look;
  entrance_ = 1;
  moving_ = false;
  widgets_.clear();
  last_leaves_ = std::exchange(leaves_, {});
  arming_.clear();
  touched_ = hit_ = false;
  now_.clear();
  while (!fingers_.empty()) {
    now_.push_back(fingers_.front());
    fingers_.pop_front();
    touched_ = touched_ || now_.back().down;
    if (!now_.back().down) break;
  }
  fill(area(), colours().paper);
}

void Canvas::end() {
  armed_ = arming_;
  tapping_.clear();
  list_ = nullptr;
}

std::uint32_t Canvas::packed(Colour colour) const {
  auto const opacity = static_cast<std::uint8_t>(std::lround(static_cast<float>(colour.a) * entrance_));
  return IM_COL32(colour.r, colour.g, colour.b, opacity);
}

Point Canvas::placed(Point point) const {
  float const scale = metrics_.pixels_per_unit();
  return {point.x * scale, (point.y + (1 - entrance_) * kRise) * scale};
}

void Canvas::entrance(float share) {
  entrance_ = std::clamp(share, 0.0F, 1.0F);
  if (entrance_ < 1) keep_moving();
}

void Canvas::fill(Rect const& box, Colour colour, float radius) {
  auto const low = placed({box.x, box.y}), high = placed({box.right(), box.bottom()});
  list_->AddRectFilled({low.x, low.y}, {high.x, high.y}, packed(colour), radius * metrics_.pixels_per_unit());
}

void Canvas::fill_gradient(Rect const& box, Colour from, Colour to, float radius) {
  int const first = list_->VtxBuffer.Size;
  fill(box, from, radius);
  auto const low = placed({box.x, box.y}), high = placed({box.right(), box.bottom()});
  // The first half stays plain, as light falls from the left.
  ImVec2 const start{low.x + (high.x - low.x) * 0.5F, low.y + (high.y - low.y) * 0.4F};
  ImGui::ShadeVertsLinearColorGradientKeepAlpha(list_, first, list_->VtxBuffer.Size, start, {high.x, high.y},
                                                packed(from), packed(to));
}

void Canvas::outline(Rect const& box, Colour colour, float radius, float width) {
  auto const inner = box.inset(width / 2);
  auto const low = placed({inner.x, inner.y}), high = placed({inner.right(), inner.bottom()});
  float const scale = metrics_.pixels_per_unit();
  list_->AddRect({low.x, low.y}, {high.x, high.y}, packed(colour), (radius - width / 2) * scale, 0, width * scale);
}

void Canvas::soft_edge(Rect const& box, float radius, float blur, Colour colour) {
  // Rings from inside the edge to outside of it, each a step further down the blurred edge. What lies within is under
  // the card.
  constexpr int kRings = 8;
  constexpr int kPoints = 4 * kCornerPoints;
  float const scale = metrics_.pixels_per_unit(), deviation = blur / 2;
  ImVec2 const white = list_->_Data->TexUvWhitePixel;
  list_->PrimReserve((kRings - 1) * kPoints * 6, kRings * kPoints);
  auto const base = static_cast<ImDrawIdx>(list_->_VtxCurrentIdx);
  for (int ring = 0; ring < kRings; ++ring) {
    float const sigma = -2.0F + 4.0F * static_cast<float>(ring) / (kRings - 1);
    Rect const grown = box.inset(-sigma * deviation);
    float const strength = ring == kRings - 1 ? 0 : blurred(sigma);
    float const rounded = std::clamp(radius + sigma * deviation, 1.0F, std::min(grown.w, grown.h) / 2);
    auto const low = placed({grown.x, grown.y}), high = placed({grown.right(), grown.bottom()});
    auto const shade = packed(colour.with_opacity(static_cast<float>(colour.a) / 255.0F * strength));
    for (ImVec2 const& point : outline_of({low.x, low.y}, {high.x, high.y}, rounded * scale)) {
      list_->PrimWriteVtx(point, white, shade);
    }
  }
  for (int ring = 0; ring + 1 < kRings; ++ring) {
    for (int i = 0; i < kPoints; ++i) {
      auto const at = [&](int in_ring, int point) {
        return static_cast<ImDrawIdx>(base + in_ring * kPoints + point % kPoints);
      };
      for (auto const index :
           {at(ring, i), at(ring, i + 1), at(ring + 1, i + 1), at(ring, i), at(ring + 1, i + 1), at(ring + 1, i)}) {
        list_->PrimWriteIdx(index);
      }
    }
  }
}

void Canvas::shadow(Rect const& box, float radius) {
  Theme const& look = colours();
  if (look.shadow_strength <= 0) return;
  soft_edge(box.moved(0, 1), radius, 4, look.shadow.with_opacity(std::min(1.0F, 0.06F * look.shadow_strength)));
  soft_edge(box.moved(0, 12), radius, 32, look.shadow.with_opacity(std::min(1.0F, 0.08F * look.shadow_strength)));
}

void Canvas::card(Rect const& box, Depth depth, float radius) {
  if (depth == Depth::kRaised) shadow(box, radius);
  fill(box, colours().card, radius);
  if (colours().shadow_strength <= 0) outline(box, colours().line, radius, 3);
}

void Canvas::disc(Point centre, float radius, Colour colour) {
  auto const at = placed(centre);
  list_->AddCircleFilled({at.x, at.y}, radius * metrics_.pixels_per_unit(), packed(colour), 64);
}

void Canvas::line(std::span<Point const> points, Colour colour, float width) {
  std::vector<ImVec2> path;
  path.reserve(points.size());
  for (Point const& point : points) path.push_back({placed(point).x, placed(point).y});
  float const thick = width * metrics_.pixels_per_unit();
  // Few points are corners: each is round. Many are a curve: only its ends are.
  constexpr std::size_t kMostCorners = 16;
  if (path.size() > kMostCorners) {
    list_->AddPolyline(path.data(), static_cast<int>(path.size()), packed(colour), 0, thick);
    path = {path.front(), path.back()};
  } else {
    for (std::size_t i = 0; i + 1 < path.size(); ++i) list_->AddPolyline(&path[i], 2, packed(colour), 0, thick);
  }
  for (ImVec2 const& point : path) list_->AddCircleFilled(point, thick / 2, packed(colour), 24);
}

}  // namespace dga::ui
