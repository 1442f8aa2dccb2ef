// What a scanner may bring: badges, citizen cards, tickets, receipts as digits, lines of anything.
#include "kiosk/desk/roster.h"
#include "kiosk/input/scan_lines.h"
#include "shared/text/badge.h"
#include "shared/text/citizen_card.h"
#include "shared/text/digit_code.h"
#include "shared/text/fold.h"
#include "shared/text/phone.h"
#include "shared/text/telex.h"
#include "sync/protocol/enrolment.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kiosk.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

void read_code(std::string_view text) {
  if (auto const badge = text::read_badge(text))
    require(text::write_badge(*badge) == text, "a badge is written as it was read");
  for (char prefix : {'7', '8'})
    if (auto const bytes = text::read_digit_code(prefix, text))
      require(text::write_digit_code(prefix, *bytes) == text, "a code is written as it was read");
  auto const ticket = protocol::read_ticket(text);
  if (ticket.ok()) {
    auto const again = protocol::read_ticket(protocol::write_ticket(*ticket));
    require(again.ok() && again->address == ticket->address && again->code == ticket->code, "a ticket is read again");
  }
  if (auto const card = text::read_citizen_card(text))
    require(card->number.size() == 12, "a citizen's number has twelve digits");
  if (auto const phone = text::to_e164(text)) require(phone->front() == '+', "a phone number is E.164");
}

}  // namespace

void scans(base::ByteView bytes) {
  static auto const kPack = small_pack();
  static desk::Roster const kRoster(kPack);
  Input input(bytes);
  auto const how = input.byte() % 3;
  auto const piece = std::size_t{input.byte()};
  std::string text(input.rest());
  if (how == 1) {  // check digits that no mutation finds
    for (char& c : text) c = static_cast<char>('0' + static_cast<std::uint8_t>(c) % 10);
    text += text::check_digits(text);
  }
  if (how == 2) text = text::write_digit_code('7', text);
  read_code(text);
  (void)text::fold(text);
  (void)text::telex(text);
  auto const reading = desk::read_scan(text, kPack, kRoster);
  if (reading.roster_place)
    require(*reading.roster_place < static_cast<std::uint32_t>(kPack.roster_size()), "a place is in the roster");

  // The same lines in pieces of any size.
  input::ScanLines whole, cut;
  auto lines = whole.feed(text);
  for (auto& scan : whole.finish()) lines.push_back(std::move(scan));
  std::vector<input::Scan> from_pieces;
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(rest.size(), piece + 1)))
    for (auto& scan : cut.feed(rest.substr(0, piece + 1))) from_pieces.push_back(std::move(scan));
  for (auto& scan : cut.finish()) from_pieces.push_back(std::move(scan));
  require(lines.size() == from_pieces.size(), "pieces make no more lines and no fewer");
  for (std::size_t i = 0; i < lines.size(); ++i)
    require(lines[i].text == from_pieces[i].text, "pieces make the same lines");
}

}  // namespace dga::fuzz
