#include "shared/course/csv.h"

#include <algorithm>

namespace dga::course {
namespace {
// A table wider than this is none of ours; what stands past it is dropped.
constexpr std::size_t kMostCells = 256;
}  // namespace

void CsvReader::take_quoted(std::string& cell) {
  rest_.remove_prefix(1);
  for (;;) {
    auto const quote = rest_.find('"');
    if (quote == std::string_view::npos) quote_left_open_ = true;
    auto const inside = rest_.substr(0, quote);
    line_ += static_cast<std::uint32_t>(std::count(inside.begin(), inside.end(), '\n'));
    cell += inside;
    rest_.remove_prefix(quote_left_open_ ? rest_.size() : quote + 1);
    if (quote_left_open_ || !rest_.starts_with('"')) return;
    cell += '"';
    rest_.remove_prefix(1);
  }
}

bool CsvReader::take_cell(std::string& cell) {
  if (rest_.starts_with('"')) take_quoted(cell);
  char const ends[] = {delimiter_, '\n', '\r', '\0'};
  auto const end = std::min(rest_.find_first_of(std::string_view(ends, 3)), rest_.size());
  cell += rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (rest_.empty()) return false;
  bool const more = rest_.front() == delimiter_;
  if (!more) {
    if (rest_.starts_with("\r\n")) rest_.remove_prefix(1);
    ++line_;
  }
  rest_.remove_prefix(1);
  return more;
}

bool CsvReader::next(CsvRow& row) {
  row.line = line_;
  row.cells.clear();
  if (rest_.empty()) return false;
  for (bool more = true; more;) {
    std::string cell;
    more = take_cell(cell);
    if (row.cells.size() < kMostCells) row.cells.push_back(std::move(cell));
  }
  return true;
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",;\t\"\r\n") == std::string_view::npos) return std::string(text);
  std::string cell = "\"";
  for (char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

}  // namespace dga::course
