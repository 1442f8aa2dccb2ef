#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dga::command_line {

// What a file of vectors expects and the code does otherwise.
class Differences {
 public:
  // Counts one check; keeps "where: expected ..., got ..." when the two differ.
  template <typename Expected, typename Got>
  void compare(std::string_view where, Expected const& expected, Got const& got) {
    ++checks_;
    nlohmann::ordered_json const wanted = expected, found = got;
    if (wanted != found) found_.push_back(fmt::format("{}: expected {}, got {}", where, wanted.dump(), found.dump()));
  }
  void expect(std::string_view where, bool holds) {
    ++checks_;
    if (!holds) found_.push_back(fmt::format("{}: does not hold", where));
  }

  [[nodiscard]] std::size_t checks() const { return checks_; }
  [[nodiscard]] std::vector<std::string> const& found() const { return found_; }

 private:
  std::size_t checks_ = 0;
  std::vector<std::string> found_;
};

using Vectors = nlohmann::ordered_json;

// One function a kind of file.
void check_names(Vectors const& vectors, Differences& differences);
void check_telex(Vectors const& vectors, Differences& differences);
void check_phones(Vectors const& vectors, Differences& differences);
void check_badges(Vectors const& vectors, Differences& differences);
void check_citizen_cards(Vectors const& vectors, Differences& differences);
void check_attendance(Vectors const& vectors, Differences& differences);
void check_class(Vectors const& vectors, Differences& differences);
void check_forms(Vectors const& vectors, Differences& differences);
void check_glossary(Vectors const& vectors, Differences& differences);
void check_protocol(Vectors const& vectors, Differences& differences);

}  // namespace dga::command_line
