#include <algorithm>
#include <vector>

#include "kiosk/screens/paint.h"
#include "kiosk/screens/parts.h"
#include "kiosk/screens/staff_pages.h"

namespace dga::screens {
namespace {

using flow::screen::StaffPage;
using ui::Icon;
using ui::Rect;
using ui::TextStyle;

struct Entry {
  std::string id, label;
  Icon icon;
  flow::Event event;
  bool chosen = false, leaves = false;
};

std::vector<Entry> entries(Scene const& scene, flow::screen::Staff const& screen) {
  auto const page = [&](StaffPage which, std::string_view id, std::string_view key, Icon icon) {
    bool const below_sync =
        screen.page == StaffPage::kCourier || screen.page == StaffPage::kPhone || screen.page == StaffPage::kLimit;
    bool const chosen = screen.page == which || (which == StaffPage::kSync && below_sync) ||
                        (which == StaffPage::kPresent && screen.page == StaffPage::kSession);
    return Entry{std::string(id), scene.say(key), icon, flow::event::StaffPageChosen{which}, chosen, false};
  };
  std::vector<Entry> all{page(StaffPage::kPresent, "staff.present", "staff.present", Icon::kPeople)};
  // How the kiosk and its sync are doing is the coordinator's.
  if (screen.role == v1::COORDINATOR) {
    all.push_back(page(StaffPage::kSync, "staff.sync", "staff.sync", Icon::kSync));
    all.push_back(page(StaffPage::kDevice, "staff.device", "staff.device", Icon::kDevice));
  }
  all.push_back({"staff.sign_out", scene.say("staff.sign_out"), Icon::kSignOut, flow::event::SignOut{}, false, true});
  return all;
}

void item(Scene& scene, Entry const& entry, Rect const& box) {
  auto& canvas = scene.canvas;
  auto const& colours = scene.colours();
  bool const tapped = canvas.touch(entry.id, box, entry.label, ui::Role::kButton, 20);
  bool const down = canvas.pressed(entry.id);
  Rect const seen = box.inset(0, 4);
  if (entry.chosen || down) canvas.fill(seen, colours.tint, 20);
  if (entry.chosen && colours.shadow_strength <= 0) canvas.outline(seen, colours.line, 20, 3);
  ui::Colour const ink = entry.leaves ? colours.refused.ink : entry.chosen ? colours.on_tint : colours.ink;
  ui::Colour const ground = entry.chosen ? colours.tint : colours.card;
  float const width = canvas.text_width(TextStyle::kButton, entry.label);
  constexpr float kIcon = 38, kToLabel = 18;
  bool const pictured = width + kIcon + kToLabel + 36 <= box.w;
  bool const centred = canvas.upright();
  float const whole = pictured ? width + kIcon + kToLabel : width;
  float x = centred ? box.centre().x - whole / 2 : box.x + 22;
  if (pictured) {
    canvas.icon(entry.icon, {x, box.centre().y - kIcon / 2, kIcon, kIcon}, ink);
    x += kIcon + kToLabel;
  }
  canvas.text(entry.id + ".label", {x, box.y, width, box.h}, entry.label,
              {.style = TextStyle::kButton, .ink = ink, .ground = ground, .middle = true, .inside = entry.id});
  if (tapped) scene.emit(entry.event);
}

void side(Scene& scene, std::vector<Entry> const& all, Rect const& box) {
  auto const& colours = scene.colours();
  scene.canvas.fill(box, colours.card);
  scene.canvas.fill({box.right() - 2, box.y, 2, box.h}, colours.line);
  Rect inner = box.inset(18, 20);
  for (Entry const& entry : all) {
    Rect const place = entry.leaves ? inner.take_bottom(ui::kSmallestTarget) : inner.take_top(ui::kSmallestTarget, 4);
    item(scene, entry, place);
  }
}

void tabs(Scene& scene, std::vector<Entry> const& all, Rect const& box, std::size_t columns) {
  auto const& colours = scene.colours();
  scene.canvas.fill(box, colours.card);
  scene.canvas.fill({box.x, box.bottom() - 2, box.w, 2}, colours.line);
  float const width = box.w / static_cast<float>(columns);
  for (std::size_t i = 0; i < all.size(); ++i) {
    Rect const place{box.x + static_cast<float>(i % columns) * width,
                     box.y + static_cast<float>(i / columns) * ui::kSmallestTarget, width, ui::kSmallestTarget};
    item(scene, all[i], place.inset(4, 0));
  }
}

}  // namespace

void paint(Scene& scene, flow::screen::Staff const& screen) {
  auto& canvas = scene.canvas;
  bool const large = canvas.large();
  Rect rest = canvas.area();
  banner(scene, rest);
  if (!large)
    header(scene, rest, HeaderChoices::kNone,
           scene.say(screen.role == v1::COORDINATOR ? "staff.coordinator" : "staff.trainer"));
  auto const all = entries(scene, screen);
  if (canvas.upright()) {
    float widest = 0;
    for (Entry const& entry : all) widest = std::max(widest, canvas.text_width(TextStyle::kButton, entry.label));
    bool const in_a_row = (widest + 40) * static_cast<float>(all.size()) <= rest.w;
    std::size_t const columns = in_a_row ? all.size() : 2;
    float const rows = static_cast<float>((all.size() + columns - 1) / columns);
    tabs(scene, all, rest.take_top(rows * ui::kSmallestTarget), columns);
  } else {
    side(scene, all, rest.take_left(large ? 380.0F : 322.0F));
  }
  rest = rest.inset(large ? 20.0F : 32.0F, large ? 16.0F : 28.0F);
  switch (screen.page) {
    case StaffPage::kPresent: return paint_present(scene, screen, rest);
    case StaffPage::kSync: return paint_sync(scene, rest);
    case StaffPage::kDevice: return paint_device(scene, rest);
    case StaffPage::kCourier: return paint_courier(scene, rest);
    case StaffPage::kPhone: return paint_phone(scene, rest);
    case StaffPage::kLimit: return paint_limit(scene, screen, rest);
    case StaffPage::kSession: return paint_session(scene, screen, rest);
  }
}

}  // namespace dga::screens
