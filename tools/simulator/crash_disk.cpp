#include "tools/simulator/crash_disk.h"

#include <algorithm>

namespace dga::simulator {

void CrashDisk::end(Ending how, Dice& dice) {
  auto through = vfs_.failed() ? vfs_.failed_after() : vfs_.operations().size();
  if (died_at_) through = std::min(through, *died_at_);
  test::PowerCuts cuts(before_, vfs_.operations());
  cuts.advance_to(through);
  constexpr test::PowerCut kWays[] = {test::PowerCut::kKeepsAll, test::PowerCut::kDropsAll, test::PowerCut::kPicks,
                                      test::PowerCut::kTears};
  auto const way = how == Ending::kKilled ? test::PowerCut::kKeepsAll : kWays[dice.place_in(std::size(kWays))];
  insert(cuts.cut(way, dice.random()));
}

test::Disk CrashDisk::take_out(std::string_view beginning) {
  auto taken = vfs_.content();
  std::erase_if(taken, [&](auto const& file) { return !file.first.starts_with(beginning); });
  for (auto const& [name, content] : taken) vfs_.remove(name);
  return taken;
}

void CrashDisk::insert(test::Disk content) {
  before_ = content;
  vfs_.insert(std::move(content));
  died_at_.reset();
  spare();
}

}  // namespace dga::simulator
