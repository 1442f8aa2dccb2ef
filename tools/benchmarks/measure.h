#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace dga::benchmarks {

// Seconds of this process so far: by the clock, and of the processors.
[[nodiscard]] double wall_seconds();
[[nodiscard]] double processor_seconds();

[[nodiscard]] double median(std::vector<double> values);
// `share` 0.5: half of the values are not larger.
[[nodiscard]] double quantile(std::vector<double> values, double share);

// One line of the table: a figure for every contestant in every round, all rounds interleaved in one run.
struct Line {
  std::string what;
  std::string unit;                         // of the figures: "us", "ms", "MB"
  double goal = 0;                          // largest ratio to plain SQLite that is wanted; 0: none
  std::vector<std::vector<double>> rounds;  // [round][contestant], the first contestant being the measure
  // Median over the rounds of the ratio within each round, so that a machine that changes its mind cancels out.
  [[nodiscard]] double ratio(std::size_t contestant) const;
  [[nodiscard]] double figure(std::size_t contestant) const;  // median of the figures themselves
};

class Report {
 public:
  explicit Report(std::vector<std::string> names) : names_(std::move(names)) {}
  void add(Line line);         // and prints it
  void say(std::string text);  // a sentence below the table
  // The table as JSON, with every round.
  [[nodiscard]] nlohmann::ordered_json json() const;
  void print_head() const;

 private:
  std::vector<std::string> names_;
  std::vector<Line> lines_;
  std::vector<std::string> said_;
};

}  // namespace dga::benchmarks
