#include "tools/simulator/template.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "shared/crypto/chain.h"
#include "shared/store/kiosk_files.h"
#include "shared/store/kiosk_store.h"
#include "sync/centre/assembly.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "sync/protocol/enrolment.h"
#include "tools/simulator/actor_clock.h"
#include "tools/simulator/dice.h"
#include "tools/simulator/must.h"

namespace dga::simulator {
namespace {

using nlohmann::json;

constexpr char kClassFile[] = R"json({
 "id": 1, "programme": "DGA", "course_vi": "Lớp mô phỏng", "course_en": "A simulated class",
 "venue": "Huế", "zone": "Asia/Ho_Chi_Minh", "threshold": 80,
 "sessions": [
  {"id": 1, "start": "2026-03-02T07:40:00+07:00", "end": "2026-03-02T08:00:00+07:00", "kind": "lecture"},
  {"id": 2, "start": "2026-03-02T08:05:00+07:00", "end": "2026-03-02T08:30:00+07:00", "kind": "lecture"}
 ]
})json";

class Founding {
 public:
  Founding() : dice_(0, 0), clock_(time_, "centre") {}

  Template make(std::size_t kiosks) {
    made_.root = crypto::SigningKey::generate(dice_.random());
    made_.keys = centre::draw_keys(made_.root.public_key(), dice_.random());
    test::DiskVfs disk;
    auto store = must(open_store(disk, store::OpenMode::kCreate), "make a centre's database");
    must(centre::found_centre(*store, made_.keys, made_.root, clock_.wall_ms()), "found a centre");
    centre_ =
        must(centre::assemble_centre({"/nowhere", made_.keys, std::move(store), kAdminToken}, clock_, dice_.random()),
             "open a centre");
    ask("/api/v1/classes", kClassFile, "application/json");
    ask("/api/v1/classes/1/roster?confirm=1", roster_csv(1, kPeople), "text/csv");
    ask("/api/v1/classes/1/staff", R"({"name": "Staff", "role": "coordinator", "pin": "2468"})", "application/json");
    for (std::size_t i = 0; i < kiosks; ++i) enrol(i);
    centre_.reset();
    made_.centre = disk.content();
    return std::move(made_);
  }

 private:
  base::Result<std::unique_ptr<centre::SqliteStore>> open_store(test::DiskVfs& disk, store::OpenMode mode) {
    return centre::SqliteStore::open("centre.db", made_.keys.database,
                                     {.mode = mode, .cache_bytes = kCacheBytes, .base_vfs = disk.name()});
  }

  base::Bytes ask(std::string const& path, std::string body, std::string type) {
    centre::Request request;
    request.method = "POST";
    auto const mark = path.find('?');
    request.path = path.substr(0, mark);
    if (mark != std::string::npos) request.query["confirm"] = "1";
    request.content_type = std::move(type);
    request.bearer = kAdminToken;
    request.body = std::move(body);
    auto response = centre_->handle(request);
    if (response.status >= 300) throw Broken("prepare a centre: " + path + ": " + response.body);
    return std::move(response.body);
  }

  void enrol(std::size_t number) {
    auto const name = std::to_string(number + 1);
    ActorClock const clock(time_, "kiosk " + name);
    made_.kiosks.push_back(enrol_kiosk(
        name, [this](std::string const& path, base::Bytes body, std::string type) { return ask(path, body, type); },
        clock, dice_.random()));
  }

  Dice dice_;
  TrueTime time_;
  ActorClock clock_;
  Template made_;
  std::unique_ptr<centre::Centre> centre_;
};

}  // namespace

Enrolled enrol_kiosk(std::string const& name, Ask const& ask, base::Clock const& clock, base::Random& random) {
  constexpr char kAddress[] = "http://127.0.0.1:8080";
  auto const master = crypto::KioskMaster::generate(random);
  auto const code =
      json::parse(ask("/api/v1/enrolment-codes", json{{"name", name}, {"class", kClass}, {"address", kAddress}}.dump(),
                      "application/json"));
  auto const ticket = must(protocol::read_ticket(code["ticket"].get<std::string>()), "read a ticket");
  auto const ed25519 = master.signing().public_key();
  auto const x25519 = master.box().public_key();
  auto const question = protocol::ask_enrolment(ticket.code, ed25519, x25519, name, "0", random);
  auto const reply = ask("/api/v1/enrol", question.bytes, "application/octet-stream");
  auto const enrolled =
      must(protocol::accept_enrolment(reply, ticket, question.nonce, ed25519, x25519), "accept an enrolment");
  ask("/api/v1/enrolments/" + code["code_id"].get<std::string>() + "/confirm",
      json{{"digits", fmt::format("{:06}", enrolled.six_digits)}}.dump(), "application/json");

  store::LogIdentity identity;
  identity.device = crypto::device_id(ed25519);
  identity.salt = random.draw<base::LogSalt>();
  identity.log = crypto::log_id(identity.device, identity.salt);
  test::DiskVfs disk;
  store::OpenOptions const options{.cache_bytes = kCacheBytes, .base_vfs = disk.name()};
  must(store::make_kiosk_database("kiosk.db", database_key(master), identity, "0", clock, options), "make a kiosk");
  {
    auto store = must(store::KioskStore::open_file("kiosk.db", database_key(master), options), "open a kiosk");
    must(store.put_setting("centre.address", kAddress), "keep the address");
    must(store.put_setting("centre.enrolment", enrolled.body_bytes), "keep the enrolment");
    must(store.put_setting("kiosk.name", name), "keep the name");
  }
  return {master, disk.content(), enrolled.body.certificate()};
}

Template make_template(std::size_t kiosks) { return Founding().make(kiosks); }

std::string roster_csv(std::uint64_t first, std::uint64_t last) {
  std::string csv = "Họ và tên,Đơn vị công tác,Số điện thoại\n";
  for (auto number = first; number <= last; ++number)
    csv += fmt::format("Nguyễn Văn {},Sở Nội vụ,0903{:06}\n", static_cast<char>('A' + (number - 1) % 26), number);
  return csv;
}

}  // namespace dga::simulator
