#include <doctest/doctest.h>

#include "shared/text/digit_code.h"
#include "tests/kiosk/flow/person.h"

namespace {

using namespace dga;
using namespace dga::flow;
using flow_test::Kiosk;

std::string receipt_code(char fill = 'r') { return text::write_digit_code('8', base::Bytes(182, fill)); }

screen::StaffPage page_of(Kiosk const& kiosk) {
  auto const* staff = kiosk.on<screen::Staff>();
  REQUIRE(staff != nullptr);
  return staff->page;
}

Kiosk at_phone_page() {
  Kiosk kiosk;
  kiosk.sign_in(v1::COORDINATOR);
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kPhone});
  return kiosk;
}

PhoneView open_until(std::uint64_t expires_ms) {
  PhoneView view;
  view.phase = PhoneView::Phase::kOpen;
  view.expires_ms = expires_ms;
  return view;
}

}  // namespace

TEST_CASE("the page for phones is opened with its screen, and closed with it") {
  auto kiosk = at_phone_page();
  CHECK(kiosk.state.phone.phase == PhoneView::Phase::kOpening);
  CHECK(kiosk.caused<effect::OpenPhone>().size() == 1);
  CHECK(kiosk.caused<effect::ClosePhone>().empty());
  kiosk.tell(event::PhoneChanged{open_until(kiosk.now_ms + 600'000)});
  CHECK(kiosk.state.phone.phase == PhoneView::Phase::kOpen);
  kiosk.tell(event::Back{});
  CHECK(page_of(kiosk) == screen::StaffPage::kCourier);
  CHECK(kiosk.caused<effect::ClosePhone>().size() == 1);
  // News that were under way open nothing any more.
  kiosk.tell(event::PhoneChanged{open_until(kiosk.now_ms + 600'000)});
  CHECK(kiosk.state.phone.phase == PhoneView::Phase::kClosed);
}

TEST_CASE("only a coordinator opens it, and signing out closes it") {
  Kiosk trainer;
  trainer.sign_in(v1::TRAINER);
  trainer.tell(event::StaffPageChosen{screen::StaffPage::kPhone});
  CHECK(trainer.caused<effect::OpenPhone>().empty());
  auto kiosk = at_phone_page();
  kiosk.tell(event::SignOut{});
  CHECK(kiosk.caused<effect::ClosePhone>().size() == 1);
}

TEST_CASE("a participant's result covers the page and does not close it") {
  auto kiosk = at_phone_page();
  kiosk.scan("9000000000000000000");
  kiosk.settle(101);
  CHECK(kiosk.on<screen::Result>() != nullptr);
  CHECK(kiosk.caused<effect::ClosePhone>().empty());
  kiosk.wait(kResultStaysMs);
  CHECK(page_of(kiosk) == screen::StaffPage::kPhone);
  CHECK(kiosk.caused<effect::OpenPhone>().size() == 1);
}

TEST_CASE("a page that nobody uses is closed after two minutes; a phone that fetches is somebody") {
  auto kiosk = at_phone_page();
  auto view = open_until(kiosk.now_ms + 600'000);
  kiosk.tell(event::PhoneChanged{view});
  kiosk.wait(kIdleAtPhoneMs - 1);
  CHECK(page_of(kiosk) == screen::StaffPage::kPhone);
  view.claimed = true;
  kiosk.tell(event::PhoneChanged{view});
  kiosk.wait(kIdleAtPhoneMs - 1);
  CHECK(page_of(kiosk) == screen::StaffPage::kPhone);
  kiosk.wait(1);
  CHECK(kiosk.on<screen::StillThere>() != nullptr);
  CHECK(kiosk.caused<effect::ClosePhone>().empty());
  kiosk.wait(kStillThereMs);
  CHECK(kiosk.on<screen::Home>() != nullptr);
  CHECK(kiosk.caused<effect::ClosePhone>().size() == 1);
}

TEST_CASE("a new code is asked for on the page only") {
  auto kiosk = at_phone_page();
  kiosk.tell(event::NewPhoneCode{});
  CHECK(kiosk.caused<effect::OpenPhone>().size() == 2);
  kiosk.tell(event::Back{});
  kiosk.tell(event::NewPhoneCode{});
  CHECK(kiosk.caused<effect::OpenPhone>().size() == 2);
}

TEST_CASE(
    "a receipt is read on the page once: opened again, or with a new code, the page is there for the next phone") {
  auto kiosk = at_phone_page();
  kiosk.tell(event::ReceiptHanded{{1'240, 40, 0, ""}});
  REQUIRE(kiosk.state.handed_receipt);
  CHECK(kiosk.state.handed_receipt->at_page);
  SUBCASE("opened again") {
    kiosk.tell(event::Back{});
    kiosk.tell(event::StaffPageChosen{screen::StaffPage::kPhone});
  }
  SUBCASE("a new code") { kiosk.tell(event::NewPhoneCode{}); }
  CHECK_FALSE(kiosk.state.handed_receipt);
  CHECK(kiosk.state.phone.phase == PhoneView::Phase::kOpening);
}

TEST_CASE("a receipt that was scanned before the page was opened is still to be read there") {
  Kiosk kiosk;
  kiosk.tell(event::ReceiptHanded{{1'240, 40, 0, ""}});
  kiosk.sign_in(v1::COORDINATOR);
  kiosk.tell(event::StaffPageChosen{screen::StaffPage::kPhone});
  REQUIRE(kiosk.state.handed_receipt);
  CHECK_FALSE(kiosk.state.handed_receipt->at_page);
}

TEST_CASE("a receipt's code is settled and disturbs nobody, whatever they are doing") {
  Kiosk kiosk;
  kiosk.tell(event::FindMyName{});
  kiosk.type("anh");
  auto const typed = kiosk.on<screen::FindName>()->text;
  kiosk.scan(receipt_code());
  REQUIRE(kiosk.caused<effect::SettleReceipt>().size() == 1);
  CHECK(kiosk.caused<effect::SettleReceipt>()[0].receipt == base::Bytes(182, 'r'));
  CHECK(kiosk.caused<effect::CheckInScan>().empty());
  REQUIRE(kiosk.on<screen::FindName>() != nullptr);
  CHECK(kiosk.on<screen::FindName>()->text == typed);

  kiosk.tell(event::ReceiptHanded{{1'240, 40, 0, ""}});
  CHECK(kiosk.on<screen::FindName>() != nullptr);
  CHECK(kiosk.state.handed_receipt->received_through == 1'240);
  // It is nobody's sign of life, either: the question comes when it would have come.
  kiosk.wait(kIdleMs - 1);
  kiosk.scan(receipt_code());
  kiosk.wait(1);
  CHECK(kiosk.on<screen::StillThere>() != nullptr);
}

TEST_CASE("what only resembles a receipt's code is a scan like any other") {
  Kiosk kiosk;
  auto wrong = receipt_code();
  wrong[17] = wrong[17] == '0' ? '1' : '0';
  for (auto const& scan : {wrong, text::write_digit_code('8', base::Bytes(12, 'r')),
                           text::write_digit_code('7', base::Bytes(182, 'r')), receipt_code() + "0"}) {
    auto const before = kiosk.caused<effect::CheckInScan>().size();
    kiosk.scan(scan);
    CHECK(kiosk.caused<effect::CheckInScan>().size() == before + 1);
  }
  CHECK(kiosk.caused<effect::SettleReceipt>().empty());
}

TEST_CASE("a locked kiosk settles nothing") {
  Kiosk kiosk;
  kiosk.state.a_class.reset();
  kiosk.state.screen = screen::Unlock{};
  kiosk.scan(receipt_code());
  CHECK(kiosk.caused<effect::SettleReceipt>().empty());
}
