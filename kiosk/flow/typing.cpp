#include <algorithm>

#include "kiosk/flow/stepper.h"
#include "shared/text/fold.h"
#include "shared/text/telex.h"

namespace dga::flow {
namespace {

std::size_t last_code_point(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && (static_cast<unsigned char>(text[--at]) & 0xC0U) == 0x80U) {}
  return at;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_typable(std::string_view text) {
  return !text.empty() && text::is_valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

// A capital for one letter, as on a telephone.
std::string shifted(std::string text, bool& shift) {
  if (shift && text.size() == 1 && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  shift = false;
  return text;
}

std::string shown(screen::FindName const& find) {
  return find.telex ? text::telex(find.keys) : text::to_nfc(find.keys);
}

// Takes away the last character that is seen, which may be several keys: "nguyeenx" shows "nguyễn", then "nguyễ".
void erase_last_seen(screen::FindName& find) {
  if (find.text.empty()) return;
  std::string const target = find.text.substr(0, last_code_point(find.text));
  while (!find.keys.empty()) {
    find.keys.resize(last_code_point(find.keys));
    if (shown(find) == target) return;
  }
  find.keys = target;  // no shorter row of keys stands for it
}

}  // namespace

void Stepper::search(screen::FindName& find) {
  find.text = shown(find);
  find.page = 0;
  find.found = state_.a_class ? state_.a_class->names.search(find.text, kMostFound) : std::vector<std::uint32_t>{};
}

void Stepper::on(event::KeyTyped const& key) {
  if (!is_typable(key.text)) return;
  if (auto* find = std::get_if<screen::FindName>(&state_.screen)) {
    std::string const typed = shifted(key.text, find->shift);
    if (code_points(find->keys) + code_points(typed) > 2 * kLongestQuery || code_points(find->text) >= kLongestQuery)
      return;
    if (find->keys.empty() && typed == " ") return;
    find->keys += typed;
    search(*find);
  } else if (auto* unlock = std::get_if<screen::Unlock>(&state_.screen); unlock && !unlock->checking) {
    std::string const typed = shifted(key.text, unlock->shift);
    if (unlock->typed.size() + typed.size() > kLongestPassphrase) return;
    unlock->error_code.clear();
    unlock->typed += typed;
  } else if (auto* pin = std::get_if<screen::Pin>(&state_.screen); pin && !pin->checking && !pin->locked_until_ms) {
    bool const digits = std::all_of(key.text.begin(), key.text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || pin->typed.size() + key.text.size() > kLongestPin) return;
    pin->error_code.clear();
    pin->typed += key.text;
  }
}

void Stepper::on(event::KeyErase const&) {
  if (auto* find = std::get_if<screen::FindName>(&state_.screen)) {
    erase_last_seen(*find);
    search(*find);
  } else if (auto* unlock = std::get_if<screen::Unlock>(&state_.screen); unlock && !unlock->checking) {
    unlock->typed.resize(last_code_point(unlock->typed));
  } else if (auto* pin = std::get_if<screen::Pin>(&state_.screen); pin && !pin->checking && !pin->typed.empty()) {
    pin->typed.pop_back();
  }
}

void Stepper::on(event::KeyShift const&) {
  if (auto* find = std::get_if<screen::FindName>(&state_.screen)) find->shift = !find->shift;
  if (auto* unlock = std::get_if<screen::Unlock>(&state_.screen)) unlock->shift = !unlock->shift;
}

void Stepper::on(event::KeyDigits const&) {
  if (auto* find = std::get_if<screen::FindName>(&state_.screen)) find->digits = !find->digits;
  if (auto* unlock = std::get_if<screen::Unlock>(&state_.screen)) unlock->digits = !unlock->digits;
}

void Stepper::on(event::KeyTelex const&) {
  auto* find = std::get_if<screen::FindName>(&state_.screen);
  if (!find) return;
  if (find->telex) find->keys = find->text;  // what is written stays as it is
  find->telex = !find->telex;
  search(*find);
}

void Stepper::on(event::NextPage const&) {
  if (auto* find = std::get_if<screen::FindName>(&state_.screen)) {
    if ((std::size_t{find->page} + 1) * kFoundOnAPage < find->found.size()) ++find->page;
  } else if (auto* staff = std::get_if<screen::Staff>(&state_.screen)) {
    if ((std::size_t{staff->list_page} + 1) * kPresentOnAPage < state_.present.size()) ++staff->list_page;
  }
}

void Stepper::on(event::PreviousPage const&) {
  if (auto* find = std::get_if<screen::FindName>(&state_.screen); find && find->page > 0) --find->page;
  if (auto* staff = std::get_if<screen::Staff>(&state_.screen); staff && staff->list_page > 0) --staff->list_page;
}

void Stepper::on(event::Submit const&) {
  if (auto* find = std::get_if<screen::FindName>(&state_.screen)) {
    if (find->found.size() == 1) on(event::PersonChosen{find->found.front()});  // the list stood there already
  } else if (auto* unlock = std::get_if<screen::Unlock>(&state_.screen)) {
    if (unlock->checking || unlock->typed.empty()) return;
    cause(effect::Unlock{unlock->typed});
    forget(unlock->typed);
    unlock->checking = true;
    unlock->error_code.clear();
  } else if (auto* pin = std::get_if<screen::Pin>(&state_.screen)) {
    if (pin->checking || pin->locked_until_ms || pin->typed.empty()) return;
    cause(effect::CheckPin{pin->typed});
    forget(pin->typed);
    pin->checking = true;
    pin->error_code.clear();
  }
}

}  // namespace dga::flow
