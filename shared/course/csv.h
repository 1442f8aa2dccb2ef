#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dga::course {

struct CsvRow {
  std::uint32_t line = 0;  // where it begins in the file, from 1
  std::vector<std::string> cells;
};

// Takes rows off a text one after another (RFC 4180; any line end; a quote within a bare cell is a character).
// Thread: its owner's.
class CsvReader {
 public:
  // REQUIRES: `text` outlives the reader.
  CsvReader(std::string_view text, char delimiter) : rest_(text), delimiter_(delimiter) {}
  // False at the end. An empty line is a row with one empty cell.
  [[nodiscard]] bool next(CsvRow& row);
  // True once a quoted cell ran to the end of the text; row.line of the last row says where it began.
  [[nodiscard]] bool quote_left_open() const { return quote_left_open_; }

 private:
  bool take_cell(std::string& cell);  // true when another cell of the row follows
  void take_quoted(std::string& cell);

  std::string_view rest_;
  char delimiter_;
  std::uint32_t line_ = 1;
  bool quote_left_open_ = false;
};

// One cell as it must stand in a file: quoted where it has to be.
[[nodiscard]] std::string csv_cell(std::string_view text);

}  // namespace dga::course
