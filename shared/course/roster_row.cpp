#include "shared/course/roster_row.h"

#include <algorithm>
#include <optional>

#include "shared/text/fold.h"
#include "shared/text/phone.h"
#include "shared/text/spelling.h"

namespace dga::course {
namespace {

constexpr std::size_t kLongestName = 200;   // bytes; the longest of the demo's names has 50
constexpr std::size_t kLongestField = 400;  // bytes

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A person's name has a letter in it.
bool is_name(std::string const& name) {
  auto const latin = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.size() <= kLongestName && std::any_of(name.begin(), name.end(), latin)) return true;
  auto const words = text::spell(name);
  return name.size() <= kLongestName && std::any_of(words.begin(), words.end(), [](auto const& word) {
           return std::any_of(word.letters.begin(), word.letters.end(),
                              [](char32_t c) { return c < U'0' || c > U'9'; });
         });
}

// The shape only: whether somebody reads it, nobody can tell.
bool is_email(std::string_view text) {
  auto const at = text.find('@');
  if (text.size() > 254 || at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos)
    return false;
  auto const domain = text.substr(at + 1);
  auto const dot = domain.rfind('.');
  bool const plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && std::string_view(",;<>()[]\\\"").find(c) == std::string_view::npos;
  });
  return plain && dot != std::string_view::npos && dot > 0 && dot + 2 < domain.size();
}

// Twelve digits. A spreadsheet that took it for a number ate up to two zeros in front: provinces are 001 .. 096.
std::optional<std::string> citizen_number(std::string_view cell) {
  std::string digits;
  for (char c : cell) {
    if (is_digit(c))
      digits.push_back(c);
    else if (std::string_view(" .'-").find(c) == std::string_view::npos)
      return std::nullopt;
  }
  if (digits.size() < 10 || digits.size() > 12) return std::nullopt;
  digits.insert(0, 12 - digits.size(), '0');
  bool const province = digits.front() == '0' && digits.substr(0, 3) != "000";
  return province ? std::optional(digits) : std::nullopt;
}

}  // namespace

RosterRow read_roster_row(CsvRow const& row, Columns const& columns, std::vector<std::string_view>& problems) {
  auto cell = [&](Column column) { return std::string(columns.cell(row.cells, column)); };
  RosterRow person;
  person.line = row.line;
  person.name = cell(Column::kName);
  if (columns.has(Column::kFamilyName) && person.name.empty())
    person.name = text::tidy(cell(Column::kFamilyName) + " " + cell(Column::kGivenName));
  if (!person.name.empty() && !is_name(person.name)) problems.push_back("name_unusable");

  struct Plain {
    Column column;
    std::string RosterRow::*field;
  };
  for (auto const& [column, field] : {Plain{Column::kAgency, &RosterRow::agency},
                                      {Column::kPosition, &RosterRow::position},
                                      {Column::kProvince, &RosterRow::province},
                                      {Column::kGroup, &RosterRow::group},
                                      {Column::kNote, &RosterRow::note}}) {
    person.*field = cell(column);
    if ((person.*field).size() > kLongestField) problems.push_back("field_too_long");
  }

  if (auto const phone = cell(Column::kPhone); !phone.empty()) {
    if (auto const number = text::to_e164(phone))
      person.phone = *number;
    else
      problems.push_back("phone_unusable");
  }
  if (auto const email = cell(Column::kEmail); !email.empty()) {
    if (is_email(email))
      person.email = email;
    else
      problems.push_back("email_unusable");
  }
  if (auto const number = cell(Column::kCitizenNumber); !number.empty()) {
    if (auto const twelve = citizen_number(number))
      person.citizen_number = *twelve;
    else
      problems.push_back("citizen_number_unusable");
  }
  return person;
}

bool Likenesses::add(RosterRow const& row, std::vector<RosterProblem>& problems) {
  auto notice = [&](std::uint32_t line, char const* code) {
    problems.push_back({line, RosterProblem::Weight::kNotice, code});
  };
  auto const name = text::same_name_key(row.name);
  std::string whole = name;
  for (auto const* field :
       {&row.agency, &row.position, &row.province, &row.phone, &row.email, &row.citizen_number, &row.group, &row.note})
    whole += '\n' + *field;
  if (!whole_.insert(std::move(whole)).second) return false;
  auto const [first, fresh] = names_.try_emplace(name, First{row.line});
  if (!fresh) {
    if (!first->second.noticed) notice(first->second.line, "namesake");
    first->second.noticed = true;
    notice(row.line, "namesake");
  }
  if (!row.phone.empty() && !phones_.insert(row.phone).second) notice(row.line, "phone_shared");
  if (!row.email.empty() && !emails_.insert(row.email).second) notice(row.line, "email_shared");
  if (!row.citizen_number.empty() && !citizen_numbers_.insert(row.citizen_number).second)
    notice(row.line, "citizen_number_shared");
  return true;
}

}  // namespace dga::course
