#include "sync/agent/transports/folder.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "shared/base/file.h"

namespace dga::agent {
namespace {

namespace files = std::filesystem;

constexpr char kEnding[] = ".dgab";
// Digits of a log's id that begin a parcel's name: enough for people to tell kiosks apart.
constexpr std::size_t kLogDigits = 12;
// A stick full of other things is not searched for ever.
constexpr std::size_t kMostFiles = 512;

std::string prefix_of(base::LogId const& log) { return log.hex().substr(0, kLogDigits) + "-"; }

// Everything named like a bundle that is not this kiosk's own, by name.
base::Result<std::vector<files::path>> bundles_in(files::path const& folder, base::LogId const& own) {
  std::error_code problem;
  files::directory_iterator entry(folder, problem);
  std::vector<files::path> found;
  auto const prefix = prefix_of(own);
  for (; !problem && entry != files::directory_iterator() && found.size() < kMostFiles; entry.increment(problem)) {
    auto const name = entry->path().filename().string();
    std::error_code unreadable;
    if (entry->path().extension() == kEnding && !name.starts_with(prefix) && entry->is_regular_file(unreadable))
      found.push_back(entry->path());
  }
  if (problem)
    return base::storage("courier.no_folder", "looked into " + folder.string() + ": " + problem.message(),
                         "put the stick in again, or choose another folder");
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

void add_receipts(ParcelReceipts& sum, ParcelReceipts const& more) {
  sum.receipts += more.receipts;
  sum.fresh += more.fresh;
  sum.not_ours += more.not_ours;
  sum.damages += more.damages;
  sum.cut = sum.cut || more.cut;
  sum.acknowledged += more.acknowledged;
  sum.received_through = more.received_through;
  sum.waiting = more.waiting;
  sum.pack_version = std::max(sum.pack_version, more.pack_version);
  if (!sum.problem) sum.problem = more.problem;
}

base::Result<files::path> write_parcel(Parcel const& parcel, files::path const& folder, base::Random& random) {
  // Unlike any name that another kiosk, or this one, ever gave.
  auto const once = random.draw<base::RequestNonce>().hex().substr(0, 16);
  auto const path = folder / (prefix_of(parcel.log) + std::to_string(parcel.from) + "-" +
                              std::to_string(parcel.through) + "-" + once + kEnding);
  TRY_DO(base::write_file(path, parcel.bytes, base::FileAccess::kEveryone));
  return path;
}

base::Result<Handover> visit_folder(CourierParts parts, files::path const& folder) {
  TRY(auto const view, parts.outbox.view());
  TRY(auto const bundles, bundles_in(folder, view.identity.log));
  Handover handover;
  handover.back.received_through = view.sync.received_through;
  handover.back.waiting = view.waiting;
  for (auto const& path : bundles) {
    auto const bytes = base::read_file(path, protocol::kMostBundleBytes);
    if (!bytes.ok()) {
      ++handover.files_not_read;
      continue;
    }
    auto const back = settle_parcel(parts.outbox, parts.pinned, parts.box, *bytes);
    if (!back.ok() && !back.error().code.starts_with("bundle.")) return back.error();
    if (!back.ok()) {
      ++handover.files_not_read;
      continue;
    }
    ++handover.files_read;
    add_receipts(handover.back, *back);
  }
  // A question alone is worth carrying where nobody has brought an answer to the last one: it may bring a class pack,
  // or word of a centre that was restored.
  if (handover.back.waiting == 0 && handover.back.fresh > 0) return handover;
  TRY(auto parcel, make_parcel(parts.outbox, parts.pinned, parts.signing, parts.random));
  TRY(handover.written, write_parcel(parcel, folder, parts.random));
  base::Bytes().swap(parcel.bytes);
  handover.parcel = std::move(parcel);
  return handover;
}

}  // namespace dga::agent
