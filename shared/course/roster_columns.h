#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dga::course {

// What a column of a roster may hold. kUnread: known, and never looked at (date of birth, sex).
enum class Column {
  kName,
  kFamilyName,
  kGivenName,
  kAgency,
  kPosition,
  kProvince,
  kPhone,
  kEmail,
  kCitizenNumber,
  kGroup,
  kNote,
  kNumber,
  kUnread,
};
inline constexpr std::size_t kColumnKinds = 13;

// By its heading, Vietnamese or English or both ("Họ và tên / Full name"), whatever its case, accents and stars.
[[nodiscard]] std::optional<Column> column_called(std::string_view heading);

// Where in a row each kind of column stands.
class Columns {
 public:
  // Nothing unless these cells are a roster's headings: a name column, and another unless it stands alone.
  [[nodiscard]] static std::optional<Columns> from_headings(std::vector<std::string> const& cells);
  [[nodiscard]] bool has(Column column) const { return place(column).has_value(); }
  [[nodiscard]] std::size_t known() const { return known_; }
  // The cell of that column, as it stands; empty when the row is short.
  [[nodiscard]] std::string_view cell(std::vector<std::string> const& cells, Column column) const;

 private:
  [[nodiscard]] std::optional<std::size_t> const& place(Column column) const {
    return places_[static_cast<std::size_t>(column)];
  }
  std::array<std::optional<std::size_t>, kColumnKinds> places_{};
  std::size_t known_ = 0;
};

}  // namespace dga::course
