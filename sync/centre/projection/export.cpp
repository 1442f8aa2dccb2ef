#include "sync/centre/projection/export.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
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

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = 0; i < 3; ++i)
      three = three << 8 | (at + i < bytes.size() ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += at + i <= bytes.size() ? kDigits[three >> (18 - 6 * i) & 63U] : '=';
  }
  return text;
}

Result<base::Digest> hash_of(Tables& tables, base::LogId const& log, std::uint32_t branch, std::uint64_t seq) {
  base::Digest hash;
  TRY_DO(tables.logs.replay(log, branch, seq - 1, seq, [&](LogRow const& row) -> Done {
    hash = row.hash;
    return {};
  }));
  return hash;
}

// A branch is cut where another one leaves it: both go on from there as equals.
Result<std::vector<Piece>> pieces_of(Tables& tables, base::LogId const& log) {
  TRY(auto const branches, tables.logs.branches(log));
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
  Writer(std::optional<std::uint64_t> class_id, std::size_t most) : class_id_(class_id), most_(most) {}

  [[nodiscard]] bool full() const { return lines_ >= most_; }
  [[nodiscard]] base::Bytes take() { return std::move(text_); }

  void line(LogInfo const& log, base::Digest const& branch, LogRow const& row) {
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
      line["record"] = base64(*row.bytes);
    else
      line["digest"] = row.digest.hex();
    if (readable) line["fact"] = fact_of(record_);
    // A text that is no UTF-8 stands whole in "record".
    text_ += line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
    ++lines_;
  }

 private:
  std::optional<std::uint64_t> class_id_;
  std::size_t most_;
  std::size_t lines_ = 0;
  base::Bytes text_;
  v1::Record record_;  // reused: parsing allocates less
};

// So many rows are read at a time: a class may be a small part of a long log.
constexpr std::uint64_t kStretch = 1'000;

Done write_log(Tables& tables, LogInfo const& log, std::optional<ExportPlace> const& after, Writer& writer) {
  TRY(auto const pieces, pieces_of(tables, log.id));
  for (auto const& piece : pieces) {
    auto through = piece.first - 1;
    if (after && after->log == log.id) {
      if (piece.name < after->branch) continue;
      if (piece.name == after->branch) through = std::max(through, after->seq);
    }
    while (through < piece.last && !writer.full()) {
      auto const until = std::min(piece.last, through + kStretch);
      TRY_DO(tables.logs.replay(log.id, piece.branch, through, until, [&](LogRow const& row) -> Done {
        writer.line(log, piece.name, row);
        return {};
      }));
      through = until;
    }
  }
  return {};
}

}  // namespace

std::optional<ExportPlace> read_export_place(std::string_view text) {
  auto const first = text.find('.'), second = text.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  auto const log = base::from_hex(text.substr(0, first));
  auto const branch = base::from_hex(text.substr(first + 1, second - first - 1));
  auto const id = log ? base::LogId::from(*log) : std::nullopt;
  auto const name = branch ? base::Digest::from(*branch) : std::nullopt;
  auto const digits = text.substr(second + 1);
  ExportPlace place;
  auto const [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), place.seq);
  if (!id || !name || problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  place.log = *id;
  place.branch = *name;
  return place;
}

Result<base::Bytes> export_records(Context const& context, std::optional<std::uint64_t> class_id,
                                   std::optional<ExportPlace> const& after, std::size_t most) {
  base::Bytes text;
  TRY_DO(context.store.read([&](Tables& tables) -> Done {
    Writer writer(class_id, most);
    TRY(auto logs, tables.logs.logs());
    std::sort(logs.begin(), logs.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
    for (auto const& log : logs) {
      if (after && log.id < after->log) continue;
      if (writer.full()) break;
      TRY_DO(write_log(tables, log, after, writer));
    }
    text = writer.take();
    return {};
  }));
  return text;
}

}  // namespace dga::centre
