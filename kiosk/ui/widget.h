#pragma once

#include <string>

#include "kiosk/ui/colour.h"
#include "kiosk/ui/geometry.h"

namespace dga::ui {

enum class Role { kButton, kKey, kListItem, kField, kText, kPicture, kProgress };

// One thing on the screen, as a test or a voice finds it.
struct Widget {
  std::string id;  // "home.find"; unique on a screen
  Role role = Role::kText;
  std::string label;         // what is written there, or what it stands for
  std::string inside;        // id of the widget whose part it is, or empty
  Rect rectangle;            // units
  Rect text;                 // units: where its text really lies; empty when there is none
  float em = 0;              // units; 0 when there is no text
  Colour ink, ground;        // of the text
  bool shortened = false;    // its text did not fit and ends in …
  bool may_shorten = false;  // data of any length (a name, an agency), not our own words
  bool instruction = false;  // instructions, names, buttons: at least 0.45 degrees; others 0.3
};

[[nodiscard]] constexpr bool can_be_touched(Role role) {
  return role == Role::kButton || role == Role::kKey || role == Role::kListItem;
}

}  // namespace dga::ui
