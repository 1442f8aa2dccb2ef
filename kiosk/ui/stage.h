#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "kiosk/ui/canvas.h"
#include "kiosk/ui/characters.h"
#include "kiosk/ui/look.h"
#include "kiosk/ui/metrics.h"
#include "shared/base/result.h"

namespace dga::ui {

// Dear ImGui, the fonts and the canvas: all but the window, so that screens are drawn and touched in tests without one.
// One at a time is in use (Dear ImGui keeps its context in a global; each frame sets it). Thread: one.
class Stage {
 public:
  // Storage "font.not_found" when a file of Inter is missing in `fonts`.
  [[nodiscard]] static base::Result<Stage> open(Panel const& panel,
                                                std::filesystem::path const& fonts = default_fonts());
  Stage(Stage&&) noexcept;
  Stage& operator=(Stage&&) noexcept;
  ~Stage();

  // Debian's fonts-inter.
  [[nodiscard]] static std::filesystem::path default_fonts();

  void resize(Panel const& panel);
  void use_characters(CharacterSet const& characters);
  // Rebuilds the fonts where the panel, the scale or the characters have changed; true when it did (the window then
  // makes a new texture).
  [[nodiscard]] base::Result<bool> prepare(Look const& look);
  // One frame, after prepare. The draw data stays until the next one.
  void frame(std::function<void(Canvas&)> const& draw);

  [[nodiscard]] Canvas& canvas();
  [[nodiscard]] Panel const& panel() const;
  [[nodiscard]] Fonts const& fonts() const;
  void make_current() const;

 private:
  struct Inside;
  explicit Stage(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dga::ui
