#include "shared/course/csv.h"

#include <doctest/doctest.h>

#include "shared/base/random.h"

using namespace dga;
using Rows = std::vector<std::vector<std::string>>;

namespace {
Rows rows(std::string_view text, char delimiter = ',') {
  Rows all;
  course::CsvReader reader(text, delimiter);
  for (course::CsvRow row; reader.next(row);) all.push_back(row.cells);
  return all;
}
}  // namespace

TEST_CASE("cells are taken apart at delimiters and line ends of every kind") {
  CHECK(rows("a,b\nc,d") == Rows{{"a", "b"}, {"c", "d"}});
  CHECK(rows("a;b\r\nc;d\r\n", ';') == Rows{{"a", "b"}, {"c", "d"}});
  CHECK(rows("a\tb\rc\t", '\t') == Rows{{"a", "b"}, {"c", ""}});
  CHECK(rows("\n\n") == Rows{{""}, {""}});
  CHECK(rows("").empty());
  CHECK(rows(",") == Rows{{"", ""}});
}

TEST_CASE("quoted cells hold delimiters, quotes and line ends") {
  CHECK(rows("\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\nnext") == Rows{{"a,b", "say \"x\"", "two\nlines"}, {"next"}});
  CHECK(rows("\"\",x") == Rows{{"", "x"}});
  CHECK(rows("5\" screen,\"a\"b") == Rows{{"5\" screen", "ab"}});
}

TEST_CASE("a row says in which line of the file it begins") {
  course::CsvReader reader("one\n\"two\nthree\"\r\nfour\rfive", ',');
  course::CsvRow row;
  std::vector<std::uint32_t> lines;
  while (reader.next(row)) lines.push_back(row.line);
  CHECK(lines == std::vector<std::uint32_t>{1, 2, 4, 5});
  CHECK_FALSE(reader.quote_left_open());
}

TEST_CASE("a quote that never ends is noticed") {
  course::CsvReader reader("a,b\nc,\"d\ne,f\n", ',');
  course::CsvRow row;
  REQUIRE(reader.next(row));
  REQUIRE(reader.next(row));
  CHECK(reader.quote_left_open());
  CHECK(row.line == 2);
  CHECK_FALSE(reader.next(row));
}

TEST_CASE("whatever is written as a cell is read back and any bytes end") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::string const likely = "ab,;\"\n\r\t";
    auto draw = [&] {
      std::string text;
      for (auto left = random->below(12); left > 0; --left) text += likely[random->below(likely.size())];
      return text;
    };
    auto const first = draw(), second = draw(), noise = draw();
    CHECK(rows(course::csv_cell(first) + "," + course::csv_cell(second) + "\nx") == Rows{{first, second}, {"x"}});
    CHECK(rows(noise).size() <= noise.size() + 1);
  }
}
