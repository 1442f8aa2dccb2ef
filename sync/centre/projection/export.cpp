#include "sync/centre/projection/export.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "shared/base/planted.h"
#include "shared/records/record.pb.h"

namespace dga::centre {

using base::Done;
using base::Result;
using nlohmann::ordered_json;

namespace {

// Records between two forks of a log, or a fork and an end.
struct Piece {
  base::Digest name;  // h(first)
  std::uint32_t branch = 0;
  std::uint64_t first = 0, last = 0;
};

Result<base::Digest> hash_of(Tables& tables, base::LogId const& log, std::uint32_t branch, std::uint64_t seq) {
  base::Digest hash;
  TRY_DO(tables.logs.replay(log, branch, seq - 1, seq, [&](LogRow const& row) -> Done {
    hash = row.hash;
    return {};
  }));
  return hash;
}

// A branch is cut where another one leaves it: both go on from there as equals.
Result<std::vector<Piece>> pieces_of(Tables& tables, base::LogId const& log, std::span<Branch const> branches) {
  std::vector<Piece> pieces;
  for (auto const& branch : branches) {
    if (branch.head_seq == 0) continue;  // known from a head query only
    auto const first = std::max<std::uint64_t>(branch.fork_at, 1);
    std::set<std::uint64_t> cuts{first};
    for (auto const& other : branches)
      if (other.number != branch.number && other.parent == branch.number && other.fork_at > first &&
          other.fork_at <= branch.head_seq)
        cuts.insert(other.fork_at);
    for (auto cut = cuts.begin(); cut != cuts.end(); ++cut) {
      auto const next = std::next(cut);
      TRY(auto const name, hash_of(tables, log, branch.number, *cut));
      pieces.push_back({name, branch.number, *cut, next == cuts.end() ? branch.head_seq : *next - 1});
    }
  }
  if constexpr (base::kPlantedBug == base::PlantedBug::kExportAsArrived) return pieces;
  std::sort(pieces.begin(), pieces.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
  return pieces;
}

ordered_json fact_of(v1::Record const& record) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(record, &text, options).ok()) return nullptr;
  return ordered_json::parse(text, nullptr, false);
}

class Writer {
 public:
  Writer(std::optional<std::uint64_t> class_id, PageSize most) : class_id_(class_id), most_(most) {}

  [[nodiscard]] bool full() const { return ended_ || lines_ >= most_.lines || text_.size() >= most_.bytes; }
  [[nodiscard]] base::Bytes take() { return std::move(text_); }
  // Where the last line stands.
  [[nodiscard]] std::optional<ExportPlace> const& last() const { return last_; }

  void line(LogInfo const& log, std::uint32_t branches, base::Digest const& branch, LogRow const& row) {
    if (full()) return;
    bool const readable = row.bytes && record_.ParseFromString(*row.bytes);
    if (class_id_ && (!readable || record_.class_id() != *class_id_)) return;
    ordered_json line{{"log", log.id.hex()},
                      {"branch", branch.hex()},
                      {"seq", row.seq},
                      {"hash", row.hash.hex()},
                      {"device", log.device.hex()}};
    if (readable) line["class"] = record_.class_id();
    if (row.bytes)
      line["record"] = base::to_base64(*row.bytes);
    else
      line["digest"] = row.digest.hex();
    if (readable) line["fact"] = fact_of(record_);
    // A text that is no UTF-8 stands whole in "record".
    auto const text = line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
    ended_ = lines_ > 0 && text_.size() + text.size() > most_.bytes;
    if (ended_) return;
    text_ += text;
    ++lines_;
    last_ = ExportPlace{log.id, branch, row.seq, branches};
  }

 private:
  std::optional<std::uint64_t> class_id_;
  PageSize most_;
  std::size_t lines_ = 0;
  bool ended_ = false;  // the line that came next was too long for this page
  std::optional<ExportPlace> last_;
  base::Bytes text_;
  v1::Record record_;  // reused: parsing allocates less
};

template <typename Number>
bool read_number(std::string_view digits, Number& number) {
  auto const [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return problem == std::errc() && end == digits.data() + digits.size();
}

// So many rows are read at a time: a class may be a small part of a long log.
constexpr std::uint64_t kStretch = 1'000;

// A fork that arrives between two pages cuts a stretch in two, and one half may belong before what was written already.
// So the pages of a log keep to the branches that it had when its first line was written; they are numbered as they
// came, and one that is there loses nothing to a later one.
Done write_log(Tables& tables, LogInfo const& log, std::optional<ExportPlace> const& after, Writer& writer) {
  bool const goes_on = after && after->log == log.id;
  TRY(auto branches, tables.logs.branches(log.id));
  auto const known = goes_on && after->branches > 0 ? after->branches : static_cast<std::uint32_t>(branches.size());
  std::erase_if(branches, [&](auto const& branch) { return branch.number >= known; });
  TRY(auto const pieces, pieces_of(tables, log.id, branches));
  for (auto const& piece : pieces) {
    auto through = piece.first - 1;
    if (goes_on) {
      if (piece.name < after->branch) continue;
      if (piece.name == after->branch) through = std::max(through, after->seq);
    }
    while (through < piece.last && !writer.full()) {
      auto const until = std::min(piece.last, through + kStretch);
      TRY_DO(tables.logs.replay(log.id, piece.branch, through, until, [&](LogRow const& row) -> Done {
        writer.line(log, known, piece.name, row);
        return {};
      }));
      through = until;
    }
  }
  return {};
}

}  // namespace

std::optional<ExportPlace> read_export_place(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    auto const end = std::min(text.find('.', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
  auto const log = base::from_hex(parts[0]), branch = base::from_hex(parts[1]);
  auto const id = log ? base::LogId::from(*log) : std::nullopt;
  auto const name = branch ? base::Digest::from(*branch) : std::nullopt;
  if (!id || !name) return std::nullopt;
  ExportPlace place{*id, *name, 0, 0};
  if (!read_number(parts[2], place.seq)) return std::nullopt;
  if (parts.size() == 4 && (!read_number(parts[3], place.branches) || place.branches == 0)) return std::nullopt;
  return place;
}

std::string export_place_text(ExportPlace const& place) {
  return fmt::format("{}.{}.{}.{}", place.log.hex(), place.branch.hex(), place.seq, place.branches);
}

Result<ExportPage> export_records(Context const& context, std::optional<std::uint64_t> class_id,
                                  std::optional<ExportPlace> const& after, PageSize most) {
  ExportPage page;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    Writer writer(class_id, most);
    TRY(auto logs, tables.logs.logs());
    std::sort(logs.begin(), logs.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
    for (auto const& log : logs) {
      if (after && log.id < after->log) continue;
      if (writer.full()) break;
      TRY_DO(write_log(tables, log, after, writer));
    }
    page.next = writer.full() ? writer.last() : std::nullopt;
    page.lines = writer.take();
    return {};
  }));
  return page;
}

}  // namespace dga::centre
