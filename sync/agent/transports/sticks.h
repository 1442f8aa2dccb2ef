#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>
#include <vector>

namespace dga::agent {

// Where what people plug in is mounted, from the text of /proc/self/mountinfo: below /media and /run/media, to be
// written to, in the table's order.
[[nodiscard]] std::vector<std::filesystem::path> sticks_in(std::string_view mountinfo);

// Finds sticks as they come and go. The kernel wakes whoever waits on its table of mounts; a folder that stands for a
// stick wakes nobody and is looked for once in kFolderLook.
// Thread: one; only wake() may be called from any.
class StickWatch {
 public:
  static constexpr std::chrono::milliseconds kFolderLook = std::chrono::seconds(2);

  // `folder`: counts as a stick while it is there; empty for none. `table`: the kernel's, or a test's.
  explicit StickWatch(std::filesystem::path folder, std::filesystem::path table = "/proc/self/mountinfo");
  ~StickWatch();
  StickWatch(StickWatch const&) = delete;
  StickWatch& operator=(StickWatch const&) = delete;

  // Those that are there now; the folder first. Empty, too, where the table cannot be read.
  [[nodiscard]] std::vector<std::filesystem::path> there() const;
  // Until the table may have changed, or somebody calls wake().
  void wait() const;
  void wake() const;

 private:
  std::filesystem::path folder_, table_;
  int mounts_, woken_;
};

}  // namespace dga::agent
