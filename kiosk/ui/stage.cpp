#include "kiosk/ui/stage.h"

#include <imgui.h>

#include <optional>
#include <utility>

#include "kiosk/ui/fonts.h"

namespace dga::ui {

struct Stage::Inside {
  Panel panel;
  std::filesystem::path folder;
  ImGuiContext* context = nullptr;
  Fonts fonts;
  CharacterSet characters;
  Look look;
  Canvas canvas;
  bool stale = true;  // the fonts
  // What the fonts were built for.
  std::optional<std::pair<float, TextScale>> built_for;

  ~Inside() {
    if (context != nullptr) ImGui::DestroyContext(context);
  }
};

Stage::Stage(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Stage::Stage(Stage&&) noexcept = default;
Stage& Stage::operator=(Stage&&) noexcept = default;
Stage::~Stage() = default;

std::filesystem::path Stage::default_fonts() { return "/usr/share/fonts/opentype/inter"; }

base::Result<Stage> Stage::open(Panel const& panel, std::filesystem::path const& fonts) {
  TRY_DO(Fonts::check(fonts));
  auto inside = std::make_unique<Inside>();
  inside->panel = panel;
  inside->folder = fonts;
  inside->context = ImGui::CreateContext();
  ImGui::SetCurrentContext(inside->context);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.DeltaTime = 1.0F / 60.0F;
  return Stage(std::move(inside));
}

void Stage::make_current() const { ImGui::SetCurrentContext(inside_->context); }

void Stage::resize(Panel const& panel) { inside_->panel = panel; }

void Stage::use_characters(CharacterSet const& characters) {
  if (characters == inside_->characters) return;
  inside_->characters = characters;
  inside_->stale = true;
}

base::Result<bool> Stage::prepare(Look const& look) {
  make_current();
  Inside& in = *inside_;
  in.look = look;
  Metrics const metrics(in.panel, look.text);
  std::pair const wanted{metrics.pixels_per_unit(), look.text};
  if (!in.stale && in.built_for == wanted) return false;
  TRY_DO(in.fonts.build(*ImGui::GetIO().Fonts, in.folder, metrics, in.characters));
  in.stale = false;
  in.built_for = wanted;
  return true;
}

void Stage::frame(std::function<void(Canvas&)> const& draw) {
  make_current();
  Inside& in = *inside_;
  ImGui::GetIO().DisplaySize = {static_cast<float>(in.panel.width_px), static_cast<float>(in.panel.height_px)};
  // A window holds the texture; without one the atlas must still count as sent.
  if (ImGui::GetIO().Fonts->TexID == nullptr) ImGui::GetIO().Fonts->SetTexID(reinterpret_cast<ImTextureID>(1));
  ImGui::NewFrame();
  in.canvas.begin(*ImGui::GetBackgroundDrawList(), in.fonts, Metrics(in.panel, in.look.text), in.look);
  draw(in.canvas);
  in.canvas.end();
  ImGui::Render();
}

Canvas& Stage::canvas() { return inside_->canvas; }
Panel const& Stage::panel() const { return inside_->panel; }
Fonts const& Stage::fonts() const { return inside_->fonts; }

}  // namespace dga::ui
