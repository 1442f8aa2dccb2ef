#include "kiosk/app/touch_map.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace dga::app {
namespace {

struct NameOf {
  std::string operator()(flow::screen::OutOfService const&) const { return "out_of_service"; }
  std::string operator()(flow::screen::Unlock const& unlock) const {
    return unlock.checking ? "unlock.checking" : "unlock";
  }
  std::string operator()(flow::screen::Home const&) const { return "home"; }
  std::string operator()(flow::screen::FindName const& find) const {
    return find.found.empty() ? "find_name" : "find_name.found";
  }
  std::string operator()(flow::screen::IsThisYou const&) const { return "is_this_you"; }
  std::string operator()(flow::screen::Waiting const&) const { return "waiting"; }
  std::string operator()(flow::screen::Result const& result) const {
    return "result." + std::string(flow::name_of(result.outcome.verdict));
  }
  std::string operator()(flow::screen::Pin const& pin) const { return pin.checking ? "pin.checking" : "pin"; }
  std::string operator()(flow::screen::Staff const& staff) const {
    switch (staff.page) {
      case flow::screen::StaffPage::kPresent: return "staff.present";
      case flow::screen::StaffPage::kSync: return "staff.sync";
      case flow::screen::StaffPage::kDevice: return "staff.device";
      case flow::screen::StaffPage::kCourier: return "staff.courier";
      case flow::screen::StaffPage::kPhone: return "staff.phone";
      case flow::screen::StaffPage::kLimit: return "staff.limit";
      case flow::screen::StaffPage::kSession: return "staff.session";
    }
    return "staff";
  }
  std::string operator()(flow::screen::StillThere const&) const { return "still_there"; }
};

}  // namespace

void TouchMap::note(flow::State const& state, ui::Canvas const& canvas) {
  if (file_.empty()) return;
  nlohmann::ordered_json map{{"screen", std::visit(NameOf{}, state.screen)},
                             {"language", state.language == flow::Language::kVietnamese ? "vi" : "en"},
                             {"still", !canvas.moving()},
                             {"recorded", state.sync.recorded},
                             {"waiting", state.sync.waiting},
                             {"shown", nlohmann::ordered_json::array()},
                             {"touch", nlohmann::ordered_json::object()}};
  float const scale = canvas.metrics().pixels_per_unit();
  auto const pixels = [scale](float units) { return std::lround(units * scale); };
  for (ui::Widget const& widget : canvas.widgets()) {
    map["shown"].push_back(widget.id);
    if (ui::can_be_touched(widget.role)) {
      ui::Rect const& box = widget.rectangle;
      map["touch"][widget.id] = {pixels(box.x), pixels(box.y), pixels(box.w), pixels(box.h)};
    }
  }
  std::string text = map.dump();
  if (text == written_) return;
  auto beside = file_;
  beside += ".new";
  std::ofstream(beside) << text;
  std::error_code failed;
  std::filesystem::rename(beside, file_, failed);
  if (!failed) written_ = std::move(text);
}

}  // namespace dga::app
