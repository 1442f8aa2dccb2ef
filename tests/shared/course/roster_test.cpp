#include "shared/course/roster.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "shared/base/random.h"
#include "shared/course/demo.h"

using namespace dga;
using course::Roster;
using Weight = course::RosterProblem::Weight;

namespace {

Roster read(std::string const& csv) {
  auto const roster = course::read_roster_csv(csv);
  REQUIRE_MESSAGE(roster.ok(), (roster.ok() ? "" : roster.error().what));
  return *roster;
}

std::vector<std::string> names(Roster const& roster) {
  std::vector<std::string> all;
  for (auto const& row : roster.rows) all.push_back(row.name);
  return all;
}

// "3 phone_unusable", with a minus in front where the row is left out.
std::vector<std::string> problems(Roster const& roster) {
  std::vector<std::string> all;
  for (auto const& problem : roster.problems)
    all.push_back((problem.weight == Weight::kRowLeftOut ? "-" : "") + std::to_string(problem.line) + " " +
                  problem.code);
  return all;
}

std::string code_of(std::string const& bytes) {
  auto const roster = course::read_roster_csv(bytes);
  REQUIRE_FALSE(roster.ok());
  CHECK(roster.error().fault == base::Fault::kUsage);
  CHECK_FALSE(roster.error().next.empty());
  return roster.error().code;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a roster's columns are known by their headings in any order") {
  auto const roster = read(
      "Ghi chú,Email,Số CCCD,Tỉnh/thành,HỌ VÀ TÊN,STT,Đơn vị công tác,Chức vụ,Số điện thoại,Nhóm,Ngày sinh,Giới tính\n"
      "ăn chay,an@example.org,079201234567,Đồng Tháp,Nguyễn  Văn An,1,Sở Nội vụ,Chuyên "
      "viên,903123456,2,01/02/1990,Nam\n");
  REQUIRE(roster.rows.size() == 1);
  auto const& row = roster.rows[0];
  CHECK(row.line == 2);
  CHECK(row.name == "Nguyễn Văn An");
  CHECK(row.agency == "Sở Nội vụ");
  CHECK(row.position == "Chuyên viên");
  CHECK(row.province == "Đồng Tháp");
  CHECK(row.phone == "+84903123456");
  CHECK(row.email == "an@example.org");
  CHECK(row.citizen_number == "079201234567");
  CHECK(row.group == "2");
  CHECK(row.note == "ăn chay");
  CHECK(roster.problems.empty());
}

TEST_CASE("headings come in English, in both languages, starred, explained or split") {
  CHECK(names(read("Full name,Agency,Phone\nLê Đức,Sở Y tế,0903123456\n")) == Names{"Lê Đức"});
  CHECK(names(read("No.;Họ và tên / Full name (*);E-mail\n1;Lê Đức;a@b.vn\n")) == Names{"Lê Đức"});
  CHECK(read("Họ và tên\tSố điện thoại liên hệ (Zalo)\nLê Đức\t0903123456\n").rows[0].phone == "+84903123456");
  CHECK(names(read("STT,Họ và tên đệm,Tên,Chức vụ\n1,Nguyễn Văn,An,Chuyên viên\n")) == Names{"Nguyễn Văn An"});
  CHECK(names(read("Tên,Đơn vị\nLê Đức,Sở Y tế\n")) == Names{"Lê Đức"});
  CHECK(names(read("Họ và tên\nLê Đức\nTrần An\n")) == Names{"Lê Đức", "Trần An"});
}

TEST_CASE("titles above and a signature block below are passed over") {
  auto const roster = read(
      "UBND TỈNH ĐỒNG THÁP,,,,\n"
      ",,\"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\",,\n"
      "\n"
      "DANH SÁCH HỌC VIÊN KHÓA ĐÀO TẠO,,,,\n"
      "(Kèm theo Công văn số 12),,,,\n"
      "STT,Họ và tên,Chức vụ,Đơn vị công tác,Số điện thoại\n"
      "1,Nguyễn Văn An,Chuyên viên,Sở Nội vụ,0903123456\n"
      "2,Trần Thị Bình,Trưởng phòng,Sở Y tế,0903123457\n"
      ",Lê Thêm Tay,Chuyên viên,Sở Y tế,0903123458\n"
      ",,,,\n"
      ",Tổng cộng: 3 người,,,\n"
      ",,,\"Đồng Tháp, ngày 5 tháng 11 năm 2024\",\n"
      ",NGƯỜI LẬP BIỂU,,GIÁM ĐỐC,\n"
      ",(Ký tên),,,\n"
      ",Phạm Văn Lập,,Võ Thị Giám,\n");
  CHECK(names(roster) == Names{"Nguyễn Văn An", "Trần Thị Bình", "Lê Thêm Tay"});
  CHECK(roster.rows[0].line == 7);
  CHECK(roster.problems.empty());
}

TEST_CASE("a signature block is known without a number column too") {
  auto const roster = read(
      "Họ và tên,Đơn vị\nNguyễn Văn An,Sở Nội vụ\nTrần Thị Bình,Sở Y tế\n,\n"
      "Người lập biểu,Thủ trưởng đơn vị\nPhạm Văn Lập,Võ Thị Giám\n");
  CHECK(names(roster) == Names{"Nguyễn Văn An", "Trần Thị Bình"});
}

TEST_CASE("headings printed again and names of departments between people are no people") {
  auto const roster = read(
      "STT,Họ và tên,Đơn vị\n1,Nguyễn Văn An,Sở Nội vụ\nSTT,Họ và tên,Đơn vị\n,I. Khối sở ngành,\n2,Trần Thị Bình,Sở Y "
      "tế\n");
  CHECK(names(roster) == Names{"Nguyễn Văn An", "Trần Thị Bình"});
  CHECK(problems(roster) == Names{"-4 not_a_person"});
}

TEST_CASE("each row's problem is told and only what cannot be a person is left out") {
  auto const roster = read(
      "STT,Họ và tên,Đơn vị,Số điện thoại,Email,Số CCCD\n"
      "1,,Sở Y tế,0903123450,,\n"                                    // 2
      "2,Nguyễn Văn An,Sở Y tế,12345,an@,123\n"                      // 3
      "3,Trần Thị Bình,Sở Y tế,0903123451,b@x.vn,79201234567\n"      // 4: a zero eaten
      "4,Trần Thị Bình,Sở Y tế,0903123451,b@x.vn,079201234567\n"     // 5: the same again
      "5,TRẦN THỊ  BÌNH,Sở Nội vụ,0903123451,b@x.vn,079201234567\n"  // 6: a namesake
      "6,12345,Sở Y tế,0903123452,,\n" +                             // 7
      ("7," + std::string(300, 'x') + ",Sở Y tế,0903123453,,\n") +   // 8
      ("8,Lê Đức," + std::string(500, 'x') + ",0903123454,,\n"));    // 9
  CHECK(names(roster) == Names{"Nguyễn Văn An", "Trần Thị Bình", "TRẦN THỊ BÌNH"});
  CHECK(roster.rows[0].phone.empty());
  CHECK(roster.rows[0].email.empty());
  CHECK(roster.rows[0].citizen_number.empty());
  CHECK(roster.rows[1].citizen_number == "079201234567");
  CHECK(problems(roster) == Names{"-2 name_missing", "3 phone_unusable", "3 email_unusable",
                                  "3 citizen_number_unusable", "4 namesake", "-5 repeated_row", "6 namesake",
                                  "6 phone_shared", "6 email_shared", "6 citizen_number_shared", "-7 name_unusable",
                                  "-8 name_unusable", "-9 field_too_long"});
}

TEST_CASE("a roster comes with a byte order mark, in UTF-16 and with line ends of every system") {
  CHECK(names(read("\xef\xbb\xbfHọ và tên,Đơn vị\r\nLê Đức,Sở Y tế\r\n")) == Names{"Lê Đức"});
  CHECK(names(read("Họ và tên,Đơn vị\rLê Đức,Sở Y tế\r")) == Names{"Lê Đức"});
  CHECK(names(read("sep=;\nHọ và tên;Đơn vị\nLê Đức;Sở Y tế, Huế\n")) == Names{"Lê Đức"});
  std::u16string const text = u"Họ và tên\tĐơn vị\nLê Đức\tSở Y tế\n";
  std::string little = "\xff\xfe", big = "\xfe\xff";
  for (char16_t unit : text) {
    little += {static_cast<char>(unit & 0xff), static_cast<char>(unit >> 8)};
    big += {static_cast<char>(unit >> 8), static_cast<char>(unit & 0xff)};
  }
  CHECK(names(read(little)) == Names{"Lê Đức"});
  CHECK(names(read(big)) == Names{"Lê Đức"});
}

TEST_CASE("names typed in parts or with odd spaces are stored NFC with single spaces") {
  CHECK(names(read("Họ và tên,Đơn vị\n\"  Le\u0302\u00a0\nĐức\u200b \",Sở Y tế\n")) == Names{"Lê Đức"});
}

TEST_CASE("what is no roster is refused and says why") {
  CHECK(code_of("\xff\xd8\xff\xe0\x00\x10JFIF") == "roster.not_csv");
  CHECK(code_of(std::string("Họ và tên\0,Đơn vị\n", 20)) == "roster.not_csv");
  CHECK(code_of("PK\x03\x04 spreadsheet") == "roster.not_csv");
  CHECK(code_of("%PDF-1.7 Họ và tên") == "roster.not_csv");
  CHECK(code_of("") == "roster.empty");
  CHECK(code_of("\xef\xbb\xbf \r\n") == "roster.empty");
  CHECK(code_of("Hä\xe4 và tên,x\n") == "roster.not_utf8");
  CHECK(code_of("a,b\n1,2\n") == "roster.no_heading");
  CHECK(code_of("Đơn vị,Chức vụ\nSở Y tế,Giám đốc\n") == "roster.no_heading");
  CHECK(code_of("Họ và tên,Đơn vị\nLê Đức,\"Sở Y tế\n") == "roster.open_quote");
  CHECK(code_of(std::string((64 << 20) + 1, 'a')) == "roster.too_large");
  std::string many = "Họ và tên,Đơn vị\n";
  for (int i = 0; i < 200'001; ++i) many += "A,B\n";
  CHECK(code_of(many) == "roster.too_many_rows");
}

TEST_CASE("a list with headings only has no people and that is no error") {
  auto const roster = read("STT,Họ và tên,Đơn vị\n");
  CHECK(roster.rows.empty());
  CHECK(roster.problems.empty());
}

TEST_CASE("random text never breaks the reader") {
  std::string const likely = "abÂ,;\t\"\n\r1. ";
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::string csv = seed % 2 == 0 ? "Họ và tên,Đơn vị,STT\n" : "";
    for (auto left = random->below(200); left > 0; --left) csv += likely[random->below(likely.size())];
    auto const roster = course::read_roster_csv(csv);
    if (roster.ok()) {
      std::set<std::uint32_t> lines;
      for (auto const& row : roster->rows) CHECK(lines.insert(row.line).second);
    } else {
      CHECK_FALSE(roster.error().code.empty());
    }
  }
}

TEST_CASE("a generated roster reads back whole, the same for the same seed, with namesakes told apart") {
  auto const csv = course::demo_roster_csv(400, 7);
  CHECK(csv == course::demo_roster_csv(400, 7));
  CHECK(csv != course::demo_roster_csv(400, 8));
  auto const roster = read(csv);
  REQUIRE(roster.rows.size() == 400);
  std::set<std::string> phones, provinces, groups, pairs;
  std::size_t alike = 0;
  for (auto const& row : roster.rows) {
    CHECK(row.phone.starts_with("+84900"));
    CHECK_FALSE(row.position.empty());
    CHECK(phones.insert(row.phone).second);
    provinces.insert(row.province);
    groups.insert(row.group);
    if (!pairs.insert(row.name + row.agency).second) ++alike;
  }
  CHECK(groups == std::set<std::string>{"1", "2", "3", "4", "5"});
  for (auto pioneer : {"TP. Hồ Chí Minh", "Đà Nẵng", "Thừa Thiên Huế", "Đồng Tháp"}) CHECK(provinces.contains(pioneer));
  CHECK(alike >= 5);
  // Namesakes are the only thing a preview has to say.
  for (auto const& problem : roster.problems) CHECK(problem.code == "namesake");
  CHECK(roster.problems.size() >= 16);
}

TEST_CASE("a small demo has a namesake and a large one is generated whole") {
  CHECK(problems(read(course::demo_roster_csv(8, 1))).size() >= 2);
  CHECK(read(course::demo_roster_csv(0, 1)).rows.empty());
  CHECK(read(course::demo_roster_csv(100'000, 3)).rows.size() == 100'000);
}
