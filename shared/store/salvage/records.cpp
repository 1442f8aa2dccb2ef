#include "shared/store/salvage/records.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "shared/store/kiosk_schema.h"
#include "shared/store/salvage/btree.h"
#include "shared/store/salvage/page_map.h"

namespace dga::salvage {
namespace {

using sodium_vfs::Page;

// Columns of the table `record`, as every version of the schema has had them; a later one may have more behind.
constexpr std::size_t kBytesColumn = 1, kDigestColumn = 2, kHashColumn = 3, kFactsColumn = 4, kLeastColumns = 5;
constexpr std::uint64_t kTypeNull = 0, kTypeOfDigest = 12 + 2 * base::Digest::kSize;

// A row's header and its other columns, beside the record's bytes.
constexpr std::size_t kMostPayload = store::kMostRecordBytes + 1024;

// And those of the table `log`: number, log_id, device_id, log_salt.
constexpr std::uint64_t kTypeOfId = 12 + 2 * base::LogId::kSize;
std::vector<std::uint64_t> const kTypesOfLog{kTypeNull, kTypeOfId, kTypeOfId, kTypeOfId};

bool shaped_as_record(std::vector<std::uint64_t> const& types) {
  if (types.size() < kLeastColumns || types.front() != kTypeNull) return false;
  auto const bytes = types[kBytesColumn], facts = types[kFactsColumn];
  return (bytes == kTypeNull || (bytes >= 12 && bytes % 2 == 0)) && types[kDigestColumn] == kTypeOfDigest &&
         types[kHashColumn] == kTypeOfDigest && (facts <= 6 || facts == 8 || facts == 9) && facts != kTypeNull;
}

// What a row says, without believing it.
std::optional<store::StoredRecord> read_record(base::ByteView payload, std::int64_t row_id) {
  auto const row = read_row(payload);
  if (!row || row->size() < kLeastColumns || row_id <= 0) return std::nullopt;
  auto const digest = base::Digest::from((*row)[kDigestColumn].bytes),
             hash = base::Digest::from((*row)[kHashColumn].bytes);
  if (!digest || !hash) return std::nullopt;
  store::StoredRecord record;
  record.seq = store::seq_of(row_id);
  record.erased = (*row)[kBytesColumn].kind == Value::Kind::kNull;
  record.bytes.assign((*row)[kBytesColumn].bytes);
  record.digest = *digest;
  record.hash = *hash;
  return record;
}

bool is_what_was_written(store::StoredRecord const& record) {
  if (record.seq == 0) return false;
  if (record.erased) return true;  // nothing but its neighbours can tell: see tie()
  if (crypto::hash({record.bytes}) != record.digest) return false;
  v1::Record parsed;
  return parsed.ParseFromString(record.bytes) && parsed.seq() == record.seq;
}

class Search {
 public:
  explicit Search(PageVersions const& pages) : pages_(pages) {}

  void look_at(Place const& place) {
    Page page;
    if (!pages_.read(place, page)) return;
    auto const leaf = read_btree_page(page, place.page);
    if (leaf.kind != PageKind::kTableLeaf) return;
    for (auto const& cell : leaf.cells) {
      auto const types = read_types(cell.local);
      if (!types) continue;
      if (*types == kTypesOfLog) keep_identity(cell);
      if (shaped_as_record(*types) && !found_.contains(cell.row_id)) keep(place, cell);
    }
  }

  FoundRecords finish() {
    for (auto& [row_id, record] : found_) result_.records.push_back(std::move(record));
    tie();
    list();
    return std::move(result_);
  }

 private:
  enum class Versions { kNewest, kOfItsTime, kAny };

  // Overflow pages stay where they are for as long as their record does. So their newest versions fit all versions of
  // the leaf, unless the record was erased since: then the versions of the leaf's own time do.
  std::optional<base::Bytes> payload_of(Place const& leaf, Cell const& cell, Versions which,
                                        std::vector<Place>& overflow) const {
    return whole_payload(cell, kMostPayload, [&](std::uint32_t number, Page& page) {
      auto const take = [&](Place const& version) {
        if (!pages_.read(version, page)) return false;
        overflow.push_back(version);
        return true;
      };
      if (which != Versions::kAny) {
        auto const version = which == Versions::kNewest ? pages_.newest(number)
                                                        : pages_.version_at(number, leaf.frame + kFramesOfACommit);
        return version && take(*version);
      }
      for (auto const& version : pages_.versions(number))
        if (version.frame <= leaf.frame + kFramesOfACommit && take(version)) return true;
      return false;
    });
  }

  void keep(Place const& place, Cell const& cell) {
    for (auto const which : {Versions::kNewest, Versions::kOfItsTime, Versions::kAny}) {
      std::vector<Place> overflow;
      auto const payload = payload_of(place, cell, which, overflow);
      auto record = payload ? read_record(*payload, cell.row_id) : std::nullopt;
      if (record && is_what_was_written(*record)) {
        auto const log = cell.row_id >> store::kSeqBits;
        found_[cell.row_id] = {log,       std::move(*record), place, std::move(overflow), pages_.is_promised(place),
                               Link::kCut};
        return;
      }
      if (cell.overflow == 0) break;
    }
    ++result_.refused_rows;
  }

  // A row of the table `log` proves itself: the log's id follows from the other two.
  void keep_identity(Cell const& cell) {
    auto const row = read_row(cell.local);
    if (!row) return;
    auto const log = base::LogId::from((*row)[1].bytes);
    auto const device = base::DeviceId::from((*row)[2].bytes);
    auto const salt = base::LogSalt::from((*row)[3].bytes);
    if (log && device && salt && crypto::log_id(*device, *salt) == *log)
      result_.logs.try_emplace(cell.row_id, store::LogIdentity{*device, *log, *salt});
  }

  // Where that row is lost a log's own first record tells the same.
  void read_identity(std::int64_t log, store::StoredRecord const& first) {
    v1::Record parsed;
    if (first.erased || !parsed.ParseFromString(first.bytes) || !parsed.has_log_opened()) return;
    auto const device = base::DeviceId::from(parsed.log_opened().device_id());
    auto const salt = base::LogSalt::from(parsed.log_opened().log_salt());
    if (device && salt)
      result_.logs.try_emplace(log, store::LogIdentity{*device, crypto::log_id(*device, *salt), *salt});
  }

  void tie() {
    auto& records = result_.records;
    for (std::size_t i = 0; i < records.size(); ++i) {
      auto& now = records[i];
      std::optional<base::Digest> previous;
      if (now.record.seq == 1) {
        read_identity(now.log, now.record);
        if (auto const identity = result_.logs.find(now.log); identity != result_.logs.end())
          previous = crypto::chain_start(identity->second.log);
      } else if (i > 0 && records[i - 1].log == now.log && records[i - 1].record.seq + 1 == now.record.seq) {
        previous = records[i - 1].record.hash;
      }
      if (!previous)
        now.link = Link::kCut;
      else if (crypto::chain_next(*previous, now.record.seq, now.record.digest) == now.record.hash)
        now.link = Link::kProven;
      else
        now.link = Link::kBroken;
    }
    drop_unproven();
  }

  // An erased record has no bytes to hash: it counts only where the one after it follows from it, or it from the one
  // before.
  void drop_unproven() {
    auto& records = result_.records;
    std::vector<bool> proven(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!records[i].record.erased || records[i].link == Link::kProven) proven[i] = true;
      if (records[i].link == Link::kProven && records[i].record.seq > 1) proven[i - 1] = true;
    }
    std::size_t i = 0;
    result_.refused_rows +=
        static_cast<std::uint64_t>(std::erase_if(records, [&](auto const&) { return !proven[i++]; }));
  }

  void list() {
    std::int64_t log = 0;
    std::uint64_t next = 1;
    for (auto const& found : result_.records) {
      if (found.log != log) {
        log = found.log;
        next = 1;
      }
      auto const seq = found.record.seq;
      if (seq > next) result_.missing.push_back({log, next, seq - 1});
      next = seq + 1;
      if (found.link == Link::kProven) continue;
      result_.cut.push_back({log, seq, seq});
    }
    list_ends();
  }

  // A child log says where its parent ended: what lies between that and the last one found is missing, all of a log
  // of which nothing was found included.
  void list_ends() {
    std::map<std::int64_t, std::uint64_t> last;
    for (auto const& found : result_.records) last[found.log] = found.record.seq;
    for (auto const& found : result_.records) {
      v1::Record first;
      if (found.record.seq != 1 || found.log == 1 || !first.ParseFromString(found.record.bytes)) continue;
      auto const ended = first.log_opened().parent_seq(), have = last.try_emplace(found.log - 1, 0).first->second;
      if (ended > have) result_.missing.push_back({found.log - 1, have + 1, ended});
      last[found.log - 1] = std::max(ended, have);
    }
    for (auto const& [number, identity] : result_.logs)
      if (!last.contains(number)) result_.missing.push_back({number, 1, 1});
  }

  // More than one commit writes: the versions of a leaf and of its overflow pages lie within so many frames.
  static constexpr std::uint64_t kFramesOfACommit = 256;

  PageVersions const& pages_;
  std::map<std::int64_t, FoundRecord> found_;  // by the row's number: log and seq
  FoundRecords result_;
};

}  // namespace

namespace {

// Whether every page that does not open is known to have held something else than records, or is page 1, which holds
// none. Pages between two records that were found are not asked about: those are missing by their numbers.
bool end_is_known(PageVersions const& pages) {
  if (pages.log_is_damaged()) return false;
  std::set<std::uint32_t> lost;
  for (std::uint32_t page = 2; page <= pages.pages(); ++page)
    if (page != kLockPage && !pages.newest(page)) lost.insert(page);
  auto const held = what_pages_held(pages, lost);
  return std::all_of(lost.begin(), lost.end(), [&](std::uint32_t page) {
    auto const words = held.find(page);
    return words != held.end() && words->second.find("record") == std::string::npos;
  });
}

}  // namespace

FoundRecords find_records(PageVersions const& pages) {
  Search search(pages);
  for (std::uint32_t page = 1; page <= pages.pages(); ++page)
    if (auto const place = pages.newest(page)) search.look_at(*place);
  for (auto const& place : pages.others()) search.look_at(place);
  auto found = search.finish();
  found.end_is_known = end_is_known(pages);
  return found;
}

}  // namespace dga::salvage
