// A class as a coordinator writes it.
#include "shared/course/class_file.h"

#include "shared/course/attendance.h"
#include "shared/course/session_now.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {

void class_files(base::ByteView input) {
  auto const read = course::read_class_file(input);
  if (!read.ok()) {
    require(read.error().code == "class.invalid", "a class file is refused by its one code");
    return;
  }
  for (auto const& session : read->sessions())
    require(session.start_ms() < session.end_ms(), "no session ends before it starts");
  auto const timetable = course::timetable_of(*read);
  for (auto const& session : timetable.sessions) (void)course::session_now(timetable, session.start_ms);
  auto const moved = course::starting_on(*read, "2026-11-22");
  if (moved.ok()) require(moved->sessions_size() == read->sessions_size(), "a class that is moved keeps its sessions");
}

}  // namespace dga::fuzz
