#include "tools/simulator/centre_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

#include "shared/base/file.h"
#include "tools/simulator/must.h"

namespace dga::simulator {
namespace {

namespace files = std::filesystem;

constexpr char kMemory[] = "/dev/shm";
constexpr std::size_t kMostFileBytes = 64U << 20U;

files::path fastest_disk() {
  return ::access(kMemory, W_OK | X_OK) == 0 ? files::path(kMemory) : files::temp_directory_path();
}

// Lost with the power: nothing here is worth a sync.
void write(files::path const& file, std::string const& content) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << content;
  if (!out.flush()) throw Broken("write " + file.string());
}

}  // namespace

// The name says nothing of the seed, and nothing of it gets into what is simulated.
CentreFolder::CentreFolder(Template const& begin)
    : begin_(begin), path_(fastest_disk() / fmt::format("dga-sim-{}-{}", ::getpid(), static_cast<void*>(this))) {}

CentreFolder::~CentreFolder() {
  std::error_code ignored;
  if (made_) files::remove_all(path_, ignored);
}

void CentreFolder::remove_left_by(pid_t process) {
  std::error_code ignored;
  for (auto const& entry : files::directory_iterator(fastest_disk(), ignored))
    if (entry.path().filename().string().starts_with(fmt::format("dga-sim-{}-", process)))
      files::remove_all(entry.path(), ignored);
}

void CentreFolder::make() {
  if (made_) return;
  made_ = true;
  files::create_directory(path_);
  must(centre::write_keys(path_, begin_.keys), "write a centre's keys");
  must(centre::write_root(path_, begin_.root), "write the root's key");
}

centre::BackupContents CentreFolder::keep(std::string const& copy, std::string const& name) {
  make();
  auto const made = path_ / "copy";
  write(made, copy);
  auto contents = must(centre::place_copy(made, path_ / name, begin_.keys), "put a backup in its place");
  files::remove(made);
  return contents;
}

CentreFolder::Restored CentreFolder::restore(test::Disk const& before, std::string const& name,
                                             base::Clock const& clock) {
  make();
  for (auto const& [file, content] : before) write(path_ / file, content);
  std::optional<base::Bytes> list;
  if (files::exists(path_ / centre::kTrustFile))
    list = must(base::read_file(path_ / centre::kTrustFile, kMostFileBytes), "read the trust list");
  Restored restored{must(centre::restore(path_, path_ / name, centre::Over::kAnything, list, clock), "restore " + name),
                    {}};
  for (auto const& entry : files::directory_iterator(path_)) {
    auto const file = entry.path().filename().string();
    if (file.starts_with(std::string(centre::kStoreFile) + ".before-")) files::remove(entry.path());
    if (file != centre::kStoreFile && file != std::string(centre::kStoreFile) + "-wal") continue;
    restored.disk[file] = must(base::read_file(entry.path(), kMostFileBytes), "read what was restored");
    files::remove(entry.path());
  }
  return restored;
}

}  // namespace dga::simulator
