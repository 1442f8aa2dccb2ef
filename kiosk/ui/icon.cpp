#include "kiosk/ui/icon.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kiosk/ui/canvas.h"

namespace dga::ui {
namespace {

using Path = std::vector<Point>;

// A part of a circle as a path; turns in degrees, 0 to the right, clockwise.
Path arc(Point centre, float radius, float from, float to) {
  Path path;
  constexpr int kSteps = 24;
  for (int i = 0; i <= kSteps; ++i) {
    float const turn = (from + (to - from) * static_cast<float>(i) / kSteps) * std::numbers::pi_v<float> / 180;
    path.push_back({centre.x + radius * std::cos(turn), centre.y + radius * std::sin(turn)});
  }
  return path;
}

// Strokes on a square from 0 to 24, as icon sets are drawn.
std::vector<Path> strokes(Icon which) {
  switch (which) {
    case Icon::kNone: return {};
    case Icon::kTick: return {{{4.5F, 12.8F}, {9.6F, 18}, {19.5F, 6.5F}}};
    case Icon::kClock: return {{{12, 5}, {12, 12.6F}, {17, 15.6F}}};
    case Icon::kClockFace: return {arc({12, 12}, 9, 0, 360), {{12, 6.8F}, {12, 12.4F}, {15.8F, 14.6F}}};
    case Icon::kHourglass:
      return {{{6, 3}, {18, 3}},
              {{6, 21}, {18, 21}},
              {{7.5F, 3}, {7.5F, 7.5F}, {16.5F, 16.5F}, {16.5F, 21}},
              {{16.5F, 3}, {16.5F, 7.5F}, {7.5F, 16.5F}, {7.5F, 21}}};
    case Icon::kCross: return {{{6, 6}, {18, 18}}, {{18, 6}, {6, 18}}};
    case Icon::kExclamation: return {{{12, 4.5F}, {12, 13.5F}}, {{12, 19}, {12, 19.2F}}};
    case Icon::kQuestion: {
      Path hook = arc({12, 8.4F}, 4.2F, 180, 405);
      hook.push_back({12, 14.2F});
      return {hook, {{12, 19.2F}, {12, 19.4F}}};
    }
    case Icon::kBack: return {{{14.8F, 5.5F}, {8.3F, 12}, {14.8F, 18.5F}}};
    case Icon::kNext: return {{{9.2F, 5.5F}, {15.7F, 12}, {9.2F, 18.5F}}};
    case Icon::kUp: return {{{5.5F, 15}, {12, 8.5F}, {18.5F, 15}}};
    case Icon::kDown: return {{{5.5F, 9}, {12, 15.5F}, {18.5F, 9}}};
    case Icon::kShift:
      return {
          {{12, 3.5F}, {3.5F, 12.5F}, {8, 12.5F}, {8, 19.5F}, {16, 19.5F}, {16, 12.5F}, {20.5F, 12.5F}, {12, 3.5F}}};
    case Icon::kErase:
      return {{{8.5F, 5}, {21.5F, 5}, {21.5F, 19}, {8.5F, 19}, {2.5F, 12}, {8.5F, 5}},
              {{11.5F, 9}, {17.5F, 15}},
              {{17.5F, 9}, {11.5F, 15}}};
    case Icon::kSearch: return {arc({10.5F, 10.5F}, 6.5F, 0, 360), {{15.4F, 15.4F}, {21, 21}}};
    case Icon::kPerson: return {arc({12, 7.5F}, 4, 0, 360), arc({12, 22}, 7.8F, 186, 354)};
    case Icon::kPeople:
      return {arc({9, 8}, 3.6F, 0, 360), arc({9, 21}, 6.6F, 188, 352), arc({16, 8}, 3.6F, -75, 75),
              arc({15.6F, 21}, 6.6F, 290, 352)};
    case Icon::kSync:
      return {arc({12, 12}, 8.2F, 200, 330),
              {{19.4F, 3.4F}, {19.4F, 8.2F}, {14.6F, 8.2F}},
              arc({12, 12}, 8.2F, 20, 150),
              {{4.6F, 20.6F}, {4.6F, 15.8F}, {9.4F, 15.8F}}};
    case Icon::kDevice:
      return {{{4, 4}, {20, 4}, {20, 16}, {4, 16}, {4, 4}}, {{12, 16}, {12, 20}}, {{8, 20.5F}, {16, 20.5F}}};
    case Icon::kSignOut:
      return {{{13, 4}, {5, 4}, {5, 20}, {13, 20}}, {{11, 12}, {20.5F, 12}}, {{16.5F, 8}, {20.5F, 12}, {16.5F, 16}}};
    case Icon::kLock:
      return {{{5, 11}, {19, 11}, {19, 21}, {5, 21}, {5, 11}},
              {{8, 11}, {8, 7.5F}},
              arc({12, 7.5F}, 4, 180, 360),
              {{16, 7.5F}, {16, 11}},
              {{12, 15}, {12, 17}}};
    case Icon::kQr:
      return {{{3.5F, 3.5F}, {9.5F, 3.5F}, {9.5F, 9.5F}, {3.5F, 9.5F}, {3.5F, 3.5F}},
              {{14.5F, 3.5F}, {20.5F, 3.5F}, {20.5F, 9.5F}, {14.5F, 9.5F}, {14.5F, 3.5F}},
              {{3.5F, 14.5F}, {9.5F, 14.5F}, {9.5F, 20.5F}, {3.5F, 20.5F}, {3.5F, 14.5F}},
              {{14.5F, 14.5F}, {14.5F, 17}},
              {{18, 14.5F}, {20.5F, 14.5F}, {20.5F, 20.5F}, {15, 20.5F}}};
    case Icon::kGlobe:
      return {arc({12, 12}, 9, 0, 360),
              {{3.2F, 12}, {20.8F, 12}},
              arc({21, 12}, 12.7F, 135, 225),
              arc({3, 12}, 12.7F, -45, 45)};
    case Icon::kShield:
      return {{{12, 2.8F},
               {19.5F, 5.6F},
               {19.5F, 12},
               {17.4F, 16.6F},
               {12, 21.2F},
               {6.6F, 16.6F},
               {4.5F, 12},
               {4.5F, 5.6F},
               {12, 2.8F}},
              {{8.4F, 11.8F}, {11.2F, 14.6F}, {15.8F, 9}}};
    case Icon::kWrench: return {{{5, 19}, {13, 11}}, arc({16, 8}, 4.4F, -20, 290)};
    case Icon::kContrast: {
      std::vector<Path> paths{arc({12, 12}, 8.6F, 0, 360)};
      for (float x = 12.6F; x < 20; x += 1.2F) {
        float const half = std::sqrt(std::max(0.0F, 8.6F * 8.6F - (x - 12) * (x - 12)));
        paths.push_back({{x, 12 - half}, {x, 12 + half}});
      }
      return paths;
    }
    case Icon::kParcel:
      return {{{12, 2.8F}, {20.5F, 7.2F}, {20.5F, 16.8F}, {12, 21.2F}, {3.5F, 16.8F}, {3.5F, 7.2F}, {12, 2.8F}},
              {{3.5F, 7.2F}, {12, 11.8F}, {20.5F, 7.2F}},
              {{12, 11.8F}, {12, 21.2F}},
              {{7.7F, 5}, {16.2F, 9.6F}, {16.2F, 13}}};
    case Icon::kStick:
      return {{{8.5F, 8}, {8.5F, 2.8F}, {15.5F, 2.8F}, {15.5F, 8}},
              {{6.5F, 8}, {17.5F, 8}, {17.5F, 21.2F}, {6.5F, 21.2F}, {6.5F, 8}},
              {{12, 10.8F}, {12, 18}},
              {{9.4F, 15.4F}, {12, 18}, {14.6F, 15.4F}}};
    case Icon::kPhone:
      return {{{7.5F, 2.8F},
               {16.5F, 2.8F},
               {17.8F, 4.1F},
               {17.8F, 19.9F},
               {16.5F, 21.2F},
               {7.5F, 21.2F},
               {6.2F, 19.9F},
               {6.2F, 4.1F},
               {7.5F, 2.8F}},
              {{6.2F, 17}, {17.8F, 17}},
              {{12, 19}, {12, 19.2F}}};
    case Icon::kLetters:
      return {{{2.5F, 19}, {5.8F, 11}, {9.1F, 19}},
              {{3.7F, 16.4F}, {7.9F, 16.4F}},
              {{11, 19}, {16.2F, 5}, {21.4F, 19}},
              {{12.9F, 14.2F}, {19.5F, 14.2F}}};
    case Icon::kGauge:
      return {arc({12, 14}, 8.8F, 165, 375), {{12, 14}, {16.4F, 9.2F}}, {{3.5F, 20.5F}, {20.5F, 20.5F}}};
    case Icon::kCalendar:
      return {{{4, 6}, {20, 6}, {20, 20.5F}, {4, 20.5F}, {4, 6}},
              {{4, 10.5F}, {20, 10.5F}},
              {{8, 3.2F}, {8, 7}},
              {{16, 3.2F}, {16, 7}}};
  }
  return {};
}

}  // namespace

void Canvas::icon(Icon which, Rect const& box, Colour ink, float weight) {
  float const scale = box.w / 24;
  for (Path const& path : strokes(which)) {
    Path at;
    at.reserve(path.size());
    for (Point const& point : path) at.push_back({box.x + point.x * scale, box.y + point.y * scale});
    line(at, ink, weight * scale);
  }
}

}  // namespace dga::ui
