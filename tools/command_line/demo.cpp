#include "tools/command_line/demo.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "shared/base/assets.h"
#include "shared/base/file.h"
#include "shared/course/class_file.h"
#include "shared/course/demo.h"
#include "shared/course/local_time.h"
#include "shared/store/kiosk_folder.h"
#include "sync/agent/session.h"
#include "sync/agent/store_outbox.h"
#include "sync/agent/transports/https.h"
#include "sync/centre/api.h"
#include "sync/centre/http_server.h"
#include "tools/command_line/centre_client.h"
#include "tools/command_line/enrol.h"
#include "tools/command_line/terminal.h"

namespace dga::command_line {
namespace {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

// The class file, its sessions moved so that the first day is `date`.
base::Result<ordered_json> class_starting(std::string const& date) {
  TRY(auto path, base::asset("demo/class.json"));
  TRY(auto text, base::read_file(path, 1024 * 1024));
  auto file = ordered_json::parse(text, nullptr, false);
  TRY(auto a_class, course::read_class_file(text));
  if (date.empty()) return file;
  TRY(auto moved, course::starting_on(std::move(a_class), date));
  for (std::size_t i = 0; i < file["sessions"].size(); ++i) {
    auto const& session = moved.sessions(static_cast<int>(i));
    file["sessions"][i]["start"] = course::write_instant(session.start_ms(), moved.zone());
    file["sessions"][i]["end"] = course::write_instant(session.end_ms(), moved.zone());
  }
  return file;
}

// Words enough that nobody guesses, easy to type on a touch screen: sixteen letters, for the demo's kiosks only.
std::string draw_passphrase(base::Random& random) {
  static constexpr char kConsonants[] = "bcdghklmnpqrstvx", kVowels[] = "aeiou";
  std::string passphrase;
  for (int syllable = 0; syllable < 8; ++syllable) {
    if (syllable == 4) passphrase += ' ';
    passphrase += kConsonants[random.below(sizeof kConsonants - 1)];
    passphrase += kVowels[random.below(sizeof kVowels - 1)];
  }
  return passphrase;
}

// A coordinator's preparation, through the endpoint.
class Preparation {
 public:
  Preparation(DemoPlan const& plan, fs::path folder, CentreClient client, std::string address, Context& context)
      : plan_(plan),
        folder_(std::move(folder)),
        client_(std::move(client)),
        address_(std::move(address)),
        context_(context) {}

  base::Done run() {
    passphrase_ = draw_passphrase(context_.random);
    TRY_DO(base::write_file(folder_ / "passphrase", passphrase_ + "\n", base::FileAccess::kOwnerOnly));
    TRY(auto file, class_starting(plan_.starting));
    TRY(auto made, client_.post_json("/api/v1/classes", file));
    class_ = made.value("class", std::uint64_t{0});
    TRY_DO(import_roster());
    TRY_DO(add_staff());
    for (std::uint32_t number = 1; number <= plan_.kiosks; ++number) TRY_DO(put_into_service(number));
    TRY(auto badges, client_.get(path("badges")));
    return base::write_file(folder_ / "badges.csv", badges, base::FileAccess::kOwnerOnly);
  }

 private:
  std::string path(std::string_view what) const { return fmt::format("/api/v1/classes/{}/{}", class_, what); }

  base::Done import_roster() {
    auto const roster = course::demo_roster_csv(plan_.participants, plan_.seed);
    TRY(auto body, client_.post(path("roster"), "text/csv", roster, {{"confirm", "1"}}));
    TRY(auto answer, parse_answer(body));
    if (answer.value("imported", 0U) != plan_.participants)
      return base::damaged("demo.roster", fmt::format("{} of {} generated people were imported",
                                                      answer.value("imported", 0U), plan_.participants));
    return {};
  }

  base::Done add_staff() {
    std::string pins = "role,name,pin\n";
    for (auto const& [role, name] : {std::pair{"coordinator", "Điều phối viên"}, std::pair{"trainer", "Giảng viên"}}) {
      TRY(auto added, client_.post_json(path("staff"), {{"name", name}, {"role", role}}));
      pins += fmt::format("{},{},{}\n", role, name, added.value("pin", ""));
    }
    return base::write_file(folder_ / "pins.csv", pins, base::FileAccess::kOwnerOnly);
  }

  base::Done put_into_service(std::uint32_t number) {
    auto const name = std::to_string(number);
    auto const kiosk_folder = folder_ / ("kiosk-" + name);
    TRY(auto code,
        client_.post_json("/api/v1/enrolment-codes", {{"name", name}, {"class", class_}, {"address", address_}}));
    TRY(auto digits, enrol_kiosk({kiosk_folder, passphrase_, code.value("ticket", ""), name}, context_));
    TRY_DO(client_.post_json(fmt::format("/api/v1/enrolments/{}/confirm", code.value("code_id", "")),
                             {{"digits", fmt::format("{:06}", digits)}}));
    TRY(auto kiosk, store::open_kiosk(kiosk_folder, passphrase_));
    TRY(auto pinned, agent::read_pinned(kiosk.store));
    TRY(auto transport, agent::https_transport(address_));
    agent::StoreOutbox outbox(kiosk.store, context_.clock);
    auto const synced =
        agent::sync_once({outbox, *transport, context_.clock, context_.random, pinned, kiosk.signing, kiosk.box});
    if (synced.problem) return *synced.problem;
    TRY(auto pack, kiosk.store.pack());
    if (!pack) return base::refused("demo.pack", fmt::format("kiosk {} was given no pack", number));
    // The port of this preparation goes with it; the demo's centre will listen elsewhere.
    return kiosk.store.put_setting("centre.address", plan_.address);
  }

  DemoPlan const& plan_;
  fs::path folder_;
  CentreClient client_;
  std::string address_;
  Context& context_;
  std::string passphrase_;
  std::uint64_t class_ = 0;
};

base::Done prepare(DemoPlan const& plan, fs::path const& folder, Context& context) {
  TRY_DO(centre::Centre::init(folder / "centre", context.clock, context.random, plan.database));
  TRY(auto centre, centre::Centre::open(folder / "centre", context.clock, context.random));
  TRY(auto port, centre::free_loopback_port());
  TRY(auto server, centre::HttpServer::start(*centre, context.clock, fmt::format("127.0.0.1:{}", port)));
  TRY(auto transport, agent::https_transport(server->address()));
  Preparation preparation(plan, folder, CentreClient(std::move(transport), std::string(centre->admin_token())),
                          server->address(), context);
  return preparation.run();
}

}  // namespace

base::Done make_demo(DemoPlan const& plan, Context& context) {
  std::error_code failed;
  if (fs::exists(plan.out, failed) && !fs::is_empty(plan.out, failed))
    return base::refused("demo.exists", fmt::format("{} is there already and is not empty", plan.out),
                         "Name another folder, or remove it");
  // Made beside and renamed, so that a demo is whole or not there.
  fs::path const folder = fs::path(plan.out).lexically_normal();
  fs::path beside = folder.has_filename() ? folder : folder.parent_path();
  fs::path const target = beside;
  beside += "-" + base::to_hex(context.random.draw<base::Fixed<8, struct DemoFolderMeaning>>().view());
  fs::create_directories(beside, failed);
  if (failed)
    return base::storage("demo.folder", fmt::format("could not make {}: {}", beside.string(), failed.message()),
                         "Check the path");
  fs::permissions(beside, fs::perms::owner_all, failed);
  auto done = prepare(plan, beside, context);
  if (done.ok()) {
    fs::remove(target, failed);
    fs::rename(beside, target, failed);
    if (failed)
      done = base::storage("demo.folder", fmt::format("could not make {}: {}", target.string(), failed.message()),
                           "Check the path");
  }
  if (!done.ok()) {
    fs::remove_all(beside, failed);
    return done;
  }
  print(
      fmt::format("{}: a centre with the demo class and {} generated participants, {} kiosk{} with its pack.\n"
                  "badges.csv holds the badges, passphrase unlocks the kiosks, pins.csv opens the staff's screens.\n",
                  target.string(), plan.participants, plan.kiosks, plan.kiosks == 1 ? "" : "s"));
  return {};
}

}  // namespace dga::command_line
