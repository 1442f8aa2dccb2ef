#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "kiosk/flow/flow.h"

namespace dga::flow_test {

using namespace flow;

// 2024-11-12 07:55 in Viet Nam.
inline constexpr std::int64_t kMorningMs = 1'731'372'900'000;

inline std::shared_ptr<ClassView const> small_class() {
  auto view = std::make_shared<ClassView>();
  v1::ClassPack& pack = view->pack;
  pack.set_pack_version(3);
  pack.mutable_class_()->set_id(1);
  pack.mutable_class_()->set_zone("Asia/Ho_Chi_Minh");
  pack.mutable_notice()->set_version(1);
  std::vector<std::string> names;
  for (auto const* name :
       {"Nguyễn Văn Anh", "Nguyễn Anh Đức", "Trần Thị Bình", "Lê Ánh Nguyệt", "Nguyễn Hoàng Anh", "Anh Đào"}) {
    auto& entry = *pack.add_roster();
    entry.set_participant(static_cast<std::uint64_t>(100 + pack.roster_size()));
    entry.set_name(name);
    names.emplace_back(name);
  }
  view->timetable.sessions.push_back({1, kMorningMs + 5 * 60'000, kMorningMs + 215 * 60'000, true, false});
  view->names = text::NameIndex(names);
  return view;
}

// Someone at the kiosk in virtual time, with the store and the staff's PIN played by the test.
struct Kiosk {
  State state;
  std::uint64_t now_ms = 1'000'000;
  std::vector<Effect> effects;  // all so far

  Kiosk() {
    state.screen = screen::Unlock{};
    tell(event::Unlocked{small_class(), "1"});
  }

  [[nodiscard]] Instant now() const { return {kMorningMs + static_cast<std::int64_t>(now_ms - 1'000'000), now_ms}; }
  void tell(Event const& event) {
    for (Effect& effect : step(state, event, now())) effects.push_back(std::move(effect));
  }
  // Time goes on; ticks come when they were asked for and at no other time.
  void wait(std::uint64_t ms) {
    std::uint64_t const until = now_ms + ms;
    while (auto next = next_tick_ms(state)) {
      if (*next > until) break;
      REQUIRE(*next >= now_ms);
      std::uint64_t const before = now_ms;
      now_ms = *next;
      tell(event::Tick{});
      if (next_tick_ms(state) == now_ms && before == now_ms) FAIL("a tick that changes nothing is asked for again");
    }
    now_ms = until;
  }
  void type(std::string const& keys) {
    for (char key : keys) tell(event::KeyTyped{std::string(1, key)});
  }
  void scan(std::string const& text) { tell(event::Scanned{text}); }

  template <typename Wanted>
  [[nodiscard]] Wanted const* on() const {
    return std::get_if<Wanted>(&state.screen);
  }
  template <typename Wanted>
  [[nodiscard]] std::vector<Wanted> caused() const {
    std::vector<Wanted> found;
    for (Effect const& effect : effects)
      if (auto const* one = std::get_if<Wanted>(&effect)) found.push_back(*one);
    return found;
  }
  // The store answers a check-in.
  void settle(std::uint64_t participant, Verdict verdict = Verdict::kCheckedIn) {
    Outcome outcome;
    outcome.verdict = verdict;
    outcome.participant = participant;
    tell(event::Settled{outcome});
  }
  [[nodiscard]] std::uint64_t shown_participant() const {
    auto const* result = on<screen::Result>();
    return result ? result->outcome.participant : 0;
  }
  void sign_in(v1::StaffRole role) {
    tell(event::OpenStaff{});
    type("246810");
    tell(event::Submit{});
    tell(event::PinAccepted{role, 7});
  }
};

}  // namespace dga::flow_test
