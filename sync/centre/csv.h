#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace dga::centre {

// Rows of a CSV table as RFC 4180 quotes them, lines ended by a line feed.
// A text that a spreadsheet would take for a formula gets an apostrophe in front.
class CsvWriter {
 public:
  explicit CsvWriter(std::initializer_list<std::string_view> headings) { row(headings); }
  void row(std::initializer_list<std::string_view> cells);
  [[nodiscard]] std::string const& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace dga::centre
