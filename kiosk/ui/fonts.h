#pragma once

#include <array>
#include <filesystem>
#include <string_view>

#include "kiosk/ui/characters.h"
#include "kiosk/ui/metrics.h"
#include "shared/base/result.h"

struct ImFont;
struct ImFontAtlas;

namespace dga::ui {

// Inter in the sizes of one Metrics, rasterised by FreeType into Dear ImGui's atlas. Lengths in pixels.
class Fonts {
 public:
  struct Face {
    ImFont* font = nullptr;
    float baseline = 0;  // from the line's top
    float line = 0;      // from one line to the next; room for marks over capitals and below letters
    float capital = 0;   // height of a capital letter
  };

  // Errors: storage "font.not_found", "font.failed".
  [[nodiscard]] static base::Done check(std::filesystem::path const& folder);
  [[nodiscard]] base::Done build(ImFontAtlas& atlas, std::filesystem::path const& folder, Metrics const& metrics,
                                 CharacterSet const& characters);
  [[nodiscard]] Face const& face(TextStyle style) const { return faces_[static_cast<std::size_t>(style)]; }
  [[nodiscard]] bool has(TextStyle style, char32_t character) const;
  [[nodiscard]] float width(TextStyle style, std::string_view utf8) const;
  // How far the tallest of these characters rises over the baseline, and the deepest hangs below it.
  struct Reach {
    float above = 0, below = 0;
  };
  [[nodiscard]] Reach reach(TextStyle style, std::string_view utf8) const;

 private:
  std::array<Face, kTextStyles> faces_{};
};

}  // namespace dga::ui
