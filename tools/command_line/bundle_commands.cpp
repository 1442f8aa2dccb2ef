// What is done with a courier's files: at the kiosk, at the centre, and where there are no keys.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "shared/base/file.h"
#include "shared/store/kiosk_folder.h"
#include "sync/agent/store_outbox.h"
#include "sync/agent/transports/folder.h"
#include "tools/command_line/bundle_file.h"
#include "tools/command_line/centre_client.h"
#include "tools/command_line/commands.h"
#include "tools/command_line/kiosk_key.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;
namespace files = std::filesystem;

struct Options {
  std::string data, out;
  std::vector<std::string> given;
  bool json = false;
  KeyFiles key;
};

base::Result<store::OpenKiosk> open(Options const& options) {
  TRY(auto const secret, secret_of(options.key));
  return store::open_kiosk(options.data, secret);
}

base::Done write(Options const& options, Context& context) {
  TRY(auto kiosk, open(options));
  TRY(auto const pinned, agent::read_pinned(kiosk.store));
  agent::StoreOutbox outbox(kiosk.store, context.clock);
  TRY(auto const parcel, agent::make_parcel(outbox, pinned, kiosk.signing, context.random));
  files::path written = options.out;
  if (files::is_directory(written)) {
    TRY(written, agent::write_parcel(parcel, written, context.random));
  } else {
    TRY_DO(base::write_file(written, parcel.bytes, base::FileAccess::kEveryone));
  }
  if (options.json) {
    print_json({{"file", written.string()},
                {"bytes", parcel.bytes.size()},
                {"log", parcel.log.hex()},
                {"records", parcel.records},
                {"from", parcel.from},
                {"through", parcel.through},
                {"left", parcel.left}});
    return {};
  }
  print(fmt::format("{}: {} records ({} to {}), {} bytes.\n", written.string(), parcel.records, parcel.from,
                    parcel.through, parcel.bytes.size()));
  if (parcel.left > 0)
    print(fmt::format("{} records did not fit; write another when this one's receipts are back.\n", parcel.left));
  print("Take it to the centre (dga bundle import), and bring its receipts back here (dga bundle receipts).\n");
  return {};
}

base::Done receipts(Options const& options, Context& context) {
  TRY(auto kiosk, open(options));
  TRY(auto const pinned, agent::read_pinned(kiosk.store));
  agent::StoreOutbox outbox(kiosk.store, context.clock);
  agent::ParcelReceipts sum;
  base::Done trouble;
  for (auto const& file : options.given) {
    TRY(auto const bytes, read_bundle_file(file));
    auto back = agent::settle_parcel(outbox, pinned, kiosk.box, bytes);
    if (!back.ok()) {
      auto error = back.error();
      error.what += " (" + file + ")";
      return error;
    }
    agent::add_receipts(sum, *back);
    if (auto const read = whole(file, back->damages, back->cut); !read.ok()) trouble = read;
  }
  if (options.json)
    print_json({{"receipts", sum.receipts},
                {"fresh", sum.fresh},
                {"not_ours", sum.not_ours},
                {"acknowledged", sum.acknowledged},
                {"received_through", sum.received_through},
                {"waiting", sum.waiting},
                {"pack_version", sum.pack_version},
                {"damages", sum.damages},
                {"cut", sum.cut}});
  else
    print(
        fmt::format("{} receipts for this kiosk: {} records acknowledged, {} waiting; the centre has the first {}.{}\n",
                    sum.receipts, sum.acknowledged, sum.waiting, sum.received_through,
                    sum.pack_version > 0 ? " A newer class pack is in use." : ""));
  if (!trouble.ok()) return trouble;
  if (sum.problem && sum.acknowledged == 0) return *sum.problem;
  if (sum.receipts == 0 && sum.pack_version == 0)
    return base::refused("bundle.nothing_for_us",
                         "looked for receipts of this kiosk's centre for its log, and found none",
                         "bring back the file that \"dga bundle import\" wrote for this kiosk");
  return {};
}

base::Done inspect(Options const& options, Context&) {
  auto const& file = options.given.front();
  TRY(auto const bytes, read_bundle_file(file));
  auto const told = tell_bundle(bytes);
  if (!told.ok()) {
    auto error = told.error();
    error.what += " (" + file + ")";
    return error;
  }
  options.json ? print_json(told_json(*told)) : print(told_lines(*told));
  return whole(file, told->damages, told->cut);
}

base::Done verify(Options const& options, Context& context) {
  auto const& file = options.given.front();
  TRY(auto bytes, read_bundle_file(file));
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY(auto const body, client.post("/api/v1/bundles/check", "application/octet-stream", std::move(bytes)));
  TRY(auto const answer, parse_answer(body));
  std::uint64_t records = 0, fresh = 0, refused = 0;
  for (auto const& frame : answer.value("frames", ordered_json::array())) {
    bool const bad = frame.contains("problem") && frame["problem"].value("code", "") != "bundle.unknown_kind";
    if (bad) ++refused;
    if (!bad) records += frame.value("count", std::uint64_t{0});
    fresh += frame.value("new", std::uint64_t{0});
    if (!options.json && frame.contains("problem"))
      print(fmt::format("at byte {}, {}: {} ({})\n", frame.value("at", std::uint64_t{0}),
                        kind_name(frame.value("kind", std::uint8_t{0})), frame["problem"].value("what", ""),
                        frame["problem"].value("code", "")));
  }
  options.json ? print_json(answer)
               : print(fmt::format("{} records verify, {} of them would be new; {} frames would be refused.\n", records,
                                   fresh, refused));
  TRY_DO(whole(file, answer.value("damages", 0U), answer.value("cut", false)));
  if (refused > 0)
    return base::refused("bundle.refused",
                         fmt::format("checked {}: {} frames are not what a kiosk of this centre signed", file, refused),
                         "see \"dga bundle verify --json\" for each of them");
  return {};
}

std::set<std::string> logs_of(ToldBundle const& told, protocol::FrameKind kind) {
  std::set<std::string> logs;
  for (auto const& frame : told.frames)
    if (frame.kind == static_cast<std::uint8_t>(kind) && !frame.log.empty()) logs.insert(frame.log);
  return logs;
}

// "1,2" of the centre's header.
std::vector<std::uint64_t> numbers_in(std::string const& list) {
  std::vector<std::uint64_t> numbers;
  std::istringstream stream(list);
  for (std::string one; std::getline(stream, one, ',');) {
    std::uint64_t number = 0;
    auto const [end, problem] = std::from_chars(one.data(), one.data() + one.size(), number);
    if (problem == std::errc() && end == one.data() + one.size()) numbers.push_back(number);
  }
  return numbers;
}

// Both ways a file is called *.dgab.
bool is_for_kiosks(ToldBundle const& told) {
  return !told.frames.empty() && std::all_of(told.frames.begin(), told.frames.end(), [](auto const& frame) {
    return frame.kind == static_cast<std::uint8_t>(protocol::FrameKind::kSignedReceipt) ||
           frame.kind == static_cast<std::uint8_t>(protocol::FrameKind::kSealedPack);
  });
}

base::Done import(Options const& options, Context& context) {
  auto const& file = options.given.front();
  TRY(auto bytes, read_bundle_file(file));
  auto const sent = tell_bundle(bytes);
  if (!sent.ok()) {
    auto error = sent.error();
    error.what += " (" + file + ")";
    return error;
  }
  if (is_for_kiosks(*sent))
    return base::refused("bundle.for_kiosks", file + " holds what a centre answered, and nothing that a kiosk recorded",
                         "take it to the kiosk: dga bundle receipts");
  TRY(auto client, CentreClient::connect(options.data, context.clock, context.random));
  TRY_DO(client.check_epoch());
  TRY(auto answer, client.post_bundle(std::move(bytes)));
  TRY(auto const back, tell_bundle(answer.receipts));
  auto const written = base::write_file(options.out, answer.receipts, base::FileAccess::kEveryone);
  if (!written.ok()) {
    auto error = written.error();
    error.what = fmt::format("took in the records of {}, but its receipts are not written: {}", file, error.what);
    error.next = "import it again with another --out: nothing counts twice";
    return error;
  }

  auto const answered = logs_of(back, protocol::FrameKind::kSignedReceipt);
  auto lines = ordered_json::array();
  std::map<std::string, std::uint64_t> through;
  for (auto const& frame : back.frames)
    if (frame.kind == static_cast<std::uint8_t>(protocol::FrameKind::kSignedReceipt))
      through[frame.log] = std::max(through[frame.log], frame.last_seq);
  for (auto const& [log, seq] : through) lines.push_back({{"log", log}, {"received_through", seq}});
  std::uint64_t unanswered = 0;
  for (auto const& log : logs_of(*sent, protocol::FrameKind::kSealedBatch))
    if (!answered.contains(log)) ++unanswered;
  auto const too_large = numbers_in(answer.told["classes_too_large"]);
  bool const gave_up = answer.told["gave_up"] == "1";
  if (options.json)
    print_json({{"receipts", options.out},
                {"classes_too_large", too_large},
                {"gave_up", gave_up},
                {"frames", sent->frames.size()},
                {"damages", sent->damages},
                {"cut", sent->cut},
                {"logs", lines},
                {"logs_refused", unanswered}});
  else {
    for (auto const& [log, seq] : through) print(fmt::format("log {}: received through {}\n", log, seq));
    print(fmt::format("Receipts for the kiosks: {}\n", options.out));
    for (auto const& class_id : too_large)
      print(
          fmt::format("Class {} is not in it: so many people are more than a courier's file takes at once (2 MiB). "
                      "Connect its kiosks to a network once (dga kiosk sync).\n",
                      class_id));
  }
  if (gave_up)
    return base::damaged(
        "bundle.not_all",
        fmt::format("imported {}: the centre did not look at all of this file, for too much of it is damaged, is no "
                    "kiosk's of this centre, or is cut into too many pieces",
                    file),
        "take the receipts back: the next file of each kiosk has what is missing. A file that was put together of "
        "several: import them one by one");
  TRY_DO(whole(file, sent->damages, sent->cut));
  if (unanswered > 0)
    return base::refused(
        "bundle.refused",
        fmt::format("imported {}: batches of {} logs are not from kiosks of this centre", file, unanswered),
        "see \"dga bundle verify\" for the reasons");
  return {};
}

}  // namespace

void add_bundle_commands(CLI::App& dga, Context& context) {
  auto options = std::make_shared<Options>();
  auto* group = dga.add_subcommand("bundle", "Files that a courier carries between kiosks and their centre (*.dgab)");
  group->require_subcommand(1);
  auto command = [&](char const* name, char const* what, base::Done (*work)(Options const&, Context&)) {
    auto* made = group->add_subcommand(name, what);
    made->add_flag("--json", options->json, "As JSON");
    made->callback([options, work, &context] { context.exit_code = run([&] { return work(*options, context); }); });
    return made;
  };
  constexpr char const* kCentre = "The centre's folder";
  constexpr char const* kKiosk = "The kiosk's folder";

  auto* made = command("write", "At the kiosk: everything that waits, as one file", write);
  made->add_option("--data", options->data, kKiosk)->required();
  made->add_option("--out", options->out, "The file; or a folder, for a name that is never used twice")->required();
  add_key_options(*made, options->key);

  made = command("receipts", "At the kiosk: take in what came back from the centre", receipts);
  made->add_option("files", options->given, "What \"dga bundle import\" wrote")->required();
  made->add_option("--data", options->data, kKiosk)->required();
  add_key_options(*made, options->key);

  made = command("inspect", "Anywhere: what a file says it holds, and what of it is damaged; needs no keys", inspect);
  made->add_option("file", options->given, "The bundle")->required()->expected(1);

  made =
      command("verify", "At the centre: whether it would be taken in, and what of it is new; changes nothing", verify);
  made->add_option("file", options->given, "The bundle")->required()->expected(1);
  made->add_option("--data", options->data, kCentre)->required();

  made = command("import", "At the centre: take it in, and write the receipts for the way back", import);
  made->add_option("file", options->given, "The bundle")->required()->expected(1);
  made->add_option("--data", options->data, kCentre)->required();
  made->add_option("--out", options->out, "Where the receipts go")->required();
}

}  // namespace dga::command_line
