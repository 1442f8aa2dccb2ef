#include "shared/course/demo.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include "shared/base/random.h"
#include "shared/course/csv.h"
#include "shared/course/demo_names.h"

namespace dga::course {
namespace {

// The seeds' four pioneers first, then others who are welcome; `share` of a hundred participants.
struct Province {
  std::string_view name;
  unsigned share;
  std::array<std::string_view, 6> districts;
};
constexpr std::array<Province, 9> kProvinces{{
    {"TP. Hồ Chí Minh", 38, {"Quận 1", "Quận 3", "Quận 10", "TP. Thủ Đức", "Huyện Củ Chi", "Quận Bình Thạnh"}},
    {"Đà Nẵng",
     15,
     {"Quận Hải Châu", "Quận Sơn Trà", "Quận Thanh Khê", "Quận Liên Chiểu", "Quận Cẩm Lệ", "Huyện Hòa Vang"}},
    {"Thừa Thiên Huế",
     14,
     {"TP. Huế", "TX. Hương Thủy", "TX. Hương Trà", "Huyện Phú Vang", "Huyện A Lưới", "Huyện Phong Điền"}},
    {"Đồng Tháp",
     14,
     {"TP. Cao Lãnh", "TP. Sa Đéc", "TP. Hồng Ngự", "Huyện Lấp Vò", "Huyện Tháp Mười", "Huyện Lai Vung"}},
    {"Cần Thơ",
     5,
     {"Quận Ninh Kiều", "Quận Cái Răng", "Quận Bình Thủy", "Quận Ô Môn", "Quận Thốt Nốt", "Huyện Phong Điền"}},
    {"Đắk Lắk",
     4,
     {"TP. Buôn Ma Thuột", "TX. Buôn Hồ", "Huyện Cư M'gar", "Huyện Krông Pắc", "Huyện Ea H'leo", "Huyện Lắk"}},
    {"Lào Cai", 4, {"TP. Lào Cai", "TX. Sa Pa", "Huyện Bát Xát", "Huyện Bắc Hà", "Huyện Bảo Thắng", "Huyện Si Ma Cai"}},
    {"Quảng Nam",
     3,
     {"TP. Tam Kỳ", "TP. Hội An", "TX. Điện Bàn", "Huyện Duy Xuyên", "Huyện Thăng Bình", "Huyện Nam Trà My"}},
    {"Hà Nội", 3, {"Quận Ba Đình", "Quận Cầu Giấy", "Quận Hà Đông", "Huyện Gia Lâm", "TX. Sơn Tây", "Quận Long Biên"}},
}};
// An office, and what its head and the deputy are called.
struct Office {
  std::string_view name, head, deputy;
};
constexpr std::array<Office, 14> kDepartments{{
    {"Sở Thông tin và Truyền thông", "Giám đốc", "Phó Giám đốc"},
    {"Sở Tài chính", "Giám đốc", "Phó Giám đốc"},
    {"Sở Nội vụ", "Giám đốc", "Phó Giám đốc"},
    {"Sở Kế hoạch và Đầu tư", "Giám đốc", "Phó Giám đốc"},
    {"Sở Xây dựng", "Giám đốc", "Phó Giám đốc"},
    {"Sở Tài nguyên và Môi trường", "Giám đốc", "Phó Giám đốc"},
    {"Sở Giao thông vận tải", "Giám đốc", "Phó Giám đốc"},
    {"Sở Y tế", "Giám đốc", "Phó Giám đốc"},
    {"Sở Giáo dục và Đào tạo", "Giám đốc", "Phó Giám đốc"},
    {"Sở Ngoại vụ", "Giám đốc", "Phó Giám đốc"},
    {"Văn phòng UBND", "Chánh Văn phòng", "Phó Chánh Văn phòng"},
    {"Thanh tra", "Chánh Thanh tra", "Phó Chánh Thanh tra"},
    {"Ban Quản lý các khu công nghiệp", "Trưởng Ban", "Phó Trưởng Ban"},
    {"Trung tâm Chuyển đổi số", "Giám đốc", "Phó Giám đốc"},
}};
constexpr std::array<Office, 5> kOffices{{
    {"Văn phòng UBND", "Chánh Văn phòng", "Phó Chánh Văn phòng"},
    {"Phòng Tài chính - Kế hoạch", "Trưởng phòng", "Phó Trưởng phòng"},
    {"Phòng Văn hóa và Thông tin", "Trưởng phòng", "Phó Trưởng phòng"},
    {"Phòng Quản lý đô thị", "Trưởng phòng", "Phó Trưởng phòng"},
    {"Phòng Nội vụ", "Trưởng phòng", "Phó Trưởng phòng"},
}};
constexpr std::array<std::string_view, 6> kStaff{"Chuyên viên",
                                                 "Chuyên viên",
                                                 "Chuyên viên chính",
                                                 "Viên chức",
                                                 "Chuyên viên phụ trách chuyển đổi số",
                                                 "Tổ trưởng Tổ chuyển đổi số"};

struct Person {
  std::string name, agency, position;
  std::string_view province;
};

Province const& province(base::Random& random) {
  auto left = random.below(100);
  for (auto const& one : kProvinces) {
    if (left < one.share) return one;
    left -= one.share;
  }
  return kProvinces.front();
}

void place(Person& person, base::Random& random) {
  auto const& home = province(random);
  person.province = home.name;
  bool const district = random.below(3) == 0;
  auto const& office =
      district ? kOffices[random.below(kOffices.size())] : kDepartments[random.below(kDepartments.size())];
  if (district)
    person.agency =
        fmt::format("{} {}, {}", office.name, home.districts[random.below(home.districts.size())], home.name);
  else
    person.agency = fmt::format("{} {}", office.name, home.name);
  // The class is for leaders of departments and heads of divisions.
  switch (random.below(8)) {
    case 0: person.position = office.head; break;
    case 1: person.position = office.deputy; break;
    case 2: person.position = "Trưởng phòng"; break;
    case 3: person.position = "Phó Trưởng phòng"; break;
    default: person.position = kStaff[random.below(kStaff.size())];
  }
}

// One in twenty-five has the name of somebody before, every other of those the agency too.
constexpr std::uint32_t kNamesakeEvery = 25;
constexpr std::uint32_t kFirstNamesake = 7;

}  // namespace

std::string demo_roster_csv(std::uint32_t participants, std::uint64_t seed) {
  auto const random = base::seeded_random(seed);
  std::vector<Person> people;
  people.reserve(participants);
  // Mobile numbers that plainly aren't real: 0900 and a number, each once; 7919 has no factor in common with a million.
  auto const first_phone = random->below(1'000'000);
  std::string csv = "STT,Họ và tên,Chức vụ,Đơn vị công tác,Tỉnh/thành,Số điện thoại,Nhóm\n";
  for (std::uint32_t i = 0; i < participants; ++i) {
    Person person{demo_name(*random), {}, {}, {}};
    place(person, *random);
    if (i % kNamesakeEvery == kFirstNamesake) {
      auto const& other = people[random->below(people.size())];
      person.name = other.name;
      if (i / kNamesakeEvery % 2 == 0) {
        person.agency = other.agency;
        person.province = other.province;
      }
    }
    csv += fmt::format("{},{},{},{},{},0900{:06},{}\n", i + 1, csv_cell(person.name), csv_cell(person.position),
                       csv_cell(person.agency), csv_cell(person.province), (first_phone + i * 7919ULL) % 1'000'000,
                       1 + i % 5);
    people.push_back(std::move(person));
  }
  return csv;
}

}  // namespace dga::course
