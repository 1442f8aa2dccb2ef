#include "shared/base/assets.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace dga::base {
namespace {

bool holds_words(std::filesystem::path const& folder) {
  std::error_code ignored;
  return std::filesystem::exists(folder / "lang" / "vi.json", ignored);
}

}  // namespace

Result<std::filesystem::path> assets_folder() {
  if (char const* named = std::getenv("DGA_ASSETS")) {  // NOLINT(concurrency-mt-unsafe): nobody sets the environment
    if (holds_words(named)) return std::filesystem::path(named);
    return refused("assets.not_found", std::string("DGA_ASSETS names ") + named + ", which holds no lang/vi.json",
                   "Point it at the assets folder");
  }
  std::error_code failed;
  auto const program = std::filesystem::read_symlink("/proc/self/exe", failed);
  for (auto folder = program.parent_path(); !failed && !folder.empty(); folder = folder.parent_path()) {
    for (auto const& candidate : {folder / "share" / "dga-kiosk" / "assets", folder / "assets"})
      if (holds_words(candidate)) return candidate;
    if (folder == folder.root_path()) break;
  }
  return refused("assets.not_found", "no assets folder stands beside the program " + program.string() + " or above it",
                 "Install the program with its assets, or set DGA_ASSETS");
}

Result<std::filesystem::path> asset(std::string_view name) {
  TRY(auto folder, assets_folder());
  return folder / name;
}

}  // namespace dga::base
