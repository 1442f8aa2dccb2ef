#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.h"

namespace dga::course {

// A person as a roster names one, before a number is given.
struct RosterRow {
  std::uint32_t line = 0;                        // in the file, from 1
  std::string name, agency, position, province;  // NFC, single spaces
  std::string phone;                             // E.164 or empty
  std::string email;
  std::string citizen_number;  // 12 digits or empty: hashed at import, never kept
  std::string group;
  std::string note;
};

struct RosterProblem {
  std::uint32_t line = 0;
  enum class Weight { kRowLeftOut, kNotice } weight = Weight::kNotice;
  std::string code;  // "name_missing", "phone_unusable", "namesake" ...: README.md lists all of them
};

struct Roster {
  std::vector<RosterRow> rows;
  std::vector<RosterProblem> problems;
};

// Reads a roster in CSV: UTF-8 with or without BOM, UTF-16 with one; comma, semicolon or tab. Columns are known by
// their heading, in any order, in Vietnamese or English (Họ và tên, Đơn vị công tác, Chức vụ, Tỉnh/thành, Số điện
// thoại, Email, Số CCCD, Nhóm, Ghi chú, STT); title rows above the headings and a signature block below are passed
// over. Problems come in the file's order. 100,000 rows take some 0.5 s. Usage "roster.not_csv" for anything that is no
// text (a JPEG, an XLSX), "roster.not_utf8" for text in another encoding, "roster.no_heading" when no name column is
// found, "roster.open_quote", "roster.empty", "roster.too_large" past 64 MiB, "roster.too_many_rows" past 200,000.
[[nodiscard]] base::Result<Roster> read_roster_csv(std::string_view bytes);

}  // namespace dga::course
