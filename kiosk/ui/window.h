#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kiosk/ui/canvas.h"
#include "kiosk/ui/characters.h"
#include "kiosk/ui/look.h"
#include "kiosk/ui/metrics.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"

namespace dga::ui {

struct WindowOptions {
  bool fullscreen = true;
  int width = 1280, height = 800;  // pixels; only where not fullscreen
  std::string title = "DGA Kiosk";
  std::optional<Millimetres> panel;  // --panel-mm: size of the whole panel, for those that lie about it
};

// A key of a real keyboard, or of a scanner that pretends to be one.
struct KeyStroke {
  enum class Kind { kCharacter, kEnter, kTab, kBackspace, kEscape } kind = Kind::kCharacter;
  std::string text;         // kCharacter: UTF-8
  std::uint64_t at_ms = 0;  // monotonic, of the clock given to open
};

// The window: GLFW on X11, OpenGL 3. Thread: the UI thread's only, but for wake().
//   while (!window.close_requested()) { window.wait(longest); ...step the flow...; window.frame(look, draw); }
class Window {
 public:
  // Refused "window.no_display", "window.no_opengl"; storage "font.not_found". The clock outlives the window.
  [[nodiscard]] static base::Result<Window> open(WindowOptions const& options, base::Clock const& clock);
  Window(Window&&) noexcept;
  Window& operator=(Window&&) noexcept;
  ~Window();

  // Until an event, wake(), or `longest`; does not poll. Returns at once (within one frame's 16 ms) while something
  // moves and for three frames after each event. Key strokes are delivered from in here.
  void wait(std::chrono::milliseconds longest);
  // Ends a wait. Thread: any.
  void wake() const;
  void on_key(std::function<void(KeyStroke const&)> receiver);
  [[nodiscard]] bool close_requested() const;

  // What the fonts must hold besides the basic set; they are rebuilt before the next frame when it is new.
  void use_characters(CharacterSet const& characters);
  // Builds one frame with `draw` and shows it.
  void frame(Look const& look, std::function<void(Canvas&)> const& draw);

  // Of a window that is not fullscreen; in pixels.
  void resize(int width, int height);
  [[nodiscard]] Panel const& panel() const;
  [[nodiscard]] Canvas& canvas();
  // The last frame as 8-bit RGB rows, top first; for screenshots.
  struct Picture {
    int width = 0, height = 0;
    std::string rgb;
  };
  [[nodiscard]] Picture picture() const;

 private:
  struct Inside;
  explicit Window(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dga::ui
