#include "sync/centre/assembly.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "tests/sync/centre/kiosk.h"

// A change stands whatever becomes of what is judged anew because of it.
using namespace dga;
using support::House;
using support::Kiosk;

namespace {

// One that fails after so many units of work that write.
class Failing final : public centre::Store {
 public:
  Failing(std::unique_ptr<centre::Store> whole, int& writes_left) : whole_(std::move(whole)), left_(writes_left) {}
  base::Done write(Work const& work) override {
    if (left_ == 0) return base::storage("store.failed", "the disk fails in this test");
    --left_;
    return whole_->write(work);
  }
  base::Done read(Work const& work) override { return whole_->read(work); }
  base::Done probe() override { return whole_->probe(); }
  base::Done back_up(std::filesystem::path const& file) override { return whole_->back_up(file); }

 private:
  std::unique_ptr<centre::Store> const whole_;
  int& left_;
};

constexpr int kForever = 1 << 30;

struct Ready : House {
  Ready() {
    demo_class();
    CHECK(coordinator("POST", "/api/v1/classes", support::real_class_file(2), "application/json").status == 201);
    kiosk.enrol(1);
    unconfirmed.certify();
    CHECK(device("/api/v1/devices", unconfirmed.certificate).status == 204);
    kiosk.check_in(1, 9);     // no such session yet
    kiosk.check_in(1, 1, 2);  // a class that it does not serve yet
    kiosk.send_all();
    unconfirmed.check_in(1);
    unconfirmed.send_all();
    centre.reset();
    auto store = centre::SqliteStore::open(path() / centre::kStoreFile, keys().database, {});
    REQUIRE(store.ok());
    auto assembled = centre::assemble_centre(
        {path(), keys(), std::make_unique<Failing>(std::move(store).value(), left), "token"}, clock, *random);
    REQUIRE(assembled.ok());
    centre = std::move(assembled).value();
  }
  std::uint64_t waiting() const { return get("/api/v1/quarantine")["total"].get<std::uint64_t>(); }
  int left = kForever;
  Kiosk kiosk{*this, 7}, unconfirmed{*this, 8};
};

}  // namespace

TEST_CASE_FIXTURE(Ready,
                  "a change is told as made where only what waited could not be judged anew, and that is made up for") {
  auto const before = waiting();
  left = 1;  // the change itself
  SUBCASE("a class that is changed") {
    auto file = nlohmann::json::parse(support::demo_class_file());
    file["sessions"].push_back(file["sessions"][0]);
    file["sessions"].back()["id"] = 9;
    CHECK(post("/api/v1/classes/1", file)["accepted"] == 0);
    CHECK(get("/api/v1/classes")["classes"][0]["sessions"] == 7);
  }
  SUBCASE("a form that is kept") {
    auto const form = R"({"id":"f","vi":"F","en":"F","questions":[{"id":"q","kind":"text","vi":"Q","en":"Q"}]})";
    CHECK(coordinator("POST", "/api/v1/classes/1/forms", form, "application/json").status == 201);
    CHECK(get("/api/v1/classes/1/forms")["forms"].size() == 1);
    return;  // nothing waited for it
  }
  SUBCASE("a kiosk that is assigned") { post("/api/v1/devices/" + kiosk.device().hex() + "/classes", {{"class", 2}}); }
  SUBCASE("a kiosk that is confirmed by its keys") {
    post("/api/v1/devices/" + unconfirmed.device().hex() + "/confirm", {{"class", 1}, {"keys", unconfirmed.mark()}});
  }
  CHECK(left == 0);
  CHECK(waiting() == before);
  left = kForever;
  CHECK(post("/api/v1/quarantine/replay", nlohmann::json::object())["accepted"] > 0);
  CHECK(waiting() < before);
}
