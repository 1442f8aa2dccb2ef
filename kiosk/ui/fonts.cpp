#include "kiosk/ui/fonts.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <imgui.h>
#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace dga::ui {
namespace {

struct Cut {
  char const* file;
  bool figures_alike;  // digits of one width, so that a clock does not jump
};

Cut cut_of(TextStyle style) {
  switch (style) {
    case TextStyle::kResult:
    case TextStyle::kTitle: return {"InterDisplay-Bold.otf", false};
    case TextStyle::kHeading:
    case TextStyle::kButton:
    case TextStyle::kStrong: return {"Inter-SemiBold.otf", false};
    case TextStyle::kBody:
    case TextStyle::kSecondary: return {"Inter-Regular.otf", false};
    case TextStyle::kNumber: return {"InterDisplay-Bold.otf", true};
    case TextStyle::kClock: return {"Inter-SemiBold.otf", true};
  }
  return {"Inter-Regular.otf", false};
}

TextStyle style_at(std::size_t index) { return static_cast<TextStyle>(index); }

// FreeType's own measure of a face: Dear ImGui rounds every advance up to a whole pixel, which tears words apart.
class Ruler {
 public:
  Ruler() { failed_ = FT_Init_FreeType(&library_) != 0; }
  Ruler(Ruler const&) = delete;
  Ruler& operator=(Ruler const&) = delete;
  ~Ruler() {
    if (face_ != nullptr) FT_Done_Face(face_);
    if (library_ != nullptr) FT_Done_FreeType(library_);
  }
  [[nodiscard]] bool open(std::string const& file) {
    if (face_ != nullptr) FT_Done_Face(face_);
    face_ = nullptr;
    return !failed_ && FT_New_Face(library_, file.c_str(), 0, &face_) == 0;
  }
  // Ascender to descender, in ems: what Dear ImGui calls the size of a font.
  [[nodiscard]] float height_in_ems() const {
    return static_cast<float>(face_->ascender - face_->descender) / static_cast<float>(face_->units_per_EM);
  }
  [[nodiscard]] float ascender_in_ems() const {
    return static_cast<float>(face_->ascender) / static_cast<float>(face_->units_per_EM);
  }
  // Nothing when the face has no such character.
  [[nodiscard]] float advance_in_ems(char32_t character) const {
    FT_UInt const glyph = FT_Get_Char_Index(face_, character);
    if (glyph == 0 || FT_Load_Glyph(face_, glyph, FT_LOAD_NO_SCALE) != 0) return 0;
    return static_cast<float>(face_->glyph->metrics.horiAdvance) / static_cast<float>(face_->units_per_EM);
  }
  [[nodiscard]] bool has(char32_t character) const { return FT_Get_Char_Index(face_, character) != 0; }

 private:
  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
  bool failed_ = false;
};

std::vector<ImWchar> ranges_of(CharacterSet const& characters, Ruler const& ruler, bool figures_only) {
  std::vector<ImWchar> ranges;
  for (char32_t const point : characters.all()) {
    if (figures_only && point > 0x7F && point != U'–' && point != U'…') continue;
    if (!ruler.has(point)) continue;
    auto const wide = static_cast<ImWchar>(point);
    if (!ranges.empty() && ranges.back() + 1 == wide) {
      ranges.back() = wide;
    } else {
      ranges.insert(ranges.end(), {wide, wide});
    }
  }
  ranges.push_back(0);
  return ranges;
}

bool is_figure(ImWchar character) { return character >= '0' && character <= '9'; }

void correct_advances(ImFont& font, Ruler const& ruler, float em, bool figures_alike) {
  float widest = 0;
  for (char32_t figure = U'0'; figure <= U'9'; ++figure) widest = std::max(widest, ruler.advance_in_ems(figure));
  for (ImFontGlyph& glyph : font.Glyphs) {
    auto const character = static_cast<ImWchar>(glyph.Codepoint);
    float advance = ruler.advance_in_ems(character);
    if (figures_alike && is_figure(character)) {
      float const aside = (widest - advance) * em / 2;
      glyph.X0 += aside;
      glyph.X1 += aside;
      advance = widest;
    }
    glyph.AdvanceX = advance * em;
  }
}

// The first style up to `index` that is written with the same letters: in large text several are.
std::size_t twin_of(std::size_t index, std::array<float, kTextStyles> const& ems) {
  Cut const cut = cut_of(style_at(index));
  for (std::size_t i = 0; i < index; ++i) {
    Cut const other = cut_of(style_at(i));
    bool const same_size = std::lround(ems[i] * 16) == std::lround(ems[index] * 16);
    if (same_size && std::string_view(other.file) == cut.file && other.figures_alike == cut.figures_alike) return i;
  }
  return index;
}

base::Error not_found(std::filesystem::path const& file) {
  return base::storage("font.not_found", "opening the font " + file.string(), "install Debian's package fonts-inter");
}

}  // namespace

base::Done Fonts::check(std::filesystem::path const& folder) {
  for (std::size_t i = 0; i < kTextStyles; ++i) {
    auto const file = folder / cut_of(style_at(i)).file;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) return not_found(file);
  }
  return {};
}

base::Done Fonts::build(ImFontAtlas& atlas, std::filesystem::path const& folder, Metrics const& metrics,
                        CharacterSet const& characters) {
  TRY_DO(check(folder));
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  atlas.Flags |= ImFontAtlasFlags_NoMouseCursors;
  atlas.TexDesiredWidth = 2048;
  Ruler ruler;
  std::array<std::vector<ImWchar>, kTextStyles> ranges;  // read while the atlas is built
  std::array<float, kTextStyles> ems{};
  for (std::size_t i = 0; i < kTextStyles; ++i) {
    TextStyle const style = style_at(i);
    Cut const cut = cut_of(style);
    auto const file = folder / cut.file;
    if (!ruler.open(file.string())) return not_found(file);
    ranges[i] = ranges_of(characters, ruler, cut.figures_alike);
    ems[i] = metrics.em(style) * metrics.pixels_per_unit();
    Face& face = faces_[i];
    auto const alike = twin_of(i, ems);
    face.font = alike != i
                    ? faces_[alike].font
                    : atlas.AddFontFromFileTTF(file.c_str(), ems[i] * ruler.height_in_ems(), nullptr, ranges[i].data());
    // 1.22 em: stacked marks over capitals (Ế) and dots below (ẹ) of two lines do not touch.
    face.line = std::round(ems[i] * 1.22F);
    face.baseline = (face.line - ems[i] * ruler.height_in_ems()) / 2 + ems[i] * ruler.ascender_in_ems();
    face.capital = ems[i] * 0.727F;
  }
  if (!atlas.Build()) {
    return base::storage("font.failed", "drawing Inter's letters from " + folder.string(), "reinstall fonts-inter");
  }
  for (std::size_t i = 0; i < kTextStyles; ++i) {
    if (twin_of(i, ems) != i) continue;
    Cut const cut = cut_of(style_at(i));
    if (!ruler.open((folder / cut.file).string())) return not_found(folder / cut.file);
    correct_advances(*faces_[i].font, ruler, ems[i], cut.figures_alike);
  }
  return {};
}

bool Fonts::has(TextStyle style, char32_t character) const {
  return character < 0x10000 && face(style).font->FindGlyphNoFallback(static_cast<ImWchar>(character)) != nullptr;
}

float Fonts::width(TextStyle style, std::string_view utf8) const {
  float width = 0;
  for (char32_t const point : code_points(utf8)) {
    auto const* glyph = point < 0x10000 ? face(style).font->FindGlyphNoFallback(static_cast<ImWchar>(point)) : nullptr;
    if (glyph != nullptr) width += glyph->AdvanceX;
  }
  return width;
}

Fonts::Reach Fonts::reach(TextStyle style, std::string_view utf8) const {
  Reach reach;
  ImFont const& font = *face(style).font;
  for (char32_t const point : code_points(utf8)) {
    auto const* glyph = point < 0x10000 ? font.FindGlyphNoFallback(static_cast<ImWchar>(point)) : nullptr;
    if (glyph == nullptr) continue;
    reach.above = std::max(reach.above, font.Ascent - glyph->Y0);
    reach.below = std::max(reach.below, glyph->Y1 - font.Ascent);
  }
  return reach;
}

}  // namespace dga::ui
