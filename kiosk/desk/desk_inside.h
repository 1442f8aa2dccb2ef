#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "kiosk/desk/desk.h"
#include "kiosk/desk/moment.h"
#include "kiosk/desk/present_time.h"
#include "kiosk/desk/register.h"
#include "kiosk/desk/roster.h"

namespace dga::desk {

// One instant: what the clocks read, and what time that is.
struct Now {
  Moment moment;
  std::int64_t at_ms = 0;
  std::optional<std::uint32_t> chosen;  // the session that the staff named
};

// One visit while it is being decided.
struct Case {
  flow::Outcome outcome;
  v1::Method method = v1::METHOD_UNSPECIFIED;
  std::optional<std::size_t> draft;  // its own record, or that of the same person a moment before
};

// What a desk knows and does: the files desk*.cpp are its parts.
struct Desk::Inside {
  store::KioskStore* store;
  base::Clock const* clock;
  std::shared_ptr<flow::ClassView> view;  // none before a pack came
  bool names_ready = false;
  Roster roster;
  std::optional<Register> book;
  PresentTime times;
  // How many are in a session, kept up as they come: counting 100,000 anew takes long.
  struct Counted {
    std::uint32_t session = 0;
    std::uint64_t present = 0;
  };
  std::optional<Counted> counted;
  std::optional<store::RecordPlace> first_needed;  // as needed_from(), whatever the time

  v1::ClassPack const& pack() const { return view->pack; }
  base::Done load();
  struct Replayed {
    std::vector<store::RecordPlace> who_came;
    bool again = false;  // of some the time was heard after they were taken in
  };
  [[nodiscard]] base::Result<Replayed> replay_into(Register& fresh_book, std::uint64_t class_id);
  [[nodiscard]] v1::Stamp stamp_of(base::Clock const& at) const;
  [[nodiscard]] Now now() const;
  [[nodiscard]] base::Done keep_word(v1::SessionControl const& word, std::uint32_t staff);
  [[nodiscard]] std::optional<store::RecordPlace> first_unknown(Register const& fresh_book, v1::ClassPack const& pack,
                                                                std::vector<store::RecordPlace> const& replayed) const;
  Case begin(Visit const& visit) const;
  void decide(Case& one, Now const& now, std::vector<v1::Record>& drafts,
              std::unordered_map<std::uint64_t, std::size_t>& in_this_call) const;
  void finish(Case& one, Now const& now) const;
  std::optional<std::uint32_t> session_to_show(Now const& now) const;
};

}  // namespace dga::desk
