#pragma once

#include <filesystem>
#include <string>

#include "kiosk/flow/state.h"
#include "kiosk/ui/canvas.h"

namespace dga::app {

// What stands on the screen, for a rehearsal's script: a file that always holds the present screen's name, what is
// shown there, and where each touchable widget lies, in pixels. Ids and places only: no word of any screen, so nobody's
// data.
//   {"screen":"result.late","language":"vi","still":true,"recorded":12,"waiting":3,"shown":["result.title","result.skip"],
//    "touch":{"result.skip":[0,0,1280,800]}}
// Written beside and renamed, only when something changed. Thread: the UI thread's only.
class TouchMap {
 public:
  // An empty path: nothing is ever written.
  explicit TouchMap(std::filesystem::path file) : file_(std::move(file)) {}
  // After a frame. `still`: nothing moves any more, a picture may be taken.
  void note(flow::State const& state, ui::Canvas const& canvas);

 private:
  std::filesystem::path file_;
  std::string written_;
};

}  // namespace dga::app
