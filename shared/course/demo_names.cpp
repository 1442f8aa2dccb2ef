#include "shared/course/demo_names.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace dga::course {
namespace {

using Word = std::string_view;

// How many of a thousand, about, so that a list looks like one; together they make 1000.
struct Family {
  Word name;
  unsigned share;
};
constexpr std::array<Family, 24> kFamilies{{
    {"Nguyễn", 318}, {"Trần", 112}, {"Lê", 97},    {"Phạm", 72}, {"Huỳnh", 36}, {"Hoàng", 34},
    {"Phan", 46},    {"Võ", 28},    {"Vũ", 27},    {"Đặng", 24}, {"Bùi", 23},   {"Đỗ", 20},
    {"Hồ", 18},      {"Ngô", 18},   {"Dương", 16}, {"Lý", 12},   {"Đinh", 14},  {"Trương", 22},
    {"Lương", 12},   {"Mai", 11},   {"Tô", 9},     {"Đoàn", 13}, {"Cao", 10},   {"Châu", 8},
}};
constexpr std::array<Word, 24> kMiddleOfMen{"Văn",  "Hữu",  "Đức",   "Quốc",  "Minh", "Thanh", "Xuân",  "Công",
                                            "Đình", "Ngọc", "Quang", "Trọng", "Anh",  "Gia",   "Hoàng", "Thành",
                                            "Tấn",  "Bá",   "Duy",   "Mạnh",  "Nhật", "Phúc",  "Viết",  "Thế"};
constexpr std::array<Word, 44> kMen{"An",    "Anh",   "Bảo",  "Bình", "Chiến", "Cường", "Dũng", "Duy", "Đạt",
                                    "Đức",   "Giang", "Hải",  "Hậu",  "Hiếu",  "Hòa",   "Hùng", "Huy", "Hưng",
                                    "Khánh", "Khoa",  "Kiên", "Lâm",  "Long",  "Lộc",   "Minh", "Nam", "Nghĩa",
                                    "Nhân",  "Phong", "Phú",  "Phúc", "Quân",  "Quý",   "Sơn",  "Tài", "Tâm",
                                    "Thắng", "Thuận", "Tín",  "Toàn", "Trung", "Tuấn",  "Tùng", "Vinh"};
constexpr std::array<Word, 16> kMiddleOfWomen{"Thị",    "Thị Thu", "Thị Ngọc", "Thị Hồng", "Thị Bích",  "Ngọc",
                                              "Thanh",  "Thị Kim", "Thị Minh", "Diệu",     "Thị Thanh", "Phương",
                                              "Thị Mỹ", "Hoàng",   "Thị Cẩm",  "Thùy"};
constexpr std::array<Word, 44> kWomen{"An",   "Ánh",    "Ân",    "Bình", "Chi",    "Diễm",  "Dung",  "Duyên", "Đào",
                                      "Hà",   "Hạnh",   "Hằng",  "Hiền", "Hoa",    "Hòa",   "Hồng",  "Huệ",   "Hương",
                                      "Khuê", "Lan",    "Liên",  "Linh", "Loan",   "Mai",   "My",    "Nga",   "Ngân",
                                      "Ngọc", "Nguyệt", "Nhung", "Oanh", "Phượng", "Quyên", "Quỳnh", "Tâm",   "Thảo",
                                      "Thu",  "Thủy",   "Trang", "Trâm", "Trinh",  "Tuyết", "Vân",   "Yến"};

// Names that are not built as Kinh names are: parts in their own order.
struct Custom {
  std::array<Word, 4> first;   // a family, or a mark of man or woman
  std::array<Word, 3> middle;  // one may be empty
  std::array<Word, 6> last;
};
constexpr std::array<Custom, 9> kCustoms{{
    {{"Nông", "Hoàng", "Ma", "Triệu"},
     {"Văn", "Thị", "Quốc"},
     {"Thắng", "Lệ", "Tuyền", "Khiêm", "Dung", "Hợp"}},  // Tày
    {{"Lò", "Quàng", "Cà", "Tòng"},
     {"Văn", "Thị", "Minh"},
     {"Thoại", "Pâng", "Hặc", "Xuyên", "Ngoan", "Phượng"}},                                             // Thái
    {{"Giàng", "Vàng", "Thào", "Sùng"}, {"A", "Thị", "Seo"}, {"Páo", "Chứ", "Mỷ", "Lử", "Dở", "Say"}},  // Hmông
    {{"Thạch", "Sơn", "Kim", "Danh"},
     {"Sô", "Thị", "Sóc"},
     {"Phia", "Kha", "Rươne", "Đara", "Sa Vươne", "Thi"}},                                                  // Khmer
    {{"Y", "Y", "Y", "Y"}, {"Thuyên", "Khương", "Đhăm"}, {"Êban", "Mlô", "Kđăm", "Byă", "Kbuôr", "Ayun"}},  // Ê Đê, men
    {{"H'", "H'", "H'", "H'"},
     {"Linh", "Nguyệt", "Duyên"},
     {"Êban", "Mlô", "Kđăm", "Byă", "Kbuôr", "Ayun"}},  // Ê Đê, women
    {{"Rơ Châm", "Siu", "Ksor", "Kpă"},
     {"", "H'", "Y"},
     {"Hương", "Thư", "Khuyên", "Dương", "Loan", "Thanh"}},  // Gia Rai
    {{"Đinh", "A", "Y", "Hồ"},
     {"Thị", "Văn", ""},
     {"Blênh", "Nhếch", "Thông", "Krẽo", "Xuyến", "Biên"}},  // Hrê, Xơ Đăng
    {{"Bàn", "Đặng", "Phùng", "Triệu"}, {"Tài", "Mùi", "Sành"}, {"Phin", "Lụa", "Tuyên", "Nảy", "Khé", "Phú"}},  // Dao
}};
constexpr std::array<Word, 5> kLongBeginnings{"Công Tằng Tôn Nữ", "Tôn Nữ Thị", "Nguyễn Phúc Bảo", "Trần Lê Hoàng",
                                              "Nguyễn Huỳnh Thị Phương"};
constexpr std::array<Word, 12> kPairs{"Hoàng Ngân", "Bảo Trân",  "Thanh Tâm", "Minh Châu", "Khánh Linh", "Ngọc Diệp",
                                      "Quỳnh Như",  "Gia Nghĩa", "Thiên Ân",  "Hải Đường", "Tường Vi",   "Phương Thảo"};

template <std::size_t N>
Word one_of(std::array<Word, N> const& words, base::Random& random) {
  return words[random.below(N)];
}

std::string joined(Word first, Word second, Word third) {
  std::string name(first);
  for (Word word : {second, third}) {
    if (!name.empty() && !word.empty() && !name.ends_with('\'')) name += ' ';
    name += word;
  }
  return name;
}

Word family(base::Random& random) {
  auto left = random.below(1000);
  for (auto const& one : kFamilies) {
    if (left < one.share) return one.name;
    left -= one.share;
  }
  return kFamilies.front().name;
}

}  // namespace

std::string demo_name(base::Random& random) {
  auto const kind = random.below(100);
  if (kind < 6) {
    auto const& custom = kCustoms[random.below(kCustoms.size())];
    auto const first = one_of(custom.first, random), middle = one_of(custom.middle, random);
    return joined(first, middle, one_of(custom.last, random));
  }
  if (kind < 9) return joined(one_of(kLongBeginnings, random), one_of(kPairs, random), "");
  auto const of = family(random);
  if (kind < 14) return joined(of, "", one_of(kMen, random));  // two words: Lê Đức
  if (kind < 55) return joined(of, one_of(kMiddleOfMen, random), one_of(kMen, random));
  return joined(of, one_of(kMiddleOfWomen, random), one_of(kWomen, random));
}

}  // namespace dga::course
