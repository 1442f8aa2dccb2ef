#include "kiosk/screens/parts.h"

#include <algorithm>

namespace dga::screens {
namespace {

using ui::Align;
using ui::Fit;
using ui::Icon;
using ui::Rect;
using ui::Role;
using ui::TextStyle;

constexpr float kHeaderHeight = ui::kSmallestTarget;

float chip_height(ui::Canvas const& canvas) { return std::max(68.0F, canvas.line_height(TextStyle::kButton) + 8); }

// A chip in the header: small to the eye, 20 mm to the finger.
bool chip(Scene& scene, std::string_view id, Rect const& box, std::string_view text, std::string_view spoken,
          Icon icon) {
  auto const& colours = scene.colours();
  bool const tapped = scene.canvas.touch(id, box, spoken, Role::kButton, box.h / 2);
  float const height = chip_height(scene.canvas), radius = height / 2;
  Rect const seen{box.x + 6, box.y + (box.h - height) / 2, box.w - 12, height};
  bool const down = scene.canvas.pressed(id);
  scene.canvas.fill(seen, down ? ui::mixed(colours.brand_chip, colours.on_brand, 0.2F) : colours.brand_chip, radius);
  if (colours.shadow_strength <= 0) scene.canvas.outline(seen, colours.line, radius, 3);
  if (icon != Icon::kNone) {
    constexpr float kSide = 40;
    scene.canvas.icon(icon, {seen.centre().x - kSide / 2, seen.centre().y - kSide / 2, kSide, kSide}, colours.on_brand);
  } else {
    scene.canvas.text(std::string(id) + ".label", seen, text,
                      {.style = TextStyle::kButton,
                       .ink = colours.on_brand,
                       .ground = colours.brand_chip,
                       .align = Align::kCentre,
                       .middle = true,
                       .inside = id});
  }
  return tapped;
}

// Chips from the right; answers the width they took.
float chips(Scene& scene, Rect row, HeaderChoices choices) {
  float const before = row.w;
  bool const large = scene.canvas.large();
  auto const place = [&](std::string_view text) {
    return row.take_right(std::max(ui::kSmallestTarget + 4, scene.canvas.text_width(TextStyle::kButton, text) + 60), 4);
  };
  if (choices == HeaderChoices::kNone) return 0;
  std::string const& language = scene.say(large ? "language.short" : "language.other");
  if (chip(scene, "header.language", place(language), language, scene.say("language.other"), Icon::kNone))
    scene.emit(flow::event::ToggleLanguage{});
  if (choices == HeaderChoices::kAll) {
    std::string const& sign = scene.say("look.text_sign");
    if (chip(scene, "header.large_text", place(sign), sign, scene.say("look.large_text"), Icon::kNone))
      scene.emit(flow::event::ToggleLargeText{});
    if (chip(scene, "header.theme", place(""), "", scene.say("look.theme"), Icon::kContrast))
      scene.emit(flow::event::ToggleTheme{});
  }
  return before - row.w;
}

// The class above its session, as much of both as there is room for.
void titles(Scene& scene, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  std::string const course = course_of(scene);
  auto const* session = session_shown(scene.state);
  std::string words;
  if (session != nullptr) {
    auto const all = words_of(scene, *session);
    words = canvas.fitting(TextStyle::kSecondary, box.w, {all.whole, all.middle, all.hours});
  }
  float const strong = canvas.line_height(TextStyle::kStrong), second = canvas.line_height(TextStyle::kSecondary);
  bool const two = canvas.text_width(TextStyle::kStrong, course) > box.w &&
                   canvas.text_height(TextStyle::kStrong, course, box.w) <= 2 * strong && 2 * strong + second <= box.h;
  bool const both = strong + second <= box.h;
  if (!both && !words.empty()) {
    canvas.text("header.session", box, words,
                {.style = TextStyle::kSecondary, .ink = colours.on_brand, .ground = colours.brand, .middle = true});
    return;
  }
  float const height = (two ? 2 * strong : strong) + (words.empty() ? 0 : second);
  Rect lines{box.x, box.y + (box.h - height) / 2, box.w, height};
  canvas.text("header.course", lines.take_top(two ? 2 * strong : strong), course,
              {.style = TextStyle::kStrong,
               .ink = colours.on_brand,
               .ground = colours.brand,
               .fit = two ? Fit::kWrap : Fit::kShorten});
  if (!words.empty()) {
    canvas.text("header.session", lines, words,
                {.style = TextStyle::kSecondary, .ink = colours.on_brand2, .ground = colours.brand});
  }
}

}  // namespace

void banner(Scene& scene, Rect& rest) {
  bool const rehearsal = scene.state.a_class && scene.state.a_class->pack.class_().rehearsal();
  bool const simulated = scene.state.simulated_clock;
  if (!rehearsal && !simulated) return;
  auto& canvas = scene.canvas;
  auto const& tone = scene.colours().rehearsal;
  bool const tight = rest.h < 790;
  Rect const strip = rest.take_top(canvas.line_height(TextStyle::kStrong) + (tight ? 0.0F : 8.0F));
  canvas.fill(strip, tone.on);
  std::string_view const words =
      !rehearsal  ? canvas.fitting(TextStyle::kStrong, strip.w - 2 * kMargin,
                                   {scene.say("banner.simulated"), scene.say("banner.simulated_short")})
      : simulated ? canvas.fitting(TextStyle::kStrong, strip.w - 2 * kMargin,
                                   {scene.say("banner.rehearsal_simulated"), scene.say("banner.rehearsal_short"),
                                    scene.say("banner.rehearsal_shortest")})
                  : canvas.fitting(TextStyle::kStrong, strip.w - 2 * kMargin,
                                   {scene.say("banner.rehearsal"), scene.say("banner.rehearsal_short"),
                                    scene.say("banner.rehearsal_shortest")});
  canvas.text(
      "banner", strip.inset(kMargin, 0), words,
      {.style = TextStyle::kStrong, .ink = tone.ink, .ground = tone.on, .align = Align::kCentre, .middle = true});
}

void space_strip(Scene& scene, Rect& rest) {
  using Level = flow::SpaceView::Level;
  auto const& space = scene.state.space;
  if (space.level == Level::kPlenty) return;
  auto& canvas = scene.canvas;
  bool const full = space.level == Level::kFull;
  auto const& tone = full ? scene.colours().refused : scene.colours().already;
  std::string const n = std::to_string(space.check_ins_left);
  std::string const whole = full ? scene.say("space.full") : scene.say("space.low", {{"n", n}});
  std::string const brief = full ? scene.say("space.full_short") : scene.say("space.low_short", {{"n", n}});
  std::string const shortest = full ? brief : scene.say("space.low_shortest", {{"n", n}});
  bool const tight = rest.h < 560;
  Rect const strip = rest.take_top(canvas.line_height(TextStyle::kStrong) + (tight ? 0.0F : 8.0F));
  canvas.fill(strip, tone.on);
  Rect const words = strip.inset(kMargin, 0);
  canvas.text(
      "home.space", words, canvas.fitting(TextStyle::kStrong, words.w, {whole, brief, shortest}),
      {.style = TextStyle::kStrong, .ink = tone.ink, .ground = tone.on, .align = Align::kCentre, .middle = true});
}

void header(Scene& scene, Rect& rest, HeaderChoices choices, std::string_view role) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const stacked = canvas.upright() && choices != HeaderChoices::kNone;
  // In large text the class stands in the session's words only.
  float const course_height =
      canvas.large() || !stacked ? 0 : canvas.text_height(TextStyle::kStrong, course_of(scene), rest.w - 2 * kMargin);
  float const titles_height = stacked ? course_height + canvas.line_height(TextStyle::kSecondary) + 22 : 0;
  Rect const ground = rest.take_top(kHeaderHeight + titles_height);
  canvas.fill(ground, colours.brand);
  if (colours.shadow_strength <= 0) canvas.fill({ground.x, ground.bottom() - 3, ground.w, 3}, colours.line);
  Rect row = ground;
  row = row.take_top(kHeaderHeight).inset(kMargin, 0);
  std::string const clock = clock_of(scene.state, scene.state.wall_ms);
  Rect const clock_box = row.take_right(canvas.text_width(TextStyle::kClock, clock), 14);
  canvas.text("header.clock", clock_box, clock,
              {.style = TextStyle::kClock,
               .ink = colours.on_brand,
               .ground = colours.brand,
               .align = Align::kRight,
               .middle = true});
  row.w -= chips(scene, row, choices);
  if (!role.empty()) {
    float const width = canvas.text_width(TextStyle::kStrong, role) + 48;
    Rect const seen = row.take_right(width, 20).inset(0, (kHeaderHeight - chip_height(canvas)) / 2);
    canvas.fill(seen, colours.brand_chip, seen.h / 2);
    canvas.text("header.role", seen, role,
                {.style = TextStyle::kStrong,
                 .ink = colours.on_brand,
                 .ground = colours.brand_chip,
                 .align = Align::kCentre,
                 .middle = true});
  }
  if (stacked) {
    titles(scene, {ground.x + kMargin, ground.y + kHeaderHeight - 8, ground.w - 2 * kMargin, titles_height - 6});
  } else {
    row.w -= 16;
    titles(scene, row);
  }
}

void sign(Scene& scene, Icon icon, ui::Point centre, float radius, ui::Tone const& tone) {
  scene.canvas.disc(centre, radius, tone.ink);
  float const side = radius * 1.18F;
  scene.canvas.icon(icon, {centre.x - side / 2, centre.y - side / 2, side, side}, tone.on, 2.7F);
}

float sync_line(Scene& scene, Rect const& box, std::string_view id) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  flow::SyncView const& sync = scene.state.sync;
  std::string whole, brief;
  ui::Colour dot = colours.attention;
  switch (sync.phase) {
    case flow::SyncView::Phase::kOffline:
    case flow::SyncView::Phase::kWaiting:
      whole = scene.say("sync.offline");
      brief = scene.say("sync.offline_short");
      break;
    case flow::SyncView::Phase::kSending:
      whole = brief = scene.say("sync.sending");
      dot = colours.action;
      break;
    case flow::SyncView::Phase::kUpToDate:
      brief = scene.say("sync.up_to_date");
      whole = sync.last_receipt_ms
                  ? scene.say("sync.up_to_date_at", {{"time", clock_of(scene.state, *sync.last_receipt_ms)}})
                  : brief;
      dot = colours.good;
      break;
    case flow::SyncView::Phase::kRefused: whole = brief = scene.say("sync.refused"); break;
  }
  constexpr float kDot = 9, kIndent = 32;
  canvas.disc({box.x + kDot, box.centre().y}, kDot, dot);
  Rect const words = Rect{box.x + kIndent, box.y, box.w - kIndent, box.h};
  Rect const drawn =
      canvas.text(id, words, canvas.fitting(TextStyle::kSecondary, words.w, {whole, brief}),
                  {.style = TextStyle::kSecondary, .ink = colours.ink2, .ground = colours.paper, .middle = true});
  return kIndent + drawn.w;
}

void field(Scene& scene, std::string_view id, Rect const& box, std::string_view label, std::string const& typed,
           Typed how) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  canvas.card(box, ui::Depth::kRaised, 24);
  canvas.outline(box, colours.action, 24, 3);
  ui::Widget widget;
  widget.id = id;
  widget.role = Role::kField;
  widget.label = label;
  widget.rectangle = box;
  canvas.note(std::move(widget));
  Rect const inner = box.inset(30, 0);
  float end = inner.x;
  float const caret = canvas.metrics().em(TextStyle::kHeading) * 1.2F;
  if (how == Typed::kMasked) {
    constexpr float kDot = 11, kStep = 34;
    auto const count = static_cast<std::size_t>(std::count_if(
        typed.begin(), typed.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    auto const fit = static_cast<std::size_t>((inner.w - 20) / kStep);
    for (std::size_t i = 0; i < std::min(count, fit); ++i) {
      canvas.disc({inner.x + kDot + static_cast<float>(i) * kStep, box.centre().y}, kDot, colours.ink);
    }
    end = inner.x + static_cast<float>(std::min(count, fit)) * kStep;
  } else {
    // The end of what was typed matters: a long text loses its beginning.
    std::string tail = typed;
    auto points = ui::code_points(typed);
    while (canvas.text_width(TextStyle::kHeading, tail) > inner.w - 20 && !points.empty()) {
      points.erase(points.begin());
      tail = "…";
      for (char32_t const point : points) tail += ui::to_utf8(point);
    }
    Rect const drawn = canvas.text(std::string(id) + ".text", inner, tail,
                                   {.style = TextStyle::kHeading,
                                    .ink = colours.ink,
                                    .ground = colours.card,
                                    .fit = Fit::kShorten,
                                    .middle = true,
                                    .inside = id});
    end = inner.x + drawn.w;
  }
  canvas.fill({end + 4, box.centre().y - caret / 2, 4, caret}, colours.action, 2);
}

Leaves leaves_of(Scene& scene, std::string const& list, std::size_t size, std::size_t flow_page,
                 std::size_t on_flow_page, std::size_t at_a_time) {
  if (size == 0) return {};
  std::size_t const page = std::min(flow_page, (size - 1) / on_flow_page);
  std::size_t const start = page * on_flow_page, on_page = std::min(on_flow_page, size - start);
  std::size_t const last = (on_page - 1) / at_a_time;
  auto const leaf = std::min(static_cast<std::size_t>(scene.canvas.leaf(list)), last);
  std::size_t const per_page = (on_flow_page + at_a_time - 1) / at_a_time;
  std::size_t const full_pages = (size - 1) / on_flow_page, rest = size - full_pages * on_flow_page;
  return {start + leaf * at_a_time, std::min(at_a_time, on_page - leaf * at_a_time), page * per_page + leaf + 1,
          full_pages * per_page + (rest + at_a_time - 1) / at_a_time};
}

void leafing(Scene& scene, std::string const& prefix, std::string const& list, Leaves const& leaves,
             std::size_t flow_page, std::size_t on_flow_page, Rect const& column) {
  auto& canvas = scene.canvas;
  constexpr float kBetween = 8;
  bool const low = column.h < 2 * ui::kSmallestTarget + kBetween - 1;
  Rect whole = column, up, down;
  if (low && (leaves.number == 1 || leaves.number == leaves.all)) {
    up = down = column;
  } else if (low) {
    up = whole.take_left((column.w - kBetween) / 2, kBetween);
    down = whole;
  } else {
    float const height = std::min((column.h - kBetween) / 2, 1.4F * ui::kSmallestTarget);
    up = whole.take_top(height, kBetween);
    down = whole.take_top(height);
  }
  std::size_t const page_end = (flow_page + 1) * on_flow_page;
  auto const button = [&](std::string_view way, Rect const& box, std::string_view spoken, Icon icon) {
    ui::Canvas& on = scene.canvas;
    bool const tapped = on.button(prefix + std::string(way), box, "", ui::ButtonLook::kQuiet, icon);
    on.name_last(spoken);
    return tapped;
  };
  if (leaves.number > 1 && button(".previous", up, scene.say("action.previous_page"), Icon::kUp)) {
    if (leaves.first > flow_page * on_flow_page) {
      --canvas.leaf(list);
      scene.emit(flow::event::Tapped{});
    } else {
      scene.emit(flow::event::PreviousPage{});
    }
  }
  if (leaves.number < leaves.all && button(".next", down, scene.say("action.next_page"), Icon::kDown)) {
    if (leaves.first + leaves.count < page_end) {
      ++canvas.leaf(list);
      scene.emit(flow::event::Tapped{});
    } else {
      scene.emit(flow::event::NextPage{});
    }
  }
}

void language_button(Scene& scene, Rect const& box) {
  std::string const& text = scene.say(scene.canvas.large() ? "language.short" : "language.other");
  if (scene.canvas.button("language", box, text, ui::ButtonLook::kQuiet)) scene.emit(flow::event::ToggleLanguage{});
}

void type_on(Scene& scene, ui::KeyboardLook look) {
  look.space_label = scene.say("key.space");
  look.shift_label = scene.say("key.shift");
  look.erase_label = scene.say("key.erase");
  auto const touched = ui::keyboard(scene.canvas, look);
  if (!touched) return;
  switch (touched->kind) {
    case ui::KeyTouch::Kind::kCharacter: scene.emit(flow::event::KeyTyped{touched->text}); return;
    case ui::KeyTouch::Kind::kErase: scene.emit(flow::event::KeyErase{}); return;
    case ui::KeyTouch::Kind::kShift: scene.emit(flow::event::KeyShift{}); return;
    case ui::KeyTouch::Kind::kDigits: scene.emit(flow::event::KeyDigits{}); return;
    case ui::KeyTouch::Kind::kTelex: scene.emit(flow::event::KeyTelex{}); return;
    case ui::KeyTouch::Kind::kBack: scene.emit(flow::event::Back{}); return;
    case ui::KeyTouch::Kind::kSubmit: scene.emit(flow::event::Submit{}); return;
  }
}

}  // namespace dga::screens
