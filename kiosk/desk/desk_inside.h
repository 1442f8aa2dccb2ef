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
  // The staff's last word of session and time that is on record.
  struct Said {
    store::LogNumber log = 1;
    v1::Record record;
  };
  std::optional<Said> said;
  // Somebody taken in, in a boot in which the centre had not been heard: its first word may move them.
  struct Arrival {
    std::int64_t wall_ms = 0;
    std::uint32_t boot = 0;
    std::uint64_t mono_ms = 0;
    std::int64_t at_ms = 0;  // when they were taken to have come
  };
  std::vector<Arrival> unconfirmed;  // of this boot
  bool behind = false;               // the store holds what load() has yet to take in
  // How many are in a session, kept up as they come: counting 100,000 anew takes long.
  struct Counted {
    std::uint32_t session = 0;
    std::uint64_t present = 0;
  };
  std::optional<Counted> counted;
  std::optional<store::RecordPlace> first_needed;  // as needed_from(), whatever the time

  v1::ClassPack const& pack() const { return view->pack; }
  // All that is known, made anew from the store. On an error all stays as it was, and is behind.
  [[nodiscard]] base::Done load();
  struct Replayed {
    std::vector<store::RecordPlace> who_came;
    std::vector<Arrival> unconfirmed;
    std::optional<Said> said;
  };
  // Words of the time are added to `fresh_times` as they come.
  [[nodiscard]] base::Result<Replayed> replay_into(Register& fresh_book, PresentTime& fresh_times,
                                                   std::uint64_t class_id) const;
  // Nothing where the centre was heard in its boot by then, or the clock is a simulated one.
  [[nodiscard]] static std::optional<Arrival> unconfirmed_arrival(v1::Stamp const& at, PresentTime const& by);
  // Whether somebody came at another time than they were taken to have come.
  [[nodiscard]] static bool moved(std::vector<Arrival> const& arrivals, PresentTime const& by);
  // Of the staff, as long as it holds.
  [[nodiscard]] std::optional<v1::Record> standing_word() const;
  // In a child log it is said again: a centre passes nothing from one log to another.
  [[nodiscard]] base::Done say_again();
  [[nodiscard]] v1::Stamp stamp_of(base::Clock const& at) const;
  [[nodiscard]] Now now() const;
  [[nodiscard]] base::Done keep_word(v1::Record word);
  [[nodiscard]] std::optional<store::RecordPlace> first_unknown(Register const& fresh_book, v1::ClassPack const& pack,
                                                                std::vector<store::RecordPlace> const& replayed) const;
  Case begin(Visit const& visit) const;
  void decide(Case& one, Now const& now, std::vector<v1::Record>& drafts,
              std::unordered_map<std::uint64_t, std::size_t>& in_this_call) const;
  void finish(Case& one, Now const& now) const;
  std::optional<std::uint32_t> session_to_show(Now const& now) const;
};

}  // namespace dga::desk
