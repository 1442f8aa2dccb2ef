#include "tools/benchmarks/sync/house.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "shared/base/log.h"
#include "shared/base/version.h"
#include "shared/course/demo.h"
#include "sync/agent/enrol.h"
#include "sync/agent/session.h"
#include "sync/agent/store_outbox.h"
#include "sync/centre/loopback.h"
#include "tools/benchmarks/must.h"
#include "tools/benchmarks/sync/check_ins.h"

namespace dga::benchmarks {
namespace {

namespace files = std::filesystem;
using nlohmann::json;

// What copying has left to be written would be written by the first commit that is measured.
void sync_disk(files::path const& folder) {
  int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool const synced = descriptor >= 0 && ::syncfs(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) must(base::Done(base::storage("bench.prepare", "the disk could not be synced")));
}

centre::Request request_of(std::string const& path, std::string const& type, base::Bytes const& body) {
  centre::Request request;
  request.method = "POST";
  request.path = path;
  request.content_type = type;
  request.body = body;
  return request;
}

// The agent's way to a centre in this process.
class InProcess final : public agent::Transport {
 public:
  explicit InProcess(centre::Centre& centre) : centre_(centre) {}
  base::Result<agent::Reply> exchange(agent::Request const& request, std::stop_token) override {
    auto const answer = centre_.handle(request_of(request.path, request.content_type, request.body));
    return agent::Reply{answer.status, answer.content_type, answer.body, {}};
  }

 private:
  centre::Centre& centre_;
};

json ask(centre::Centre& centre, std::string const& path, std::string const& type, std::string const& body,
         std::map<std::string, std::string> query = {}) {
  auto request = request_of(path, type, body);
  request.query = std::move(query);
  request.bearer = centre.admin_token();
  auto const answer = centre.handle(request);
  if (answer.status / 100 != 2)
    must(base::Done(
        base::storage("bench.prepare", fmt::format("{} answered {}: {}", path, answer.status, answer.body))));
  return json::parse(answer.body);
}

// Six half days, long enough that whatever the clock says falls somewhere.
std::string class_file(std::uint64_t id) {
  json file{{"id", id},           {"course_vi", "Đo tốc độ"},   {"course_en", "Measured"},
            {"venue", "Huế"},     {"zone", "Asia/Ho_Chi_Minh"}, {"threshold", 80},
            {"rehearsal", false}, {"programme", "SCP"},         {"sessions", json::array()}};
  for (int day = 0; day < 3; ++day)
    for (int half = 0; half < 2; ++half)
      file["sessions"].push_back({{"id", day * 2 + half + 1},
                                  {"kind", "lecture"},
                                  {"topics", json::array({"Đo"})},
                                  {"start", fmt::format("2024-11-{}T{}:00:00+07:00", 12 + day, half ? "13" : "08")},
                                  {"end", fmt::format("2024-11-{}T{}:30:00+07:00", 12 + day, half ? "16" : "11")}});
  return file.dump();
}

}  // namespace

char const* name_of(Keeper keeper) { return keeper == Keeper::kSqlite ? "SQLite" : "PostgreSQL"; }

std::string program(std::string const& name) {
  return (files::read_symlink("/proc/self/exe").parent_path() / name).string();
}

House::House(files::path folder, Keeper keeper, std::string postgresql, std::size_t kiosks)
    : folder_(std::move(folder)),
      keeper_(keeper),
      postgresql_(std::move(postgresql)),
      prepared_("dga_" + folder_.filename().string()),
      clock_(base::system_clock()),
      random_(base::system_random()) {
  base::set_up_logging(base::LogFormat::kText, base::LogLevel::kError);
  files::remove_all(folder_);
  files::create_directories(folder_);
  std::string database;
  if (keeper_ == Keeper::kPostgresql) {
    statement(fmt::format("DROP DATABASE IF EXISTS {}", prepared_));
    statement(fmt::format("CREATE DATABASE {}", prepared_));
    database = address_of(prepared_);
  }
  must(centre::Centre::init(folder_ / "centre", *clock_, *random_, database));
  auto const centre = open_centre();
  static_cast<void>(ask(*centre, "/api/v1/classes", "application/json", class_file(kClass)));
  static_cast<void>(ask(*centre, fmt::format("/api/v1/classes/{}/roster", kClass), "text/csv",
                        course::demo_roster_csv(kPeople, 1), {{"confirm", "1"}}));
  for (std::size_t number = 1; number <= kiosks; ++number) enrol(*centre, number);
}

House::~House() {
  if (keeper_ == Keeper::kPostgresql) statement(fmt::format("DROP DATABASE IF EXISTS {}", prepared_));
  std::error_code ignored;
  files::remove_all(folder_, ignored);
}

std::unique_ptr<centre::Centre> House::open_centre() const {
  return must(centre::Centre::open(folder_ / "centre", *clock_, *random_));
}

void House::enrol(centre::Centre& centre, std::size_t number) {
  auto const name = std::to_string(number);
  auto const folder = folder_ / ("kiosk-" + name);
  auto kiosk =
      must(store::create_kiosk(folder, kPassphrase, crypto::minimal_cost(), base::kProductVersion, *clock_, *random_));
  auto const code = ask(centre, "/api/v1/enrolment-codes", "application/json",
                        json{{"name", name}, {"class", kClass}, {"address", "http://127.0.0.1:1"}}.dump());
  InProcess transport(centre);
  auto const ticket = must(protocol::read_ticket(code.at("ticket").get<std::string>()));
  auto const digits = must(agent::enrol(transport, ticket, kiosk, name, base::kProductVersion, *clock_, *random_));
  static_cast<void>(ask(centre, "/api/v1/enrolments/" + code.at("code_id").get<std::string>() + "/confirm",
                        "application/json", json{{"digits", fmt::format("{:06}", digits)}}.dump()));
  auto const pinned = must(agent::read_pinned(kiosk.store));
  agent::StoreOutbox outbox(kiosk.store, *clock_);
  auto const synced = agent::sync_once({outbox, transport, *clock_, *random_, pinned, kiosk.signing, kiosk.box});
  if (synced.problem) must(base::Done(*synced.problem));
  kiosks_.push_back({folder, kiosk.signing, kiosk.store.identity().device, pinned});
}

void House::load_kiosks(std::uint64_t count, std::size_t kiosks) {
  for (std::size_t i = 0; i < kiosks; ++i) {
    // Not synced to the disk one by one: a hundred thousand check-ins would take minutes.
    store::OpenOptions options;
    options.durability = store::Durability::kNormal;
    auto kiosk = must(store::open_kiosk(kiosks_[i].folder, kPassphrase, options));
    auto const version = must(kiosk.store.pack_version());
    DoorClock door(100 + i);
    for (std::uint64_t n = 0; n < count; ++n) {
      door.next_person();
      static_cast<void>(must(kiosk.store.append({door.check_in(kClass, version)}, door)));
    }
  }
}

void House::make_other_classes(centre::Centre& centre) const {
  for (std::uint64_t i = 0; i < kOtherClasses; ++i) {
    auto const id = kClass + 1 + i;
    static_cast<void>(ask(centre, "/api/v1/classes", "application/json", class_file(id)));
    auto const& kiosk = kiosks_[1 + i % (kiosks_.size() - 1)];
    static_cast<void>(ask(centre, fmt::format("/api/v1/devices/{}/classes", kiosk.device.hex()), "application/json",
                          json{{"class", id}}.dump()));
  }
}

void House::load_centre(std::uint64_t count) {
  constexpr std::uint64_t kBatch = 4'000;
  auto const centre = open_centre();
  if (loaded_ == 0) make_other_classes(*centre);
  std::vector<BareLog> logs;
  auto const most = std::min<std::uint64_t>(kBatch, count / kOtherClasses);
  for (std::uint64_t i = 0; i < kOtherClasses; ++i) {
    auto const& kiosk = kiosks_[1 + i % (kiosks_.size() - 1)];
    logs.emplace_back(kiosk.device, kiosk.signing, kiosk.pinned, kClass + 1 + i, 1'000 + loaded_ + i);
  }
  std::uint64_t done = 0;
  for (std::size_t next = 0; done < count; ++next) {
    auto const part = static_cast<std::uint32_t>(std::min(most, count - done));
    auto& log = logs[next % logs.size()];
    auto const batch = log.batch(part);
    auto const path = fmt::format("/api/v1/logs/{}/batches", log.id().hex());
    auto const answer = centre->handle(request_of(path, "application/octet-stream", batch));
    if (answer.status != 200)
      must(base::Done(base::storage("bench.prepare", "the centre took no batch: " + answer.body)));
    done += part;
  }
  loaded_ += count;
}

House::Round House::copy(std::size_t kiosks) {
  Round round;
  round.house = this;
  round.folder = folder_ / ("round-" + std::to_string(++rounds_));
  files::create_directories(round.folder);
  files::copy(folder_ / "centre", round.folder / "centre", files::copy_options::recursive);
  files::permissions(round.folder / "centre", files::perms::owner_all);
  if (keeper_ == Keeper::kPostgresql) {
    round.drop = fmt::format("{}_round_{}", prepared_, rounds_);
    statement(fmt::format("DROP DATABASE IF EXISTS {}", round.drop));
    statement(fmt::format("CREATE DATABASE {} TEMPLATE {}", round.drop, prepared_));
    round.database = address_of(round.drop);
  }
  for (std::size_t i = 0; i < kiosks; ++i) {
    auto const& from = kiosks_[i].folder;
    round.kiosks.push_back(round.folder / from.filename());
    files::copy(from, round.kiosks.back(), files::copy_options::recursive);
  }
  sync_disk(round.folder);
  return round;
}

House::Round::~Round() {
  if (folder.empty()) return;
  if (!drop.empty()) house->statement(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", drop));
  std::error_code ignored;
  files::remove_all(folder, ignored);
}

void House::statement(std::string const& sql) const {
  run_program(
      {"psql", postgresql_, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", "SET client_min_messages = error", "-c", sql});
}

std::string House::address_of(std::string const& database) const {
  auto address = postgresql_;
  auto const at = address.find("/postgres");
  return address.replace(at, std::string_view("/postgres").size(), "/" + database);
}

RunningCentre::RunningCentre(House::Round const& round) {
  auto const where = fmt::format("127.0.0.1:{}", must(centre::free_loopback_port()));
  std::vector<std::string> arguments{program("dga-centre"), "--data", (round.folder / "centre").string(), "--listen",
                                     where};
  if (!round.database.empty()) arguments.insert(arguments.end(), {"--database", round.database});
  child_ = std::make_unique<Child>(arguments, (round.folder / "centre.log").string());
  if (!child_->read_line().starts_with("dga-centre listening"))
    must(base::Done(base::storage("bench.centre", "dga-centre did not start")));
  address_ = "http://" + where;
}

Cost RunningCentre::stop() {
  child_->signal(SIGTERM);
  return child_->finish();
}

}  // namespace dga::benchmarks
