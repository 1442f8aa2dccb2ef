#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/ui/geometry.h"
#include "kiosk/ui/icon.h"
#include "kiosk/ui/look.h"
#include "kiosk/ui/metrics.h"
#include "kiosk/ui/theme.h"
#include "kiosk/ui/widget.h"

struct ImDrawList;

namespace dga::ui {

class Fonts;

enum class Align { kLeft, kCentre, kRight };
enum class Fit {
  kOneLine,  // our own words: must fit, the tests see to it
  kShorten,  // data: one line, shortened with … where it does not fit
  kWrap,     // as many lines as it takes
};
enum class Depth { kFlat, kRaised };
enum class ButtonLook { kPrimary, kQuiet, kPlain, kOutlined, kDanger, kHeader };

struct TextLook {
  TextStyle style = TextStyle::kBody;
  Colour ink;
  Colour ground;  // what it is written on
  Align align = Align::kLeft;
  Fit fit = Fit::kOneLine;
  bool middle = false;           // centred vertically in its box
  std::string_view inside = {};  // id of the touchable widget it is a part of
};

// Draws on Dear ImGui's draw lists and keeps the list of what is there. All lengths in units, all colours opaque
// tokens. Immediate: a widget exists while it is drawn. At most one tap is answered a frame, so that a tap never lands
// on a screen that its finger has not seen. Thread: the UI thread's only.
class Canvas {
 public:
  Canvas();
  Canvas(Canvas const&) = delete;
  Canvas& operator=(Canvas const&) = delete;

  // --- what is shown (for screens) ---
  [[nodiscard]] Rect area() const { return {0, 0, metrics_.width(), metrics_.height()}; }
  [[nodiscard]] bool upright() const { return metrics_.width() < metrics_.height(); }
  [[nodiscard]] bool large() const { return look_.text == TextScale::kLarge; }
  [[nodiscard]] Theme const& colours() const { return theme(look_.theme); }
  [[nodiscard]] Look const& look() const { return look_; }
  [[nodiscard]] Metrics const& metrics() const { return metrics_; }

  // Shapes.
  void fill(Rect const& box, Colour colour, float radius = 0);
  // From `from` at the left top to `to` at the right bottom.
  void fill_gradient(Rect const& box, Colour from, Colour to, float radius);
  void outline(Rect const& box, Colour colour, float radius, float width);
  void card(Rect const& box, Depth depth = Depth::kRaised, float radius = 28);
  void disc(Point centre, float radius, Colour colour);
  void line(std::span<Point const> points, Colour colour, float width);
  void icon(Icon which, Rect const& box, Colour ink, float weight = 2.1F);  // of its strokes, 24 to the box

  // Text. Width and height as it would be drawn.
  // The first of `candidates`, from the longest to the shortest, that fits into `width` on one line; else the last.
  [[nodiscard]] std::string_view fitting(TextStyle style, float width,
                                         std::initializer_list<std::string_view> candidates) const;
  [[nodiscard]] float text_width(TextStyle style, std::string_view text) const;
  [[nodiscard]] float line_height(TextStyle style) const;
  [[nodiscard]] float text_height(TextStyle style, std::string_view text, float width) const;  // wrapped
  // Answers where the text lies. An empty id: not registered (it repeats what another widget says).
  Rect text(std::string_view id, Rect const& box, std::string_view text, TextLook const& look);

  // Things to touch: drawn, registered, and true when tapped in this frame.
  bool button(std::string_view id, Rect const& box, std::string_view text, ButtonLook look, Icon which = Icon::kNone,
              TextStyle style = TextStyle::kButton);
  // Draws nothing but the focus ring; the screen draws the rest, pressed(id) tells when to look pressed.
  bool touch(std::string_view id, Rect const& box, std::string_view text, Role role = Role::kButton, float radius = 24);
  [[nodiscard]] bool pressed(std::string_view id) const { return !id.empty() && (armed_ == id || arming_ == id); }
  // A finger touched where nothing was to be touched. Ask after all widgets were drawn.
  [[nodiscard]] bool missed() const { return touched_ && !hit_; }
  void note(Widget widget);  // registers something drawn by hand
  // What the last widget stands for, where an icon is all that is written on it.
  void name_last(std::string_view spoken);

  // How far a list was leafed through, where that is the screen's own business; 0 at first and once it was not asked
  // for.
  int& leaf(std::string const& list);

  // Motion. `share` 0 .. 1 of a screen's entrance: fades and slides what is drawn from here on.
  void entrance(float share);
  // Something moves: draw another frame soon.
  void keep_moving() { moving_ = true; }

  // --- for the window, the app and tests ---
  void begin(ImDrawList& list, Fonts const& fonts, Metrics const& metrics, Look const& look);
  void end();
  // A finger, in units.
  void finger_down(Point at);
  void finger_up(Point at);
  // As if somebody tapped the widget, in the next frame. False when no such widget was drawn in the last one.
  bool tap(std::string_view id);
  // Operation by keyboard.
  void focus_next();
  void focus_activate();
  [[nodiscard]] bool moving() const { return moving_ || !fingers_.empty(); }
  [[nodiscard]] std::vector<Widget> const& widgets() const { return widgets_; }
  [[nodiscard]] Widget const* find(std::string_view id) const;

 private:
  struct Finger {
    Point at;
    bool down;
  };
  [[nodiscard]] std::uint32_t packed(Colour colour) const;
  [[nodiscard]] Point placed(Point point) const;  // units -> pixels
  [[nodiscard]] std::vector<std::string> lines_of(TextStyle style, std::string_view text, float width) const;
  [[nodiscard]] std::string shortened(TextStyle style, std::string_view text, float width) const;
  void draw_line(std::string_view text, Point top_left, TextStyle style, Colour ink);
  void shadow(Rect const& box, float radius);
  void soft_edge(Rect const& box, float radius, float blur, Colour colour);
  void label(Widget& widget, std::string_view text, TextStyle style, Icon which);

  ImDrawList* list_ = nullptr;
  Fonts const* fonts_ = nullptr;
  Metrics metrics_;
  Look look_;
  float entrance_ = 1;
  bool moving_ = false;
  std::vector<Widget> widgets_;
  std::map<std::string, int> leaves_, last_leaves_;
  std::deque<Finger> fingers_;  // not yet answered
  std::vector<Finger> now_;     // answered in this frame
  std::string armed_, arming_;  // under a finger that is down
  std::string tapping_;         // by tap() or the keyboard, to be answered in the next frame
  std::string focus_;
  bool touched_ = false, hit_ = false;
};

}  // namespace dga::ui
