#include "tests/support/store_power_cut.h"

#include <algorithm>

namespace dga::test {
namespace {

using What = DiskOperation::What;

constexpr std::size_t kSector = 512;

void put(std::string& content, std::size_t at, std::string_view data) {
  if (content.size() < at + data.size()) content.resize(at + data.size());
  content.replace(at, data.size(), data);
}

void apply(std::string& content, DiskOperation const& operation) {
  auto const at = static_cast<std::size_t>(operation.offset);
  if (operation.what == What::kTruncate)
    content.resize(at);
  else
    put(content, at, operation.data);
}

void apply_torn(std::string& content, DiskOperation const& operation, base::Random& random) {
  for (std::size_t done = 0; done < operation.data.size();) {
    auto const at = static_cast<std::size_t>(operation.offset) + done;
    auto const part = std::min(kSector - at % kSector, operation.data.size() - done);
    if (random.below(2)) put(content, at, std::string_view(operation.data).substr(done, part));
    done += part;
  }
}

}  // namespace

PowerCuts::PowerCuts(Disk const& before, std::vector<DiskOperation> const& operations, std::set<std::string> lying)
    : operations_(operations), lying_(std::move(lying)) {
  // Numbered as DiskVfs::insert() numbers them.
  std::uint64_t number = 0;
  for (auto const& [name, content] : before) {
    names_[name] = ++number;
    nodes_[number].durable = content;
  }
}

void PowerCuts::advance_to(std::size_t count) {
  for (; done_ < count; ++done_) advance(operations_[done_]);
}

void PowerCuts::advance(DiskOperation const& operation) {
  if (operation.file.empty() && operation.what != What::kSyncFolder) return;  // a temporary file has no name to find
  auto& node = nodes_[operation.node];
  switch (operation.what) {
    case What::kWrite:
    case What::kTruncate: node.pending.push_back(&operation); break;
    case What::kSync:
      if (lying_.contains(operation.file)) break;
      for (auto const* pending : node.pending) apply(node.durable, *pending);
      node.pending.clear();
      break;
    case What::kFailedSync: node.pending.clear(); break;
    case What::kCreate:
    case What::kDelete:
    case What::kRename: pending_names_.push_back(&operation); break;
    case What::kSyncFolder:
      for (auto const* pending : pending_names_) rename(names_, *pending);
      pending_names_.clear();
      break;
  }
}

void PowerCuts::rename(Names& names, DiskOperation const& operation) {
  if (operation.what == What::kCreate) {
    names[operation.file] = operation.node;
    return;
  }
  auto const found = names.find(operation.file);
  if (found != names.end() && found->second == operation.node) names.erase(found);
  if (operation.what == What::kRename) names[operation.data] = operation.node;
}

PowerCuts::Names PowerCuts::names_after(PowerCut how, base::Random& random) const {
  auto names = names_;
  if (how == PowerCut::kDropsAll) return names;
  bool const keeps_all = how == PowerCut::kKeepsAll;
  // Most file systems keep the order of names, some do not.
  bool const in_order = random.below(2) != 0;
  auto const kept = random.below(pending_names_.size() + 1);
  for (std::size_t i = 0; i < pending_names_.size(); ++i)
    if (keeps_all || (in_order ? i < kept : random.below(2) != 0)) rename(names, *pending_names_[i]);
  return names;
}

std::string PowerCuts::content_after(Node const& node, PowerCut how, base::Random& random) {
  auto content = node.durable;
  auto grown = content.size();
  for (auto const* pending : node.pending) {
    auto const end = static_cast<std::size_t>(pending->offset) + pending->data.size();
    grown = pending->what == What::kTruncate ? end : std::max(grown, end);
    switch (how) {
      case PowerCut::kDropsAll: break;
      case PowerCut::kKeepsAll: apply(content, *pending); break;
      case PowerCut::kTears:
        if (pending->what == What::kWrite) {
          apply_torn(content, *pending, random);
          break;
        }
        [[fallthrough]];
      case PowerCut::kPicks:
        if (random.below(2)) apply(content, *pending);
        break;
    }
  }
  if (how == PowerCut::kDropsAll || content.size() >= grown || random.below(2)) return content;
  auto const had = content.size();
  content.resize(grown);
  if (random.below(2)) random.fill(content.data() + had, grown - had);
  return content;
}

Disk PowerCuts::cut(PowerCut how, base::Random& random) const {
  Disk disk;
  for (auto const& [name, number] : names_after(how, random))
    disk.emplace(name, content_after(nodes_.at(number), how, random));
  return disk;
}

bool PowerCuts::at_stake() const {
  return !pending_names_.empty() ||
         std::any_of(nodes_.begin(), nodes_.end(), [](auto const& one) { return !one.second.pending.empty(); });
}

}  // namespace dga::test
