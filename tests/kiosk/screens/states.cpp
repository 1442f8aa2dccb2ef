#include "tests/kiosk/screens/states.h"

#include <cassert>

namespace dga::test {
namespace {

using flow::State;

constexpr std::uint64_t kMono = 10'000'000;
constexpr std::int64_t kMinute = 60'000;

// A quarter to the first session: it is open, nothing was sent yet.
State quiet(bool rehearsal = true) {
  State state;
  state.a_class = class_view(rehearsal);
  state.wall_ms = state.a_class->timetable.sessions[0].start_ms - 8 * kMinute;
  state.own_wall_ms = state.wall_ms;
  state.session_now = course::session_now(state.a_class->timetable, state.wall_ms);
  state.mono_ms = kMono;
  state.screen_since_ms = kMono - 1'000;
  state.last_touch_ms = kMono - 1'000;
  state.kiosk_name = "1";
  state.present_in_session = 14;
  state.sync.recorded = 412;
  state.sync.received = 374;
  state.sync.waiting = 38;
  state.screen = flow::screen::Home{};
  return state;
}

State with(flow::Screen screen, bool rehearsal = true) {
  State state = quiet(rehearsal);
  state.screen = std::move(screen);
  return state;
}

flow::screen::FindName typed(std::string const& text, State const& state) {
  flow::screen::FindName find;
  find.keys = find.text = text;
  find.found = state.a_class->names.search(text, flow::kMostFound);
  return find;
}

State result(flow::Verdict verdict, course::Standing standing, std::uint32_t attended, std::uint32_t person = 0) {
  State state = quiet();
  flow::Outcome outcome;
  outcome.verdict = verdict;
  bool const nobody =
      verdict == flow::Verdict::kBadBadge || verdict == flow::Verdict::kNotABadge || verdict == flow::Verdict::kUnknown;
  if (!nobody) {
    auto const& entry = state.a_class->pack.roster(static_cast<int>(person));
    outcome.participant = entry.participant();
    outcome.name = entry.name();
    outcome.agency = entry.agency();
    outcome.province = entry.province();
  }
  outcome.session = 1;
  outcome.at_ms = state.wall_ms - 4 * kMinute;
  outcome.standing = standing;
  outcome.attended = attended;
  outcome.n = 6;
  if (verdict == flow::Verdict::kNotOpen) {
    outcome.session = 2;
    outcome.opens_at_ms = state.a_class->timetable.sessions[1].start_ms - 60 * kMinute;
  }
  state.screen = flow::screen::Result{outcome, kMono - 900};
  return state;
}

State staff(flow::screen::StaffPage page, v1::StaffRole role = v1::COORDINATOR) {
  State state = with(flow::screen::Staff{page, role, 1, 0});
  for (int i = 0; i < 14; ++i) {
    auto const& entry = state.a_class->pack.roster(i);
    state.present.push_back({entry.name(), entry.agency(), state.wall_ms - i * 3 * kMinute, i == 1 || i == 5});
  }
  state.arrivals_per_5_minutes = {0, 1, 0, 2, 3, 5, 9, 14, 22, 17, 8, 3};
  return state;
}

State syncing(flow::SyncView::Phase phase, std::string const& problem) {
  State state = staff(flow::screen::StaffPage::kSync);
  state.sync.phase = phase;
  state.sync.problem_code = problem;
  state.sync.last_receipt_ms = state.wall_ms - 21 * kMinute;
  state.sync.round_trip_ms = 180;
  if (!problem.empty()) state.sync.next_try_ms = state.wall_ms + 3 * kMinute;
  return state;
}

void add_results(std::vector<NamedState>& all) {
  using course::Standing;
  using flow::Verdict;
  all.push_back({"result-checked-in", result(Verdict::kCheckedIn, Standing::kOnCourse, 3)});
  all.push_back({"result-checked-in-long", result(Verdict::kCheckedIn, Standing::kQualified, 6, 5)});
  all.push_back({"result-late", result(Verdict::kLate, Standing::kAtRisk, 2, 1)});
  all.push_back({"result-already", result(Verdict::kAlready, Standing::kOnCourse, 3, 4)});
  all.push_back({"result-cannot", result(Verdict::kCheckedIn, Standing::kCannot, 1, 8)});
  all.push_back({"result-unknown", result(Verdict::kUnknown, Standing::kCannot, 0)});
  all.push_back({"result-not-open", result(Verdict::kNotOpen, Standing::kOnCourse, 1)});
  all.push_back({"result-closed", result(Verdict::kClosed, Standing::kOnCourse, 1)});
  all.push_back({"result-bad-badge", result(Verdict::kBadBadge, Standing::kCannot, 0)});
  all.push_back({"result-not-a-badge", result(Verdict::kNotABadge, Standing::kCannot, 0)});
  NamedState stranger{"result-not-in-roster", result(Verdict::kCheckedIn, Standing::kOnCourse, 1)};
  auto& outcome = std::get<flow::screen::Result>(stranger.state.screen).outcome;
  outcome.known = false;
  outcome.name = outcome.agency = outcome.province = "";
  all.push_back(std::move(stranger));
}

void add_home(std::vector<NamedState>& all) {
  all.push_back({"home", quiet()});
  State real = quiet(false);
  real.sync.phase = flow::SyncView::Phase::kUpToDate;
  real.sync.waiting = 0;
  real.sync.last_receipt_ms = real.wall_ms - 5 * kMinute;
  all.push_back({"home-synced", real});
  State early = quiet();
  early.wall_ms -= 16 * 60 * kMinute;
  early.session_now = course::session_now(early.a_class->timetable, early.wall_ms);
  early.simulated_clock = true;
  all.push_back({"home-not-open", early});
  State over = quiet();
  over.wall_ms = over.a_class->timetable.sessions.back().end_ms + 60 * kMinute;
  over.session_now = course::session_now(over.a_class->timetable, over.wall_ms);
  all.push_back({"home-closed", over});
  State low = quiet();
  low.space = {flow::SpaceView::Level::kLow, 6'600, 41, {}};
  all.push_back({"home-space-low", low});
  State full = quiet(false);
  full.space = {flow::SpaceView::Level::kFull, 0, 0, {}};
  all.push_back({"home-space-full", full});
}

void add_find(std::vector<NamedState>& all) {
  State const state = quiet();
  all.push_back({"find-empty", with(flow::screen::FindName{})});
  all.push_back({"find", with(typed("nguyen anh", state))});
  auto shifted = typed("ng", state);
  shifted.page = 1;
  shifted.shift = true;
  all.push_back({"find-page-2", with(shifted)});
  auto digits = typed("tôn nữ", state);
  digits.digits = true;
  digits.telex = false;
  all.push_back({"find-digits", with(digits)});
  all.push_back({"find-none", with(typed("nguyễn zz", state))});
}

void add_locked_out(std::vector<NamedState>& all) {
  using Reason = flow::OutOfServiceReason;
  for (auto const& [name, reason, code] : {std::tuple{"out-not-enrolled", Reason::kNotEnrolled, "kiosk.not_enrolled"},
                                           {"out-no-pack", Reason::kNoPack, "kiosk.no_pack"},
                                           {"out-damaged", Reason::kStoreDamaged, "store.damaged"},
                                           {"out-held", Reason::kStoreHeld, "store.held"},
                                           {"out-disk-full", Reason::kDiskFull, "store.full"},
                                           {"out-failed", Reason::kStoreFailed, "store.failed"}}) {
    State state = with(flow::screen::OutOfService{reason, code});
    if (reason == Reason::kNotEnrolled || reason == Reason::kNoPack || reason == Reason::kStoreHeld)
      state.a_class.reset();
    if (reason == Reason::kNotEnrolled) state.kiosk_name.clear();
    all.push_back({name, state});
  }
  State unlock = with(flow::screen::Unlock{});
  unlock.a_class.reset();
  unlock.kiosk_name.clear();
  all.push_back({"unlock", unlock});
  unlock.screen = flow::screen::Unlock{"correct horse", true, false, "", false};
  all.push_back({"unlock-typed", unlock});
  unlock.screen = flow::screen::Unlock{"", false, false, "slots.wrong_passphrase", true};
  all.push_back({"unlock-wrong", unlock});
  unlock.screen = flow::screen::Unlock{"", false, true, "", false};
  all.push_back({"unlock-checking", unlock});
}

void add_phone(std::vector<NamedState>& all) {
  using Phase = flow::PhoneView::Phase;
  State phone = staff(flow::screen::StaffPage::kPhone);
  phone.phone.phase = Phase::kOpening;
  all.push_back({"staff-phone-opening", phone});
  auto const code = text::QrCode::of("http://192.168.100.20:41234/00112233445566778899aabbccddeeff");
  phone.phone.phase = Phase::kOpen;
  phone.phone.code = std::make_shared<text::QrCode const>(*code);
  phone.phone.expires_ms = kMono + 9 * kMinute - 1;
  phone.phone.records = 1'240;
  phone.phone.bundle_bytes = 21'800;
  all.push_back({"staff-phone", phone});
  phone.phone.claimed = true;
  all.push_back({"staff-phone-claimed", phone});
  phone.phone.fetched = 2;
  phone.phone.left_over = 125'000;
  phone.handed_receipt = flow::HandedReceipt{101'240, 1'240, 0, "", true};
  all.push_back({"staff-phone-receipt", phone});
  State all_of_it = phone;
  all_of_it.sync.waiting = 0;
  all.push_back({"staff-phone-all-arrived", all_of_it});
  phone.phone.expires_ms = kMono;
  phone.handed_receipt = flow::HandedReceipt{0, 0, 0, "receipt.bad_signature", true};
  all.push_back({"staff-phone-expired", phone});
  phone.phone = {};
  phone.phone.phase = Phase::kFailed;
  phone.phone.problem_code = "phone.no_network";
  phone.handed_receipt.reset();
  all.push_back({"staff-phone-failed", phone});
}

// A kiosk whose battery is empty: it believes itself in the year 2000.
constexpr std::int64_t kEmptyBattery = 946'684'920'000;

void add_wrong_clock(std::vector<NamedState>& all) {
  using flow::screen::StaffPage;
  State wrong = quiet(false);
  wrong.wall_ms = wrong.own_wall_ms = kEmptyBattery;
  wrong.session_now = course::session_now(wrong.a_class->timetable, wrong.wall_ms);
  all.push_back({"home-clock-wrong", wrong});
  State turned_away = wrong;
  flow::Outcome early;
  early.verdict = flow::Verdict::kNotOpen;
  early.session = 1;
  turned_away.screen = flow::screen::Result{early, kMono - 900};
  all.push_back({"result-clock-wrong", turned_away});
  State page = wrong;
  flow::screen::Staff session{StaffPage::kSession, v1::COORDINATOR, 1, 0};
  session.session = 1;
  session.told_ms = wrong.a_class->timetable.sessions[0].start_ms;
  page.screen = session;
  all.push_back({"staff-session", page});
  std::get<flow::screen::Staff>(page.screen).error_code = "session.not_now";
  all.push_back({"staff-session-refused", page});
  page.screen = flow::screen::Staff{StaffPage::kDevice, v1::COORDINATOR, 1, 0};
  all.push_back({"staff-device-clock-wrong", page});
  State told = staff(StaffPage::kSession);
  std::get<flow::screen::Staff>(told.screen) = session;
  told.own_wall_ms = kEmptyBattery;
  told.clock = {flow::ClockView::Source::kStaff, told.wall_ms, told.mono_ms, 1};
  all.push_back({"staff-session-told", told});
  State by_centre = staff(StaffPage::kDevice);
  by_centre.own_wall_ms = by_centre.wall_ms - 31 * kMinute;
  by_centre.clock = {flow::ClockView::Source::kCentre, by_centre.wall_ms, by_centre.mono_ms, 0};
  all.push_back({"staff-device-clock-corrected", by_centre});
  State nobody = wrong;
  nobody.screen = flow::screen::Staff{StaffPage::kPresent, v1::TRAINER, 1, 0};
  nobody.present_in_session = 0;
  all.push_back({"staff-present-clock-wrong", nobody});
}

void add_courier(std::vector<NamedState>& all) {
  using Phase = flow::CourierView::Phase;
  State courier = staff(flow::screen::StaffPage::kCourier);
  all.push_back({"staff-courier-no-stick", courier});
  courier.courier.phase = Phase::kReady;
  all.push_back({"staff-courier-ready", courier});
  courier.courier.phase = Phase::kWriting;
  all.push_back({"staff-courier-writing", courier});
  courier.courier = {Phase::kDone, 3'128, 12, 340, true, {}, {}};
  all.push_back({"staff-courier-done", courier});
  courier.courier = {Phase::kDone, 0, 0, 0, false, {}, {}};
  all.push_back({"staff-courier-nothing", courier});
  courier.courier.acknowledged = 340;
  courier.courier.receipts_problem = "courier.not_read";
  all.push_back({"staff-courier-not-read", courier});
  courier.courier = {Phase::kFailed, 0, 0, 0, false, "file.failed", {}};
  all.push_back({"staff-courier-failed", courier});
  courier.courier.problem_code = "kiosk.enrolment";
  all.push_back({"staff-courier-not-handed", courier});
}

void add_staff(std::vector<NamedState>& all) {
  using flow::screen::StaffPage;
  using Phase = flow::SyncView::Phase;
  flow::screen::Pin pin;
  all.push_back({"pin", with(pin)});
  pin.typed = "8362";
  all.push_back({"pin-typed", with(pin)});
  pin = {"", false, "pin.wrong", 3, {}};
  all.push_back({"pin-wrong", with(pin)});
  pin = {"", false, "pin.locked", 0, kMono + 5 * 60'000};
  all.push_back({"pin-locked", with(pin)});
  all.push_back({"staff-present", staff(StaffPage::kPresent)});
  all.push_back({"staff-present-trainer", staff(StaffPage::kPresent, v1::TRAINER)});
  State empty = staff(StaffPage::kPresent);
  empty.present.clear();
  empty.arrivals_per_5_minutes.clear();
  empty.present_in_session = 0;
  all.push_back({"staff-present-none", empty});
  State sending = syncing(Phase::kSending, "");
  sending.sync.recorded = 12'412;
  sending.sync.received = 9'212;
  sending.sync.waiting = 3'200;
  sending.sync.pace = flow::SyncView::Pace{1'840, 95};
  sending.sync.forecast_bytes = 49'600;
  sending.sync.forecast_pack_bytes = 31'200;
  sending.sync.budget = flow::SyncView::Budget{20'000'000, 1'250'000};
  all.push_back({"staff-sync-sending", sending});
  State spent = syncing(Phase::kOffline, "sync.budget");
  spent.sync.forecast_bytes = 3'200;
  spent.sync.budget = flow::SyncView::Budget{200'000, 198'000};
  all.push_back({"staff-sync-budget", spent});
  spent.sync.problem_code = "sync.budget_pack";
  all.push_back({"staff-sync-budget-pack", spent});
  all.push_back({"staff-sync-busy", syncing(Phase::kOffline, "sync.busy")});
  all.push_back({"staff-sync-offline", syncing(Phase::kOffline, "net.no_dns")});
  State refused = syncing(Phase::kRefused, "receipt.bad_signature");
  refused.sync.quarantined = 2;
  all.push_back({"staff-sync-refused", refused});
  State done = syncing(Phase::kUpToDate, "");
  done.sync.received = done.sync.recorded;
  done.sync.waiting = 0;
  all.push_back({"staff-sync-done", done});
  State limit = staff(StaffPage::kLimit);
  all.push_back({"staff-limit-none", limit});
  limit.sync.budget = flow::SyncView::Budget{20'000'000, 1'250'000};
  all.push_back({"staff-limit", limit});
  std::get<flow::screen::Staff>(limit.screen).error_code = "store.full";
  all.push_back({"staff-limit-not-kept", limit});
  add_wrong_clock(all);
  add_courier(all);
  add_phone(all);
  State plenty = staff(StaffPage::kDevice);
  plenty.space = {flow::SpaceView::Level::kPlenty, 6'600, 81'204, {}};
  all.push_back({"staff-device", plenty});
  State low = plenty;
  low.space = {flow::SpaceView::Level::kReserve, 5'100, 0, low.wall_ms - 26 * 60 * kMinute};
  all.push_back({"staff-device-space-low", low});
}

}  // namespace

std::vector<NamedState> all_states() {
  std::vector<NamedState> all;
  add_home(all);
  add_find(all);
  State const state = quiet();
  all.push_back({"is-this-you", with(flow::screen::IsThisYou{0, true, typed("nguyen anh", state)})});
  all.push_back({"is-this-you-again", with(flow::screen::IsThisYou{5, false, typed("nguyen anh", state)})});
  all.push_back({"waiting", with(flow::screen::Waiting{})});
  add_results(all);
  all.push_back({"still-there", with(flow::screen::StillThere{kMono + 9'000})});
  add_staff(all);
  add_locked_out(all);
  return all;
}

State const& state_named(std::vector<NamedState> const& states, std::string const& name) {
  for (auto const& each : states) {
    if (each.name == name) return each.state;
  }
  assert(false && "no such state");
  return states.front().state;
}

}  // namespace dga::test
