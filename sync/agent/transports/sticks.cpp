#include "sync/agent/transports/sticks.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "shared/base/file.h"

namespace dga::agent {
namespace {

// Thousands of mounts; a kiosk has some thirty.
constexpr std::size_t kMostTableBytes = 1024 * 1024;

// The table writes blanks and a few more as "\040".
std::string plain(std::string_view escaped) {
  constexpr auto kOctal = [](char c) { return c >= '0' && c <= '7'; };
  std::string text;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    bool const code = escaped[i] == '\\' && i + 3 < escaped.size() && kOctal(escaped[i + 1]) &&
                      kOctal(escaped[i + 2]) && kOctal(escaped[i + 3]);
    if (!code) {
      text += escaped[i];
      continue;
    }
    text += static_cast<char>((escaped[i + 1] - '0') * 64 + (escaped[i + 2] - '0') * 8 + (escaped[i + 3] - '0'));
    i += 3;
  }
  return text;
}

std::string_view take(std::string_view& rest, char until) {
  auto const end = rest.find(until);
  auto const part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

}  // namespace

std::vector<std::filesystem::path> sticks_in(std::string_view mountinfo) {
  std::vector<std::filesystem::path> found;
  while (!mountinfo.empty()) {
    // "36 35 8:17 / /media/staff/STICK rw,nosuid shared:1 - vfat /dev/sdb1 rw": proc(5).
    auto line = take(mountinfo, '\n');
    for (int skipped = 0; skipped < 4; ++skipped) take(line, ' ');
    auto const where = plain(take(line, ' '));
    auto const how = take(line, ' ');
    bool const plugged_in = where.starts_with("/media/") || where.starts_with("/run/media/");
    bool const to_be_written = how == "rw" || how.starts_with("rw,");
    if (plugged_in && to_be_written) found.emplace_back(where);
  }
  return found;
}

StickWatch::StickWatch(std::filesystem::path folder, std::filesystem::path table)
    : folder_(std::move(folder)),
      table_(std::move(table)),
      mounts_(::open(table_.c_str(), O_RDONLY | O_CLOEXEC)),
      woken_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StickWatch::~StickWatch() {
  if (mounts_ >= 0) ::close(mounts_);
  ::close(woken_);
}

std::vector<std::filesystem::path> StickWatch::there() const {
  std::vector<std::filesystem::path> found;
  std::error_code problem;
  if (!folder_.empty() && std::filesystem::is_directory(folder_, problem)) found.push_back(folder_);
  auto const table = base::read_file(table_, kMostTableBytes);
  if (!table.ok()) return found;
  for (auto& stick : sticks_in(*table)) found.push_back(std::move(stick));
  return found;
}

void StickWatch::wait() const {
  std::array<pollfd, 2> waiting{pollfd{woken_, POLLIN, 0}, pollfd{mounts_, POLLPRI, 0}};
  ::poll(waiting.data(), waiting.size(), folder_.empty() ? -1 : static_cast<int>(kFolderLook.count()));
  std::uint64_t woken = 0;
  [[maybe_unused]] auto const read = ::read(woken_, &woken, sizeof woken);
}

void StickWatch::wake() const {
  std::uint64_t const one = 1;
  [[maybe_unused]] auto const written = ::write(woken_, &one, sizeof one);
}

}  // namespace dga::agent
