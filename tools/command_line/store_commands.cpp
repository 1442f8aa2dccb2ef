#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "shared/base/file.h"
#include "shared/records/describe.h"
#include "shared/store/kiosk_folder.h"
#include "shared/store/salvage/check.h"
#include "shared/store/salvage/rebuild.h"
#include "sync/centre/keys.h"
#include "tools/command_line/check_centre.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/kiosk_key.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Options {
  std::string folder, out, into;
  bool json = false;
  KeyFiles key;
};

bool is_centre(std::string const& folder) {
  std::error_code ignored;
  return fs::exists(fs::path(folder) / centre::kKeysFile, ignored);
}

base::Result<salvage::HeldKiosk> hold(Options const& options) {
  TRY(auto const secret, secret_of(options.key));
  return salvage::hold_kiosk(options.folder, secret);
}

// The slots have proved the key: where nothing opens with it, nothing is left.
base::Result<salvage::Report> check_kiosk(Options const& options) {
  TRY(auto const kiosk, hold(options));
  auto report = salvage::check_kiosk(kiosk.files, kiosk.key);
  if (report.ok() && kiosk.mismatch)
    report->damage.push_back(
        {salvage::Piece::kDatabase, 0, *kiosk.mismatch + ": put back both files of one and the same day"});
  if (report.ok() || report.error().code != "store.wrong_key") return report;
  salvage::Report all;
  all.damage.push_back({salvage::Piece::kDatabase, 0,
                        "nothing in it opens with the key that the slots hold: all of it is damaged, or it is another "
                        "kiosk's"});
  return all;
}

base::Result<salvage::Report> check_centre_in(Options const& options) {
  TRY(auto const keys, centre::read_keys(options.folder));
  TRY(auto const files, salvage::hold_files(fs::path(options.folder) / centre::kStoreFile));
  return check_centre(files, keys.database);
}

ordered_json as_json(std::vector<salvage::Finding> const& findings) {
  auto list = ordered_json::array();
  for (auto const& finding : findings)
    list.push_back({{"piece", salvage::name_of(finding.piece)}, {"number", finding.number}, {"what", finding.what}});
  return list;
}

std::string as_text(salvage::Finding const& finding) {
  switch (finding.piece) {
    case salvage::Piece::kPage: return fmt::format("page {} {}", finding.number, finding.what);
    case salvage::Piece::kLogHeader: return fmt::format("the log's header {}", finding.what);
    case salvage::Piece::kFrame: return fmt::format("frame {} {}", finding.number, finding.what);
    case salvage::Piece::kLogTail: return fmt::format("from frame {} on: {}", finding.number, finding.what);
    case salvage::Piece::kRecord: return fmt::format("record {} {}", finding.number, finding.what);
    case salvage::Piece::kLog:
    case salvage::Piece::kDatabase:
    case salvage::Piece::kSyncState: return finding.what;
  }
  return finding.what;
}

void show(salvage::Report const& report, bool json) {
  if (json)
    return print_json({{"whole", report.whole()},
                       {"pages", report.pages},
                       {"frames", report.frames},
                       {"committed_frames", report.committed_frames},
                       {"records", report.records},
                       {"erased", report.erased},
                       {"damage", as_json(report.damage)},
                       {"notes", as_json(report.notes)}});
  print(fmt::format("{} pages, {} frames in the log ({} committed), {} records ({} erased)\n", report.pages,
                    report.frames, report.committed_frames, report.records, report.erased));
  for (auto const& finding : report.damage) print("damaged: " + as_text(finding) + "\n");
  for (auto const& finding : report.notes) print("note: " + as_text(finding) + "\n");
  if (report.whole()) print("whole\n");
}

base::Done check(Options const& options, Context&) {
  TRY(auto const report, is_centre(options.folder) ? check_centre_in(options) : check_kiosk(options));
  show(report, options.json);
  if (report.whole()) return {};
  return base::damaged("store.damaged",
                       fmt::format("the database in {} is damaged in {} places", options.folder, report.damage.size()),
                       "Keep the folder as it is; restore a copy, or export what still verifies with \"dga store "
                       "salvage\"");
}

std::string line_of(salvage::FoundRecord const& found) {
  v1::Record record;
  bool const readable = !found.record.erased && record.ParseFromString(found.record.bytes);
  ordered_json line{{"log", found.log},
                    {"seq", found.record.seq},
                    {"kind", readable ? std::string(records::kind_of(record)) : std::string("erased")},
                    {"digest", found.record.digest.hex()},
                    {"hash", found.record.hash.hex()},
                    {"follows", found.link == salvage::Link::kProven},
                    {"committed", found.promised}};
  line["record"] = found.record.erased ? ordered_json() : ordered_json(base::to_base64(found.record.bytes));
  return line.dump() + "\n";
}

// A new file for its owner only, all of it on the disk or none.
base::Done write_new(std::string const& path, salvage::FoundRecords const& found) {
  int const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return errno == EEXIST
               ? base::refused("store.exists", fmt::format("{} is there already, and is not overwritten", path),
                               "Choose another name")
               : base::storage("store.failed", fmt::format("could not make {}: {}", path, std::strerror(errno)),
                               "Check the path and its rights");
  bool good = true;
  for (auto const& each : found.records) {
    auto const line = line_of(each);
    for (std::size_t done = 0; good && done < line.size();) {
      auto const wrote = ::write(descriptor, line.data() + done, line.size() - done);
      if (wrote > 0) done += static_cast<std::size_t>(wrote);
      good = wrote > 0 || (wrote < 0 && errno == EINTR);
    }
  }
  good = good && ::fsync(descriptor) == 0;
  good = ::close(descriptor) == 0 && good;
  if (good) return {};
  ::unlink(path.c_str());
  return base::storage("store.failed", fmt::format("could not write all of {}", path), "Free space on the disk");
}

std::string ranges(std::vector<salvage::SeqRange> const& list) {
  std::string text;
  for (auto const& range : list) {
    if (!text.empty()) text += ", ";
    text += range.first == range.last ? std::to_string(range.first) : fmt::format("{}-{}", range.first, range.last);
  }
  return text.empty() ? "none" : text;
}

ordered_json as_json(std::vector<salvage::SeqRange> const& list) {
  auto json = ordered_json::array();
  for (auto const& range : list) json.push_back({{"log", range.log}, {"first", range.first}, {"last", range.last}});
  return json;
}

void show(salvage::FoundRecords const& found, Options const& options) {
  if (options.json)
    return print_json({{"records", found.records.size()},
                       {"missing", as_json(found.missing)},
                       {"end_is_known", found.end_is_known},
                       {"cut", as_json(found.cut)},
                       {"refused_rows", found.refused_rows}});
  print(
      fmt::format("{} records verify\nmissing between the first and the last: {}\ncut from the one before: {}\n"
                  "rows that are no record, or not as they were written: {}\n",
                  found.records.size(), ranges(found.missing), ranges(found.cut), found.refused_rows));
}

base::Done rebuild(Options const& options, salvage::HeldKiosk const& kiosk, salvage::FoundRecords const& found) {
  TRY(auto const rebuilt, salvage::rebuild_kiosk(kiosk, found, options.into));
  if (options.json) return {};
  print(fmt::format("A kiosk with {} records ({} erased) stands in {}; the same passphrase opens it.\n",
                    rebuilt.records, rebuilt.erased, options.into));
  for (auto const& table : rebuilt.lost)
    print(fmt::format("What stood in the table {} could not be read and is not there.\n", table));
  if (!rebuilt.lost.empty())
    print(
        "Where its settings are lost the kiosk is enrolled anew, by the same name (dga kiosk enrol): its records "
        "stay.\n");
  print(
      "Move the damaged folder away before this one takes its place: two kiosks of one identity contradict each "
      "other.\n");
  return {};
}

base::Done salvage_kiosk(Options const& options, Context&) {
  if (options.out.empty() == options.into.empty())
    return base::usage("store.no_target", "salvaging needs either --out or --into", "Name a new file, or a new folder");
  if (is_centre(options.folder))
    return base::refused("store.centre",
                         "a centre's records are not salvaged: every kiosk still has what is not durable",
                         "Restore the centre's last backup and let the kiosks send again");
  TRY(auto const kiosk, hold(options));
  sodium_vfs::Inspector const inspector(kiosk.key);
  auto const log = salvage::read_log(kiosk.files.log.get(), inspector);
  auto const found = salvage::find_records(salvage::PageVersions(kiosk.files, inspector, log));
  if (!options.into.empty()) {
    TRY_DO(rebuild(options, kiosk, found));
  } else {
    fmt::print(stderr,
               "dga: WARNING: {} will be readable by anyone who has it: names, phones, answers. Nothing in it is "
               "encrypted. Delete it as soon as it is no longer needed.\n",
               options.out);
    TRY_DO(write_new(options.out, found));
  }
  show(found, options);
  if (!found.end_is_known)
    print("Pages are lost that may have held records after the last one found: how many is not known.\n");
  if (found.missing.empty() && found.cut.empty() && found.end_is_known && !found.records.empty()) return {};
  return base::damaged("store.damaged", "not every record could be salvaged",
                       "What is missing may be at the centre: compare with \"dga reconcile\"");
}

}  // namespace

void add_store_commands(CLI::App& dga, Context& context) {
  auto options = std::make_shared<Options>();
  auto* group =
      dga.add_subcommand("store", "Look at an encrypted database that may be damaged; nothing in it is changed");
  group->require_subcommand(1);
  auto command = [&](char const* name, char const* what, char const* folder,
                     base::Done (*work)(Options const&, Context&)) {
    auto* made = group->add_subcommand(name, what);
    made->add_option("DIR", options->folder, folder)->required();
    add_key_options(*made, options->key);
    made->add_flag("--json", options->json, "As JSON");
    made->callback([options, work, &context] { context.exit_code = run([&] { return work(*options, context); }); });
    return made;
  };
  command("check", "Open every page, frame and record; exit 3 and a list where something is damaged",
          "The kiosk's folder, or the centre's", check);
  auto* salvage = command("salvage",
                          "Bring out every record that still verifies, even where the database no longer opens; exit 3 "
                          "when some are missing",
                          "The kiosk's folder", salvage_kiosk);
  auto* out = salvage->add_option("--out", options->out,
                                  "A new file of JSON lines, NOT encrypted: log, seq, kind, digest, hash, follows, "
                                  "committed, record (base64)");
  salvage
      ->add_option("--into", options->into,
                   "A new folder for a kiosk of the same identity and slots, encrypted; only when no record is missing")
      ->excludes(out);
}

}  // namespace dga::command_line
