#include "kiosk/ui/window.h"

#define GLFW_INCLUDE_NONE
#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <utility>

#include "kiosk/ui/stage.h"
#include "shared/base/log.h"

namespace dga::ui {
namespace {

// Frames shown after an event: one to answer it, two for what follows from it.
constexpr int kFramesAfterEvent = 3;
constexpr double kFrameSeconds = 1.0 / 60;

// What the panel says of itself; projectors and virtual displays say nothing or nonsense.
Millimetres believable(int width_mm, int height_mm, int width_px, int height_px) {
  if (width_mm > 100 && height_mm > 60 && width_mm < 3000) {
    return {static_cast<float>(width_mm), static_cast<float>(height_mm)};
  }
  return {static_cast<float>(width_px) / kReferencePixelsPerMm, static_cast<float>(height_px) / kReferencePixelsPerMm};
}

base::Error no_display() {
  return base::refused("window.no_display", "opening a window: no X11 display answers",
                       "start the kiosk in an X session, or with --headless");
}

}  // namespace

struct Window::Inside {
  Inside(Stage opened, base::Clock const& its_clock) : stage(std::move(opened)), clock(&its_clock) {}
  ~Inside();

  void happened() { owed_frames = kFramesAfterEvent; }
  [[nodiscard]] Point in_units(double x, double y) const;
  void stroke(KeyStroke::Kind kind, std::string text = {});
  void fit_panel();

  Stage stage;
  base::Clock const* clock;
  GLFWwindow* window = nullptr;
  bool drawing = false;  // OpenGL 3 is set up
  int owed_frames = kFramesAfterEvent;
  Look look;
  Millimetres screen_mm;  // of the whole screen
  int screen_width_px = 0, screen_height_px = 0;
  std::pair<double, double> finger{};  // or pointer, in window coordinates, as of the last event that was handled
  std::function<void(KeyStroke const&)> receiver;
};

namespace {

template <typename Inside>
Inside& inside_of(GLFWwindow* window) {
  return *static_cast<Inside*>(glfwGetWindowUserPointer(window));
}

}  // namespace

Window::Inside::~Inside() {
  stage.make_current();
  if (drawing) ImGui_ImplOpenGL3_Shutdown();
  if (window != nullptr) glfwDestroyWindow(window);
  glfwTerminate();
}

Point Window::Inside::in_units(double x, double y) const {
  float const scale = Metrics(stage.panel(), look.text).pixels_per_unit();
  return {static_cast<float>(x) / scale, static_cast<float>(y) / scale};
}

void Window::Inside::stroke(KeyStroke::Kind kind, std::string text) {
  happened();
  if (receiver) receiver({kind, std::move(text), clock->mono_ms()});
}

// The picture's own share of the panel, in millimetres.
void Window::Inside::fit_panel() {
  int width = 0, height = 0;
  glfwGetFramebufferSize(window, &width, &height);
  if (width <= 0 || height <= 0) return;
  stage.resize({width,
                height,
                {screen_mm.width * static_cast<float>(width) / static_cast<float>(screen_width_px),
                 screen_mm.height * static_cast<float>(height) / static_cast<float>(screen_height_px)}});
}

Window::Window(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Window::Window(Window&&) noexcept = default;
Window& Window::operator=(Window&&) noexcept = default;
Window::~Window() = default;

base::Result<Window> Window::open(WindowOptions const& options, base::Clock const& clock) {
  TRY(auto stage, Stage::open(Panel{}));
  if (glfwInit() != GLFW_TRUE) return no_display();
  auto inside = std::make_unique<Inside>(std::move(stage), clock);
  GLFWmonitor* const monitor = glfwGetPrimaryMonitor();
  GLFWvidmode const* const mode = monitor == nullptr ? nullptr : glfwGetVideoMode(monitor);
  if (mode == nullptr) return no_display();
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_AUTO_ICONIFY, GLFW_FALSE);
  inside->window = options.fullscreen
                       ? glfwCreateWindow(mode->width, mode->height, options.title.c_str(), monitor, nullptr)
                       : glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
  if (inside->window == nullptr) {
    return base::refused("window.no_opengl", "opening a window with OpenGL 3.2",
                         "install Mesa's drivers (libgl1-mesa-dri)");
  }
  int width_mm = 0, height_mm = 0;
  glfwGetMonitorPhysicalSize(monitor, &width_mm, &height_mm);
  inside->screen_width_px = mode->width;
  inside->screen_height_px = mode->height;
  inside->screen_mm = options.panel.value_or(believable(width_mm, height_mm, mode->width, mode->height));
  glfwMakeContextCurrent(inside->window);
  glfwSwapInterval(1);
  inside->stage.make_current();
  inside->drawing = ImGui_ImplOpenGL3_Init("#version 150");
  glfwSetWindowUserPointer(inside->window, inside.get());
  glfwSetInputMode(inside->window, GLFW_LOCK_KEY_MODS, GLFW_TRUE);
  glfwSetCharCallback(inside->window, [](GLFWwindow* window, unsigned int character) {
    inside_of<Inside>(window).stroke(KeyStroke::Kind::kCharacter, to_utf8(character));
  });
  glfwSetKeyCallback(inside->window, [](GLFWwindow* window, int key, int, int action, int) {
    if (action == GLFW_RELEASE) return;
    auto& self = inside_of<Inside>(window);
    if (key == GLFW_KEY_ENTER || key == GLFW_KEY_KP_ENTER) self.stroke(KeyStroke::Kind::kEnter);
    if (key == GLFW_KEY_TAB) self.stroke(KeyStroke::Kind::kTab);
    if (key == GLFW_KEY_BACKSPACE) self.stroke(KeyStroke::Kind::kBackspace);
    if (key == GLFW_KEY_ESCAPE) self.stroke(KeyStroke::Kind::kEscape);
  });
  glfwGetCursorPos(inside->window, &inside->finger.first, &inside->finger.second);
  // Where the finger was when it touched, not where it is when a slow picture has come round to it: glfwGetCursorPos
  // asks the X server for the present place, and a quick second tap would take the first one with it.
  glfwSetCursorPosCallback(inside->window, [](GLFWwindow* window, double x, double y) {
    inside_of<Inside>(window).finger = {x, y};
  });
  glfwSetMouseButtonCallback(inside->window, [](GLFWwindow* window, int button, int action, int) {
    if (button != GLFW_MOUSE_BUTTON_LEFT) return;
    auto& self = inside_of<Inside>(window);
    self.happened();
    auto const [x, y] = self.finger;
    action == GLFW_PRESS ? self.stage.canvas().finger_down(self.in_units(x, y))
                         : self.stage.canvas().finger_up(self.in_units(x, y));
  });
  glfwSetFramebufferSizeCallback(inside->window, [](GLFWwindow* window, int, int) {
    inside_of<Inside>(window).fit_panel();
    inside_of<Inside>(window).happened();
  });
  glfwSetWindowRefreshCallback(inside->window, [](GLFWwindow* window) { inside_of<Inside>(window).happened(); });
  if (options.fullscreen) glfwSetInputMode(inside->window, GLFW_CURSOR, GLFW_CURSOR_HIDDEN);
  inside->fit_panel();
  return Window(std::move(inside));
}

void Window::wait(std::chrono::milliseconds longest) {
  bool const soon = inside_->owed_frames > 0 || inside_->stage.canvas().moving();
  double const asked = std::max(0.001, std::chrono::duration<double>(longest).count());
  glfwWaitEventsTimeout(soon ? std::min(asked, kFrameSeconds) : asked);
}

void Window::wake() const { glfwPostEmptyEvent(); }

void Window::on_key(std::function<void(KeyStroke const&)> receiver) { inside_->receiver = std::move(receiver); }

bool Window::close_requested() const { return glfwWindowShouldClose(inside_->window) == GLFW_TRUE; }

void Window::use_characters(CharacterSet const& characters) { inside_->stage.use_characters(characters); }

void Window::frame(Look const& look, std::function<void(Canvas&)> const& draw) {
  Inside& in = *inside_;
  if (in.owed_frames > 0) --in.owed_frames;
  in.look = look;
  auto const rebuilt = in.stage.prepare(look);
  if (!rebuilt) {
    // Without letters there is nothing to show; the picture of before stays, and the next frame tries again.
    base::log(base::LogLevel::kError, "fonts.failed", {{"why", rebuilt.error().what}});
    return;
  }
  if (*rebuilt) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
    // The copy in colour has gone to the graphics memory: 16 MB.
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    ImGui::MemFree(std::exchange(atlas.TexPixelsRGBA32, nullptr));
  }
  ImGui_ImplOpenGL3_NewFrame();
  in.stage.frame(draw);
  glViewport(0, 0, in.stage.panel().width_px, in.stage.panel().height_px);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glfwSwapBuffers(in.window);
}

void Window::resize(int width, int height) {
  glfwSetWindowSize(inside_->window, width, height);
  // The X server answers when it has done so; one that refuses is not waited for longer than this.
  constexpr int kMostTries = 60;
  for (int i = 0; i < kMostTries && (panel().width_px != width || panel().height_px != height); ++i) {
    glfwWaitEventsTimeout(kFrameSeconds);
    inside_->fit_panel();
  }
}

Panel const& Window::panel() const { return inside_->stage.panel(); }
Canvas& Window::canvas() { return inside_->stage.canvas(); }

Window::Picture Window::picture() const {
  Panel const& panel = inside_->stage.panel();
  Picture taken{panel.width_px, panel.height_px, {}};
  auto const row = static_cast<std::size_t>(panel.width_px) * 3;
  std::string upside_down(row * static_cast<std::size_t>(panel.height_px), '\0');
  // What was shown is gone after a swap: the same frame is drawn once more, and read before it is shown.
  inside_->stage.make_current();
  glViewport(0, 0, panel.width_px, panel.height_px);
  if (ImDrawData* const drawn = ImGui::GetDrawData(); drawn != nullptr) ImGui_ImplOpenGL3_RenderDrawData(drawn);
  glReadBuffer(GL_BACK);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, panel.width_px, panel.height_px, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
  taken.rgb.reserve(upside_down.size());
  for (int y = panel.height_px - 1; y >= 0; --y) taken.rgb.append(upside_down, static_cast<std::size_t>(y) * row, row);
  return taken;
}

}  // namespace dga::ui
