#include "kiosk/app/courier_thread.h"

#include <doctest/doctest.h>

#include <fstream>

#include "shared/base/clock.h"
#include "tests/support/demo.h"

namespace {

using namespace dga;
using namespace std::chrono_literals;
using Phase = flow::CourierView::Phase;
namespace files = std::filesystem;

// A demo's kiosk behind its store thread, a folder that stands for a stick, and what the courier thread tells.
struct Hall {
  Hall() {
    std::ifstream file(demo.passphrase_file());
    std::string passphrase;
    std::getline(file, passphrase);
    auto opened = app::Kiosk::open(demo.kiosk(1), passphrase, *clock);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    store.emplace(demo.kiosk(1), std::move(opened).value(), *clock, [](std::vector<flow::Event>) {});
    files::create_directories(stick);
    auto tell = [this](flow::CourierView view) { static_cast<void>(told.try_send(view)); };
    courier.emplace(app::CourierThread::Plan{stick, tell}, *store, *clock);
  }
  flow::CourierView next() {
    auto const views = told.receive_for(1, 60s);
    REQUIRE(views.size() == 1);
    return views.front();
  }
  support::Demo demo{10, 1, 1};
  files::path stick = demo.scratch("stick");
  std::unique_ptr<base::Clock> clock = base::clock_starting_at(1'731'372'900'000);
  base::Mailbox<flow::CourierView> told{64};
  std::optional<app::StoreThread> store;
  std::optional<app::CourierThread> courier;
};

}  // namespace

TEST_CASE("a stick that is there is told, written when somebody asks, and receipts on it are taken in") {
  Hall hall;
  CHECK(hall.next().phase == Phase::kReady);
  CHECK(files::is_empty(hall.stick));  // nothing before a person wants it
  hall.courier->carry();
  CHECK(hall.next().phase == Phase::kWriting);
  auto const done = hall.next();
  REQUIRE(done.phase == Phase::kDone);
  CHECK(done.written > 0);
  CHECK(done.acknowledged == 0);
  REQUIRE(std::distance(files::directory_iterator(hall.stick), {}) == 1);

  auto const parcel = files::directory_iterator(hall.stick)->path().string();
  auto const taken = hall.demo.dga({"bundle", "import", parcel, "--data", hall.demo.path("centre"), "--out",
                                    (hall.stick / "receipts.dgab").string()});
  REQUIRE_MESSAGE(taken.exit_code == 0, taken.err);
  hall.courier->carry();
  CHECK(hall.next().phase == Phase::kWriting);
  auto const back = hall.next();
  REQUIRE(back.phase == Phase::kDone);
  CHECK(back.acknowledged >= done.written);
}

TEST_CASE("a stick that is pulled out is told, and asking without one writes nothing") {
  Hall hall;
  CHECK(hall.next().phase == Phase::kReady);
  files::remove_all(hall.stick);
  hall.courier->carry();
  CHECK(hall.next().phase == Phase::kNoStick);
  CHECK_FALSE(files::exists(hall.stick));
}

TEST_CASE("what lies on a stick and is not to be read is told beside what was written") {
  Hall hall;
  CHECK(hall.next().phase == Phase::kReady);
  std::ofstream(hall.stick / "holiday.dgab") << "a picture";
  hall.courier->carry();
  CHECK(hall.next().phase == Phase::kWriting);
  auto const done = hall.next();
  REQUIRE(done.phase == Phase::kDone);
  CHECK(done.written > 0);
  CHECK(done.receipts_problem == "courier.not_read");
}

TEST_CASE("a hand-over that the kiosk cannot make is told by its own reason") {
  Hall hall;
  CHECK(hall.next().phase == Phase::kReady);
  static_cast<void>(hall.store->ask(app::ask::Work{[](app::Kiosk* kiosk) {
    REQUIRE(kiosk != nullptr);
    REQUIRE(kiosk->store().put_setting("centre.enrolment", "no certificate").ok());
  }}));
  hall.courier->carry();
  CHECK(hall.next().phase == Phase::kWriting);
  auto const failed = hall.next();
  CHECK(failed.phase == Phase::kFailed);
  CHECK(failed.problem_code == "kiosk.enrolment");
}
