#include "shared/course/roster.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "shared/course/csv.h"
#include "shared/course/roster_columns.h"
#include "shared/course/roster_row.h"
#include "shared/course/roster_text.h"
#include "shared/text/fold.h"

namespace dga::course {
namespace {

constexpr std::size_t kMostRows = 200'000;
// Titles, an emblem, a motto, the class and its dates: headings that come later are none.
constexpr std::size_t kMostTitleRows = 60;
constexpr std::size_t kSniffedBytes = 256 << 10;

// The next row with every cell tidied, and how many hold something.
bool next_tidied(CsvReader& reader, CsvRow& row, std::size_t& filled) {
  if (!reader.next(row)) return false;
  filled = 0;
  for (auto& cell : row.cells) {
    if (!cell.empty()) cell = text::tidy(cell);
    if (!cell.empty()) ++filled;
  }
  return true;
}

struct Headings {
  Columns columns;
  std::vector<std::string> cells;
};

// Reads rows until the headings; nothing when there are none.
std::optional<Headings> find_headings(CsvReader& reader) {
  CsvRow row;
  std::size_t filled = 0;
  for (std::size_t titles = 0; titles <= kMostTitleRows && next_tidied(reader, row, filled);) {
    if (filled == 0) continue;
    if (auto columns = Columns::from_headings(row.cells)) return Headings{*columns, row.cells};
    ++titles;
  }
  return std::nullopt;
}

// The delimiter is the one by which most headings are known.
std::optional<char> find_delimiter(std::string_view text) {
  std::optional<char> best;
  std::size_t known = 0;
  for (char delimiter : {',', ';', '\t'}) {
    CsvReader reader(text.substr(0, kSniffedBytes), delimiter);
    auto const headings = find_headings(reader);
    if (!headings || (best && headings->columns.known() <= known)) continue;
    best = delimiter;
    known = headings->columns.known();
  }
  return best;
}

// What the bottom of a paper list says: totals, a place and a date, whose signature.
bool ends_the_list(CsvRow const& row) {
  static constexpr std::array<std::string_view, 15> kBeginnings{
      "tong cong", "tong so", "nguoi lap", "nguoi tong hop", "lap bieu", "lap bang", "thu truong", "ky ten",
      "ky va ghi", "ky, ghi", "(ky",       "xac nhan cua",   "kt. ",     "tm. ",     "ngay "};
  return std::any_of(row.cells.begin(), row.cells.end(), [](auto const& cell) {
    auto const folded = text::fold(cell);
    auto const begins = [&](std::string_view words) { return folded.starts_with(words); };
    return std::any_of(kBeginnings.begin(), kBeginnings.end(), begins) ||
           (folded.find(" ngay ") != std::string::npos && folded.find(" thang ") != std::string::npos);
  });
}

bool is_number(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A row below the headings, and whether it can be a person's.
struct Candidate {
  RosterRow row;
  std::vector<std::string_view> problems;
  bool person = false;
};

class Table {
 public:
  explicit Table(Headings const& headings) : headings_(headings.cells), columns_(headings.columns) {}

  void take(CsvRow const& row, std::size_t filled) {
    if (filled == 0 || row.cells == headings_) return;  // headings are printed again on each page
    bool const numbered = is_number(columns_.cell(row.cells, Column::kNumber));
    bool const strict = columns_.has(Column::kNumber);  // then a person's row has a number, or much else
    bool const end = !numbered && (filled <= 2 || strict) && ends_the_list(row);
    below_ = below_ || end;
    Candidate candidate;
    candidate.row = read_roster_row(row, columns_, candidate.problems);
    bool const much = !end && filled >= 3 && !(strict && below_);
    bool const enough = !strict && !below_ && (filled >= 2 || columns_.known() == 1);
    candidate.person = (numbered || much || enough) && !candidate.row.name.empty();
    if (numbered || much) below_ = false;  // the list went on after all
    if (numbered || candidate.person) end_ = candidates_.size() + 1;
    candidates_.push_back(std::move(candidate));
  }
  [[nodiscard]] std::size_t size() const { return candidates_.size(); }
  // Down to the last row that is part of the list.
  [[nodiscard]] std::vector<Candidate> rows() && {
    candidates_.resize(end_);
    return std::move(candidates_);
  }

 private:
  std::vector<std::string> headings_;
  Columns columns_;
  std::vector<Candidate> candidates_;
  std::size_t end_ = 0;
  bool below_ = false;  // past what ends the list
};

bool leaves_out(std::string_view code) { return code == "name_unusable" || code == "field_too_long"; }

Roster judged(std::vector<Candidate> rows) {
  Roster roster;
  Likenesses likenesses;
  for (auto& candidate : rows) {
    auto report = [&](RosterProblem::Weight weight, std::string_view code) {
      roster.problems.push_back({candidate.row.line, weight, std::string(code)});
    };
    auto const left_out = std::find_if(candidate.problems.begin(), candidate.problems.end(), leaves_out);
    if (!candidate.person) {
      report(RosterProblem::Weight::kRowLeftOut, candidate.row.name.empty() ? "name_missing" : "not_a_person");
    } else if (left_out != candidate.problems.end()) {
      report(RosterProblem::Weight::kRowLeftOut, *left_out);
    } else {
      if (!likenesses.add(candidate.row, roster.problems)) {
        report(RosterProblem::Weight::kRowLeftOut, "repeated_row");
        continue;
      }
      for (auto code : candidate.problems) report(RosterProblem::Weight::kNotice, code);
      roster.rows.push_back(std::move(candidate.row));
    }
  }
  std::stable_sort(roster.problems.begin(), roster.problems.end(),
                   [](auto const& a, auto const& b) { return a.line < b.line; });
  return roster;
}

}  // namespace

base::Result<Roster> read_roster_csv(std::string_view bytes) {
  TRY(std::string const text, roster_text(bytes));
  // "sep=;", which some spreadsheets put first, is a title row like any other.
  auto const delimiter = find_delimiter(text);
  if (!delimiter)
    return base::usage(
        "roster.no_heading",
        fmt::format("could not read the roster: none of its first {} rows has a heading for names", kMostTitleRows),
        "Give the columns headings, as \"Họ và tên\", \"Đơn vị công tác\", \"Số điện thoại\"");
  CsvReader reader(text, *delimiter);
  auto const headings = find_headings(reader);
  Table table(*headings);
  CsvRow row;
  for (std::size_t filled = 0; next_tidied(reader, row, filled);) {
    if (reader.quote_left_open())
      return base::usage(
          "roster.open_quote",
          fmt::format("could not read the roster: a quoted cell in the row at line {} never ends", row.line),
          "Close the quote, or save the list as CSV again");
    table.take(row, filled);
    if (table.size() > kMostRows)
      return base::usage("roster.too_many_rows", fmt::format("the roster has more than {} rows", kMostRows),
                         "Check that this is the file you meant, or split it");
  }
  return judged(std::move(table).rows());
}

}  // namespace dga::course
