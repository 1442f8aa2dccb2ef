#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/flow/outcome.h"
#include "shared/course/session_now.h"
#include "shared/records/pack.pb.h"
#include "shared/text/qr_code.h"
#include "shared/text/search.h"

namespace dga::flow {

enum class Language { kVietnamese, kEnglish };
enum class Theme { kLight, kDark, kHighContrast };

// How many people a page of "find my name" shows, and how many a query may ever bring: there is no list to browse.
inline constexpr std::uint32_t kFoundOnAPage = 4;
inline constexpr std::size_t kMostFound = 24;
// Lines on a page of the staff's list of who is here.
inline constexpr std::uint32_t kPresentOnAPage = 7;

// How the kiosk looks and speaks; every participant may change it, the next one finds the usual one again.
struct Look {
  Language language = Language::kVietnamese;
  Theme theme = Theme::kLight;
  bool large_text = false;
  bool operator==(Look const&) const = default;
};

// What the pack says, made once when it is applied; shared read-only with the screens.
struct ClassView {
  v1::ClassPack pack;
  course::Timetable timetable;
  text::NameIndex names;  // same order as pack.roster()
};

// By whose word the kiosk goes where its own clock is not to be believed. Values arrive from the store thread.
struct ClockView {
  enum class Source { kOwn, kCentre, kStaff } source = Source::kOwn;
  std::int64_t at_ms = 0;  // UTC, when the monotonic clock read mono_ms; of kOwn without meaning
  std::uint64_t mono_ms = 0;
  std::uint32_t session = 0;  // that the staff named, whoever says the time; 0: none
  bool operator==(ClockView const&) const = default;
};

enum class OutOfServiceReason { kNotEnrolled, kNoPack, kStoreDamaged, kStoreHeld, kDiskFull, kStoreFailed };

// What sync is doing, for people. Values arrive from the sync and store threads.
struct SyncView {
  enum class Phase { kOffline, kWaiting, kSending, kUpToDate, kRefused } phase = Phase::kOffline;
  std::uint64_t recorded = 0, received = 0, waiting = 0, quarantined = 0;
  std::optional<std::int64_t> last_receipt_ms;  // UTC by the centre's clock
  std::string problem_code;                     // of the last failure; empty when there is none
  std::optional<std::int64_t> next_try_ms;      // UTC by this kiosk
  std::optional<std::uint32_t> round_trip_ms;
  // While sending, once it can be told.
  struct Pace {
    std::uint32_t records_per_second = 0, seconds_left = 0;
  };
  std::optional<Pace> pace;
  std::uint64_t forecast_bytes = 0;       // what sending all that waits is likely to take, both ways; 0: nothing waits
  std::uint64_t forecast_pack_bytes = 0;  // beside it, of a newer class pack where there is one
  // A day's limit on data, where the coordinator has set one.
  struct Budget {
    std::uint64_t most_bytes = 0, used_bytes = 0;
  };
  std::optional<Budget> budget;
};

// How much room there is for records, for people (shared/store/kiosk_space.h has the numbers).
struct SpaceView {
  enum class Level { kPlenty, kLow, kReserve, kFull } level = Level::kPlenty;
  std::uint64_t check_ins_left = 0;         // at least so many, in hundreds
  std::uint64_t free_megabytes = 0;         // on the disk
  std::optional<std::int64_t> wiped_at_ms;  // when old records were last wiped, UTC by this kiosk
  bool operator==(SpaceView const&) const = default;
};

// What goes by USB stick, for people: whether one is there, and what came of the last hand-over to it. Values arrive
// from the courier thread.
struct CourierView {
  enum class Phase { kNoStick, kReady, kWriting, kDone, kFailed } phase = Phase::kNoStick;
  std::uint64_t written = 0;       // records, now on the stick
  std::uint64_t left = 0;          // that did not fit
  std::uint64_t acknowledged = 0;  // by the receipts that it brought
  bool new_class = false;          // it brought a newer class pack
  std::string problem_code;        // kFailed
  std::string receipts_problem;    // kDone: why something that it brought was not taken; empty: all was
  bool operator==(CourierView const&) const = default;
};

// The page from which a phone takes what waits here. Values arrive from the phone thread.
struct PhoneView {
  enum class Phase { kClosed, kOpening, kOpen, kFailed } phase = Phase::kClosed;
  std::string problem_code;                  // why it failed
  std::shared_ptr<text::QrCode const> code;  // of the page's address; there while the page is open
  std::string address;                       // the same, to be typed
  std::uint64_t expires_ms = 0;              // monotonic
  std::uint64_t records = 0, bundle_bytes = 0;
  std::uint64_t left_over = 0;  // records that did not fit into this bundle
  bool claimed = false;         // a phone has opened it
  std::uint32_t fetched = 0;    // how often the bundle was taken
};

// The last receipt that somebody brought by hand: a file, or a code held to the scanner.
struct HandedReceipt {
  std::uint64_t received_through = 0, acknowledged = 0, waiting = 0;
  std::string problem_code;  // empty when it was taken
  bool at_page = false;      // while the page for phones was shown: the flow's to say
  bool operator==(HandedReceipt const&) const = default;
};

namespace screen {
struct OutOfService {
  OutOfServiceReason reason = OutOfServiceReason::kNotEnrolled;
  std::string short_code;
};
struct Unlock {
  std::string typed;
  bool shift = false;
  bool checking = false;
  std::string error_code;
  bool digits = false;
};
struct Home {};
struct FindName {
  std::string keys;
  std::string text;
  std::vector<std::uint32_t> found;
  std::uint32_t page = 0;
  bool telex = true;
  bool shift = false;
  bool digits = false;
};
// `notice_shown`: the pack's privacy notice stands beside the question, the first time this person is asked.
// `from`: what "not me" goes back to.
struct IsThisYou {
  std::uint32_t roster_place = 0;
  bool notice_shown = false;
  FindName from = {};
};
struct Waiting {};  // for the store's answer
// Monotonic.
struct Result {
  Outcome outcome;
  std::uint64_t shown_at_ms = 0;
};
struct Pin {
  std::string typed;
  bool checking = false;
  std::string error_code;
  std::uint32_t tries_left = 5;
  std::optional<std::uint64_t> locked_until_ms;
};
enum class StaffPage { kPresent, kSync, kDevice, kCourier, kPhone, kLimit, kSession };
struct Staff {
  StaffPage page = StaffPage::kSync;
  v1::StaffRole role = v1::TRAINER;
  std::uint32_t number = 0;
  std::uint32_t list_page = 0;
  // kSession: what is about to be said.
  std::uint32_t session = 0;
  std::int64_t told_ms = 0;
  bool telling = false;         // the store has not answered yet
  std::string error_code = {};  // why what was said does not hold; of kLimit, too
};
// "Are you still there?", monotonic.
struct StillThere {
  std::uint64_t until_ms = 0;
};
}  // namespace screen

using Screen = std::variant<screen::OutOfService, screen::Unlock, screen::Home, screen::FindName, screen::IsThisYou,
                            screen::Waiting, screen::Result, screen::Pin, screen::Staff, screen::StillThere>;

// One person who is here, for the staff's list.
struct PresentLine {
  std::string name, agency;
  std::int64_t at_ms = 0;
  bool late = false;
};

// Everything a screen may show. Owned by the UI thread; screens only read it.
struct State {
  Screen screen = screen::OutOfService{};
  Language language = Language::kVietnamese;
  Theme theme = Theme::kLight;
  bool large_text = false;
  std::shared_ptr<ClassView const> a_class;  // none before a pack came
  course::SessionNow session_now;
  std::int64_t wall_ms = 0;      // now, UTC: by the kiosk's clock, or by the word of `clock`
  std::int64_t own_wall_ms = 0;  // by the kiosk's clock whatever is known of it
  ClockView clock;
  std::uint64_t mono_ms = 0;
  bool simulated_clock = false;
  std::string kiosk_name;  // "1", as the coordinator named it
  SyncView sync;
  SpaceView space;
  CourierView courier;
  PhoneView phone;
  std::optional<HandedReceipt> handed_receipt;
  std::uint64_t present_in_session = 0;
  std::vector<PresentLine> present;                   // staff's list, newest first, filled when asked for
  std::vector<std::uint32_t> arrivals_per_5_minutes;  // staff's line chart, from the session's opening on
  std::deque<std::string> scans;      // scanned, and not yet given to the store: it has enough to do (kMostAsked)
  std::uint64_t last_touch_ms = 0;    // monotonic
  std::uint64_t screen_since_ms = 0;  // monotonic, for transitions
  std::optional<Screen> covered;      // what StillThere covers; the staff's screen while someone's result covers it
  // Additions to the first contract.
  std::uint32_t asked = 0;          // check-ins that the store has not answered yet
  std::deque<Outcome> settled;      // durable, and to be shown after the present result
  Look usual;                       // what the kiosk falls back to for the next person
  std::set<std::uint64_t> noticed;  // participants who confirmed beside the privacy notice since the program started
  std::optional<std::uint64_t> pin_locked_until_ms;  // monotonic
};

// The kiosk's clock shows a time before its class was last changed at the centre, and nobody has said the right one:
// whatever time it is, it is not that.
[[nodiscard]] bool clock_is_surely_wrong(State const& state);
// Whether the class has a session that the staff could name.
[[nodiscard]] bool can_choose_session(State const& state);

}  // namespace dga::flow
