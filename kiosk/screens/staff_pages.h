#pragma once

#include "kiosk/screens/scene.h"

namespace dga::screens {

// What stands beside the staff's menu; each fills `box`.
void paint_present(Scene& scene, flow::screen::Staff const& screen, ui::Rect box);
void paint_sync(Scene& scene, ui::Rect box);
void paint_device(Scene& scene, ui::Rect box);
void paint_courier(Scene& scene, ui::Rect box);
void paint_phone(Scene& scene, ui::Rect box);
void paint_session(Scene& scene, flow::screen::Staff const& screen, ui::Rect box);
void paint_limit(Scene& scene, flow::screen::Staff const& screen, ui::Rect box);

}  // namespace dga::screens
