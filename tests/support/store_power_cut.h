#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "shared/base/random.h"
#include "tests/support/store_disk_vfs.h"

namespace dga::test {

// How a power cut treats what was written since a file's last sync, and names since the folder's.
enum class PowerCut {
  kKeepsAll,
  kDropsAll,
  kPicks,  // each write, truncation and name there or not, whatever came before or after it
  kTears,  // the same in sectors of 512 bytes
};

// A disk that loses its power after any of the operations that were asked of it.
// Where data is lost the file may have grown all the same: then there are zeros, or what the disk held before.
class PowerCuts {
 public:
  // `lying`: files whose syncs do nothing, for controls. REQUIRES: `operations` outlive this.
  PowerCuts(Disk const& before, std::vector<DiskOperation> const& operations, std::set<std::string> lying = {});

  // So many operations were done. REQUIRES: not fewer than last time.
  void advance_to(std::size_t count);
  [[nodiscard]] Disk cut(PowerCut how, base::Random& random) const;
  // Whether anything is there that a cut could take.
  [[nodiscard]] bool at_stake() const;

 private:
  struct Node {
    std::string durable;
    std::vector<DiskOperation const*> pending;
  };
  using Names = std::map<std::string, std::uint64_t>;

  void advance(DiskOperation const& operation);
  static void rename(Names& names, DiskOperation const& operation);
  [[nodiscard]] Names names_after(PowerCut how, base::Random& random) const;
  static std::string content_after(Node const& node, PowerCut how, base::Random& random);

  std::vector<DiskOperation> const& operations_;
  std::set<std::string> lying_;
  std::size_t done_ = 0;
  std::map<std::uint64_t, Node> nodes_;
  Names names_;
  std::vector<DiskOperation const*> pending_names_;
};

}  // namespace dga::test
