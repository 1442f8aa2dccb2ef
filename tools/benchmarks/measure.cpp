#include "tools/benchmarks/measure.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

namespace dga::benchmarks {

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto const seconds = [](timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  auto const at = std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}
double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double Line::ratio(std::size_t contestant) const {
  std::vector<double> ratios;
  for (auto const& round : rounds)
    if (contestant < round.size() && round[0] > 0) ratios.push_back(round[contestant] / round[0]);
  return median(std::move(ratios));
}
double Line::figure(std::size_t contestant) const {
  std::vector<double> figures;
  for (auto const& round : rounds)
    if (contestant < round.size()) figures.push_back(round[contestant]);
  return median(std::move(figures));
}

void Report::print_head() const {
  fmt::print("{:<44}{:>14}", "medians; ratios to plain SQLite", names_.front());
  for (std::size_t i = 1; i < names_.size(); ++i) fmt::print("{:>22}", names_[i]);
  fmt::print("{:>8}\n", "goal");
}

void Report::add(Line line) {
  fmt::print("{:<44}{:>14}", line.what, fmt::format("{:.3g} {}", line.figure(0), line.unit));
  for (std::size_t i = 1; i < names_.size(); ++i)
    fmt::print("{:>22}", i < line.rounds.front().size() ? fmt::format("{:.3f}", line.ratio(i)) : "-");
  fmt::print("{:>8}\n", line.goal > 0 ? fmt::format("{:.3g}", line.goal) : "");
  std::fflush(stdout);
  lines_.push_back(std::move(line));
}

void Report::say(std::string text) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
  said_.push_back(std::move(text));
}

nlohmann::ordered_json Report::json() const {
  nlohmann::ordered_json all{{"contestants", names_}, {"lines", nlohmann::ordered_json::array()}, {"said", said_}};
  for (auto const& line : lines_) {
    nlohmann::ordered_json ratios;
    for (std::size_t i = 1; i < line.rounds.front().size(); ++i) ratios[names_[i]] = line.ratio(i);
    all["lines"].push_back({{"what", line.what},
                            {"unit", line.unit},
                            {"plain", line.figure(0)},
                            {"ratios", ratios},
                            {"goal", line.goal},
                            {"rounds", line.rounds}});
  }
  return all;
}

}  // namespace dga::benchmarks
