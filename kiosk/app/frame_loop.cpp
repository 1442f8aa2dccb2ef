#include "kiosk/app/frame_loop.h"

#include <algorithm>
#include <utility>

#include "kiosk/screens/screens.h"

namespace dga::app {

FrameLoop::FrameLoop(Parts parts, flow::State& state)
    : parts_(std::move(parts)), state_(&state), touch_map_(parts_.touch_map), looked_ms_(parts_.clock.mono_ms()) {
  parts_.window.on_key([this](ui::KeyStroke const& stroke) { key(stroke); });
  use_characters_of(nullptr);
}

FrameLoop::~FrameLoop() { parts_.window.on_key({}); }

void FrameLoop::use_characters_of(std::shared_ptr<flow::ClassView const> const& a_class) {
  ui::CharacterSet characters;
  parts_.vietnamese.add_characters(characters);
  parts_.english.add_characters(characters);
  if (a_class) screens::add_characters(*a_class, characters);
  parts_.window.use_characters(characters);
}

void FrameLoop::key(ui::KeyStroke const& stroke) {
  using From = ui::KeyStroke::Kind;
  using To = input::Key::Kind;
  input::Key key{To::kCharacter, stroke.text, looked_ms_, stroke.at_ms};
  switch (stroke.kind) {
    case From::kCharacter: break;
    case From::kEnter: key.kind = To::kEnter; break;
    case From::kTab: key.kind = To::kTab; break;
    case From::kBackspace: key.kind = To::kBackspace; break;
    case From::kEscape: key.kind = To::kEscape; break;
  }
  // Nobody scans into a passphrase, and its letters must not wait for company.
  if (key.kind == To::kCharacter && std::holds_alternative<flow::screen::Unlock>(state_->screen)) {
    happened_.emplace_back(flow::event::KeyTyped{std::move(key.text)});
    return;
  }
  for (flow::Event& event : wedge_.key(key)) happened_.push_back(std::move(event));
}

std::chrono::milliseconds FrameLoop::longest_wait() const {
  std::uint64_t const now_ms = parts_.clock.mono_ms();
  std::uint64_t until_ms = next_tick_ms_;
  if (auto const due_ms = wedge_.due_ms()) until_ms = std::min(until_ms, *due_ms);
  auto longest = std::chrono::milliseconds(until_ms > now_ms ? until_ms - now_ms : 0);
  longest = std::min(longest, screens::stays_right_for(*state_));
  // The store thread is behind: its next answer wakes the window, but none may come when it has none to give.
  if (!ask_.empty()) longest = std::min(longest, std::chrono::milliseconds(20));
  return longest;
}

void FrameLoop::turn() {
  parts_.window.wait(longest_wait());
  std::uint64_t const now_ms = parts_.clock.mono_ms();
  for (flow::Event& event : wedge_.settle(now_ms)) happened_.push_back(std::move(event));
  looked_ms_ = now_ms;

  while (!happened_.empty()) {
    flow::Event const event = std::move(happened_.front());
    happened_.pop_front();
    happen(event);
  }
  while (auto const event = parts_.from_threads.try_receive()) {
    if (auto const* unlocked = std::get_if<flow::event::Unlocked>(&*event)) {
      use_characters_of(unlocked->a_class);
      if (!sync_) sync_ = parts_.start_sync();
      if (!courier_) courier_ = parts_.start_courier();
    }
    if (auto const* replaced = std::get_if<flow::event::ClassReplaced>(&*event)) use_characters_of(replaced->a_class);
    happen(*event);
    if (auto const* counts = std::get_if<flow::event::CountsChanged>(&*event); counts && sync_)
      sync_->recorded(counts->recorded);
    if (std::holds_alternative<flow::event::LimitKept>(*event) && sync_) sync_->hurry();
  }
  while (flow::has_room_for_scan(*state_)) {
    auto scan = parts_.from_scanner.try_receive();
    if (!scan) break;
    happen(flow::event::Scanned{std::move(scan->text)});
  }
  // Always, so that the picture's clocks are those of this frame; it changes something only when it is due.
  happen(flow::event::Tick{});
  give();
  draw();
  give();
  next_tick_ms_ = flow::next_tick_ms(*state_).value_or(now_ms + 3'600'000);
}

void FrameLoop::happen(flow::Event const& event) {
  auto effects = flow::step(*state_, event, {parts_.clock.wall_ms(), parts_.clock.mono_ms()});
  for (flow::Effect& effect : effects) std::visit([this](auto& one) { on(one); }, effect);
}

void FrameLoop::draw() {
  ui::Lang const& lang = state_->language == flow::Language::kVietnamese ? parts_.vietnamese : parts_.english;
  std::vector<flow::Event> touched;
  parts_.window.frame(screens::look_of(*state_),
                      [&](ui::Canvas& canvas) { touched = screens::draw(*state_, canvas, lang); });
  touch_map_.note(*state_, parts_.window.canvas());
  for (flow::Event const& event : touched) happen(event);
}

// The mailbox takes what it can; the rest waits here, in order. Nothing is dropped.
void FrameLoop::give() {
  while (!ask_.empty() && parts_.store.try_ask(ask_.front())) ask_.pop_front();
}

}  // namespace dga::app
