#include "sync/centre/csv.h"

#include "shared/course/csv.h"

namespace dga::centre {
namespace {

// "=HYPERLINK(...)" in a name would run when a coordinator opens the list.
constexpr std::string_view kBeginsFormula = "=+-@\t\r";

std::string harmless(std::string_view cell) {
  bool const formula = !cell.empty() && kBeginsFormula.find(cell.front()) != std::string_view::npos;
  return (formula ? "'" : "") + std::string(cell);
}

}  // namespace

void CsvWriter::row(std::initializer_list<std::string_view> cells) {
  bool first = true;
  for (auto const cell : cells) {
    if (!first) text_ += ',';
    text_ += course::csv_cell(harmless(cell));
    first = false;
  }
  text_ += '\n';
}

}  // namespace dga::centre
