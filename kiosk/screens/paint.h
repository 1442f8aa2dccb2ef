#pragma once

#include "kiosk/screens/scene.h"

namespace dga::screens {

// The registry: one line a screen, one pair of it in a file of the same name. A screen of flow::Screen without a line
// here does not compile.
void paint(Scene& scene, flow::screen::OutOfService const& screen);
void paint(Scene& scene, flow::screen::Unlock const& screen);
void paint(Scene& scene, flow::screen::Home const& screen);
void paint(Scene& scene, flow::screen::FindName const& screen);
void paint(Scene& scene, flow::screen::IsThisYou const& screen);
void paint(Scene& scene, flow::screen::Waiting const& screen);
void paint(Scene& scene, flow::screen::Result const& screen);
void paint(Scene& scene, flow::screen::Pin const& screen);
void paint(Scene& scene, flow::screen::Staff const& screen);
void paint(Scene& scene, flow::screen::StillThere const& screen);

}  // namespace dga::screens
