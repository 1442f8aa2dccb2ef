#include "shared/store/salvage/page_versions.h"

#include <algorithm>

namespace dga::salvage {
namespace {

using sodium_vfs::kPageBytes;

// Where page 1 tells how many pages the database has (SQLite's file format, 1.3).
constexpr std::size_t kPageCountAt = 28;

}  // namespace

PageVersions::PageVersions(DatabaseFiles const& files, sodium_vfs::Inspector const& inspector, LogImage const& log)
    : files_(files), inspector_(inspector), log_(log), anything_opens_(log.header_opens) {
  for (std::uint64_t number = 1; number <= log.frames.size(); ++number) {
    auto const& frame = log.frames[number - 1];
    if (frame.standing != Standing::kClosed) anything_opens_ = true;
    if (frame.standing == Standing::kCommitted || frame.standing == Standing::kProven)
      promised_[frame.page].push_back(number);
  }
  auto const bytes = files.database ? files.database->size() : 0;
  pages_in_file_ = static_cast<std::uint32_t>((bytes + kPageBytes - 1) / kPageBytes);
  sodium_vfs::Page page;
  for (std::uint32_t number = 1; number <= pages_in_file_; ++number) {
    if (number == kLockPage) continue;
    if (!read({number, 0}, page)) {
      closed_.push_back(number);
      continue;
    }
    anything_opens_ = true;
    if (number == 1) pages_ = sodium_vfs::big_endian(page.data() + kPageCountAt);
  }
  if (log.database_pages != 0) pages_ = log.database_pages;
  if (pages_ == 0) pages_ = pages_in_file_;
}

bool PageVersions::opens_in_file(std::uint32_t page) const {
  return page != 0 && page <= pages_in_file_ && page != kLockPage &&
         !std::binary_search(closed_.begin(), closed_.end(), page);
}

bool PageVersions::log_is_damaged() const {
  return log_.header_damaged ||
         std::any_of(log_.frames.begin(), log_.frames.end(), [](LoggedFrame const& frame) { return frame.damaged; });
}

std::optional<Place> PageVersions::newest(std::uint32_t page) const {
  if (auto const found = promised_.find(page); found != promised_.end()) return Place{page, found->second.back()};
  if (opens_in_file(page)) return Place{page, 0};
  return std::nullopt;
}

std::vector<Place> PageVersions::others() const {
  std::vector<Place> places;
  for (auto const& [page, frames] : promised_)
    for (auto frame = frames.rbegin() + 1; frame != frames.rend(); ++frame) places.push_back({page, *frame});
  std::sort(places.begin(), places.end(), [](auto const& a, auto const& b) { return a.frame > b.frame; });
  for (auto const& [page, frames] : promised_)
    if (opens_in_file(page)) places.push_back({page, 0});
  for (std::uint32_t page = pages_ + 1; page <= pages_in_file_; ++page)
    if (opens_in_file(page) && !promised_.contains(page)) places.push_back({page, 0});
  auto const add_all = [&](Standing standing) {
    for (auto number = log_.frames.size(); number > 0; --number)
      if (log_.frames[number - 1].standing == standing) places.push_back({log_.frames[number - 1].page, number});
  };
  add_all(Standing::kEarlier);
  add_all(Standing::kUnproven);
  return places;
}

std::vector<Place> PageVersions::versions(std::uint32_t page) const {
  std::vector<Place> places;
  if (auto const found = promised_.find(page); found != promised_.end())
    for (auto frame = found->second.rbegin(); frame != found->second.rend(); ++frame) places.push_back({page, *frame});
  if (opens_in_file(page)) places.push_back({page, 0});
  for (auto const standing : {Standing::kEarlier, Standing::kUnproven})
    for (auto number = log_.frames.size(); number > 0; --number)
      if (log_.frames[number - 1].standing == standing && log_.frames[number - 1].page == page)
        places.push_back({page, number});
  return places;
}

std::optional<Place> PageVersions::version_at(std::uint32_t page, std::uint64_t through) const {
  for (auto number = std::min<std::uint64_t>(through, log_.frames.size()); number > 0; --number) {
    auto const& frame = log_.frames[number - 1];
    bool const counts = frame.standing == Standing::kCommitted || frame.standing == Standing::kProven ||
                        frame.standing == Standing::kUnproven;
    if (counts && frame.page == page) return Place{page, number};
  }
  return opens_in_file(page) ? std::optional(Place{page, 0}) : std::nullopt;
}

bool PageVersions::is_promised(Place const& place) const {
  if (place.frame == 0) return true;
  auto const standing = log_.frames[place.frame - 1].standing;
  return standing != Standing::kUnproven;
}

bool PageVersions::read(Place const& place, sodium_vfs::Page& into) const {
  if (place.frame != 0) {
    sodium_vfs::Frame frame;
    if (!files_.log || !read_frame(*files_.log, inspector_, place.frame, frame)) return false;
    std::copy(frame.begin() + sodium_vfs::kFrameHeaderBytes, frame.end(), into.begin());
    return true;
  }
  base::Bytes sealed(kPageBytes, '\0');
  return files_.database &&
         files_.database->read(sealed.data(), sealed.size(), (std::uint64_t{place.page} - 1) * kPageBytes) &&
         inspector_.open_page(place.page, sealed, into);
}

bool PageVersions::read_newest(std::uint32_t page, sodium_vfs::Page& into) const {
  auto const place = newest(page);
  return place && read(*place, into);
}

}  // namespace dga::salvage
