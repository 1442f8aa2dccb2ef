// kiosk-gallery OUTDIR [FILTER]: a picture of every screen, taken from a real window.
#include <png.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "kiosk/screens/screens.h"
#include "kiosk/ui/window.h"
#include "tests/kiosk/screens/states.h"

namespace {

using namespace dga;

struct Variant {
  std::string_view name;
  flow::Language language = flow::Language::kVietnamese;
  flow::Theme theme = flow::Theme::kLight;
  bool large_text = false;
  int width = 1280, height = 800;
};

constexpr Variant kVariants[] = {
    {"vi"},
    {"en", flow::Language::kEnglish},
    {"dark", flow::Language::kVietnamese, flow::Theme::kDark},
    {"contrast", flow::Language::kEnglish, flow::Theme::kHighContrast},
    {"large", flow::Language::kVietnamese, flow::Theme::kLight, true},
    {"large-en", flow::Language::kEnglish, flow::Theme::kLight, true},
    {"upright", flow::Language::kVietnamese, flow::Theme::kLight, false, 800, 1280},
    {"upright-en", flow::Language::kEnglish, flow::Theme::kLight, false, 800, 1280},
    {"upright-large", flow::Language::kVietnamese, flow::Theme::kLight, true, 800, 1280},
};

bool write_png(std::filesystem::path const& file, ui::Window::Picture const& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  return png_image_write_to_file(&image, file.c_str(), 0, picture.rgb.data(), 0, nullptr) != 0;
}

int take(std::filesystem::path const& folder, std::string_view filter, Variant const& variant, ui::Window& window) {
  window.resize(variant.width, variant.height);
  auto const lang = test::words_in(variant.language);
  ui::CharacterSet characters;
  lang.add_characters(characters);
  screens::add_characters(*test::class_view(), characters);
  window.use_characters(characters);
  // Mesa follows a new size one frame late.
  window.frame({}, [](ui::Canvas&) {});
  for (auto& [name, state] : test::all_states()) {
    std::string const title = name + "-" + std::string(variant.name);
    if (title.find(filter) == std::string::npos) continue;
    state.language = variant.language;
    state.theme = variant.theme;
    state.large_text = variant.large_text;
    window.wait(std::chrono::milliseconds(1));
    window.frame(screens::look_of(state),
                 [&](ui::Canvas& canvas) { static_cast<void>(screens::draw(state, canvas, lang)); });
    if (!write_png(folder / (title + ".png"), window.picture())) {
      std::fprintf(stderr, "%s.png could not be written to %s\n", title.c_str(), folder.c_str());
      return 1;
    }
    std::printf("%s\n", title.c_str());
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: kiosk-gallery OUTDIR [FILTER]\n");
    return 2;
  }
  std::filesystem::path const folder = arguments[1];
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  auto const clock = base::system_clock();
  ui::WindowOptions options;
  options.fullscreen = false;
  options.panel = ui::Millimetres{217.5F, 217.5F};  // of a screen of 1280 x 1280: a window on it is a 10.1" panel
  auto window = ui::Window::open(options, *clock);
  if (!window) {
    std::fprintf(stderr, "%s\n", base::describe(window.error()).c_str());
    return 1;
  }
  for (Variant const& variant : kVariants) {
    if (int const failed = take(folder, count > 2 ? arguments[2] : "", variant, *window); failed != 0) return failed;
  }
  return 0;
}
