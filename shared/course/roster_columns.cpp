#include "shared/course/roster_columns.h"

#include <algorithm>
#include <utility>

#include "shared/text/fold.h"

namespace dga::course {
namespace {

struct Heading {
  std::string_view folded;
  Column column;
};

// As rosters of courses, agencies and spreadsheets name them; folded, punctuation left out.
constexpr Heading kHeadings[] = {
    {"ho va ten", Column::kName},
    {"ho ten", Column::kName},
    {"ten hoc vien", Column::kName},
    {"hoc vien", Column::kName},
    {"ho ten hoc vien", Column::kName},
    {"ten dai bieu", Column::kName},
    {"full name", Column::kName},
    {"name", Column::kName},
    {"participant", Column::kName},
    {"participant name", Column::kName},
    {"ho", Column::kFamilyName},
    {"ho dem", Column::kFamilyName},
    {"ho va dem", Column::kFamilyName},
    {"ho va ten dem", Column::kFamilyName},
    {"ho ten dem", Column::kFamilyName},
    {"ho lot", Column::kFamilyName},
    {"family name", Column::kFamilyName},
    {"surname", Column::kFamilyName},
    {"last name", Column::kFamilyName},
    {"ten", Column::kGivenName},
    {"given name", Column::kGivenName},
    {"first name", Column::kGivenName},
    {"don vi cong tac", Column::kAgency},
    {"don vi", Column::kAgency},
    {"co quan", Column::kAgency},
    {"co quan cong tac", Column::kAgency},
    {"co quan don vi", Column::kAgency},
    {"ten don vi", Column::kAgency},
    {"ten co quan", Column::kAgency},
    {"noi cong tac", Column::kAgency},
    {"agency", Column::kAgency},
    {"organisation", Column::kAgency},
    {"organization", Column::kAgency},
    {"chuc vu", Column::kPosition},
    {"chuc danh", Column::kPosition},
    {"chuc vu chuc danh", Column::kPosition},
    {"position", Column::kPosition},
    {"job title", Column::kPosition},
    {"title", Column::kPosition},
    {"tinh thanh", Column::kProvince},
    {"tinh thanh pho", Column::kProvince},
    {"tinh tp", Column::kProvince},
    {"tinh", Column::kProvince},
    {"thanh pho", Column::kProvince},
    {"dia phuong", Column::kProvince},
    {"province", Column::kProvince},
    {"city", Column::kProvince},
    {"province city", Column::kProvince},
    {"so dien thoai", Column::kPhone},
    {"dien thoai", Column::kPhone},
    {"dien thoai di dong", Column::kPhone},
    {"so di dong", Column::kPhone},
    {"di dong", Column::kPhone},
    {"sdt", Column::kPhone},
    {"so dt", Column::kPhone},
    {"dt", Column::kPhone},
    {"dtdd", Column::kPhone},
    {"phone", Column::kPhone},
    {"phone number", Column::kPhone},
    {"mobile", Column::kPhone},
    {"mobile phone", Column::kPhone},
    {"telephone", Column::kPhone},
    {"email", Column::kEmail},
    {"e mail", Column::kEmail},
    {"thu dien tu", Column::kEmail},
    {"dia chi email", Column::kEmail},
    {"email address", Column::kEmail},
    {"so cccd", Column::kCitizenNumber},
    {"cccd", Column::kCitizenNumber},
    {"so can cuoc", Column::kCitizenNumber},
    {"so can cuoc cong dan", Column::kCitizenNumber},
    {"can cuoc cong dan", Column::kCitizenNumber},
    {"so dinh danh", Column::kCitizenNumber},
    {"so dinh danh ca nhan", Column::kCitizenNumber},
    {"ma dinh danh", Column::kCitizenNumber},
    {"so cccd cmnd", Column::kCitizenNumber},
    {"cccd cmnd", Column::kCitizenNumber},
    {"citizen number", Column::kCitizenNumber},
    {"citizen id", Column::kCitizenNumber},
    {"national id", Column::kCitizenNumber},
    {"nhom", Column::kGroup},
    {"group", Column::kGroup},
    {"ghi chu", Column::kNote},
    {"note", Column::kNote},
    {"notes", Column::kNote},
    {"remarks", Column::kNote},
    {"stt", Column::kNumber},
    {"tt", Column::kNumber},
    {"so tt", Column::kNumber},
    {"so thu tu", Column::kNumber},
    {"no", Column::kNumber},
    {"#", Column::kNumber},
    {"ngay sinh", Column::kUnread},
    {"nam sinh", Column::kUnread},
    {"ngay thang nam sinh", Column::kUnread},
    {"date of birth", Column::kUnread},
    {"gioi tinh", Column::kUnread},
    {"sex", Column::kUnread},
    {"gender", Column::kUnread},
};

// "Họ và tên (*):" -> "ho va ten": what stands in brackets explains, the rest of the punctuation adorns.
std::string plain(std::string_view heading) {
  std::string out;
  int depth = 0;
  for (char c : text::fold(heading)) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0) out.push_back(std::string_view("*:.,_-/").find(c) == std::string_view::npos ? c : ' ');
    if ((c == ')' || c == ']') && depth > 0) --depth;
  }
  return text::fold(out);  // single spaces
}

std::optional<Column> exactly(std::string_view folded) {
  for (auto const& heading : kHeadings)
    if (heading.folded == folded) return heading.column;
  return std::nullopt;
}

// "so dien thoai lien he" begins with a known heading of two words or more.
std::optional<Column> by_beginning(std::string_view folded) {
  Heading const* best = nullptr;
  for (auto const& heading : kHeadings) {
    if (heading.folded.find(' ') == std::string_view::npos || !folded.starts_with(heading.folded)) continue;
    if (folded.size() > heading.folded.size() && folded[heading.folded.size()] != ' ') continue;
    if (best == nullptr || heading.folded.size() > best->folded.size()) best = &heading;
  }
  return best == nullptr ? std::nullopt : std::optional(best->column);
}

}  // namespace

std::optional<Column> column_called(std::string_view heading) {
  constexpr std::size_t kLongestHeading = 120;  // bytes; a title row is longer, or isn't known
  if (heading.size() > kLongestHeading) return std::nullopt;
  if (auto const whole = exactly(plain(heading))) return whole;
  // Two languages in one cell.
  for (std::string_view rest = heading; !rest.empty();) {
    auto const end = std::min(rest.find_first_of("/\n|"), rest.size());
    if (end < heading.size())
      if (auto const part = exactly(plain(rest.substr(0, end)))) return part;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return by_beginning(plain(heading));
}

std::optional<Columns> Columns::from_headings(std::vector<std::string> const& cells) {
  Columns columns;
  std::size_t filled = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (text::fold(cells[i]).empty()) continue;
    ++filled;
    auto const column = column_called(cells[i]);
    if (!column || columns.place(*column)) continue;  // the first of two alike counts
    columns.places_[static_cast<std::size_t>(*column)] = i;
    ++columns.known_;
  }
  // A lone "Tên" is the whole name.
  if (!columns.has(Column::kName) && !columns.has(Column::kFamilyName) && columns.has(Column::kGivenName))
    std::swap(columns.places_[static_cast<std::size_t>(Column::kName)],
              columns.places_[static_cast<std::size_t>(Column::kGivenName)]);
  bool const named =
      columns.has(Column::kName) || (columns.has(Column::kFamilyName) && columns.has(Column::kGivenName));
  if (!named || (columns.known_ < 2 && filled > 1)) return std::nullopt;
  return columns;
}

std::string_view Columns::cell(std::vector<std::string> const& cells, Column column) const {
  auto const& at = place(column);
  return at && *at < cells.size() ? std::string_view(cells[*at]) : std::string_view();
}

}  // namespace dga::course
