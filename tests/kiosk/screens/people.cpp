#include <array>
#include <string_view>

#include "shared/base/file.h"
#include "shared/course/class_file.h"
#include "tests/kiosk/screens/states.h"

namespace dga::test {
namespace {

struct Person {
  std::string_view name, agency, province, tail;
  std::uint32_t group;
};

// Invented. Long ones on purpose: what does not fit on a card shows here first.
constexpr std::array<Person, 20> kPeople{{
    {"Nguyễn Thị Ánh Nguyệt", "Sở Thông tin và Truyền thông", "Đồng Tháp", "412", 1},
    {"Nguyễn Văn Anh", "UBND TP. Đà Nẵng", "Đà Nẵng", "087", 2},
    {"Nguyễn Anh Đức", "Sở Nội vụ", "TP. Hồ Chí Minh", "630", 3},
    {"Nguyễn Hoàng Anh", "Trung tâm Chuyển đổi số", "TP. Hồ Chí Minh", "155", 4},
    {"Trần Quốc Đạt", "UBND thành phố Huế", "Thừa Thiên Huế", "903", 5},
    {"Tôn Nữ Hoàng Phương Thảo Nguyên", "Ban Quản lý Khu công nghệ cao và các khu công nghiệp", "Thừa Thiên Huế", "218",
     1},
    {"Lê Thị Bích Hằng", "Văn phòng UBND tỉnh", "Đồng Tháp", "774", 2},
    {"Nguyễn Thị Kim Anh", "Sở Khoa học và Công nghệ", "Đà Nẵng", "361", 3},
    {"Phạm Đỗ Ẩn", "Sở Tài chính", "TP. Hồ Chí Minh", "009", 4},
    {"Đặng Ưng Ỷ Lan", "Sở Y tế", "Đồng Tháp", "540", 5},
    {"Huỳnh Tấn Phát", "Sở Giáo dục và Đào tạo", "Đà Nẵng", "117", 1},
    {"Võ Ngọc Trâm", "Công an thành phố", "TP. Hồ Chí Minh", "826", 2},
    {"Nguyễn Anh Tuấn", "Sở Xây dựng", "Thừa Thiên Huế", "293", 3},
    {"Nguyễn Tuấn Anh", "Sở Xây dựng", "Thừa Thiên Huế", "684", 4},
    {"Bùi Thế Hiển", "Sở Công Thương", "Đồng Tháp", "455", 5},
    {"Đỗ Quỳnh Giang", "Sở Tư pháp", "Đà Nẵng", "732", 1},
    {"Hồ Xuân Khuyến", "Sở Du lịch", "Thừa Thiên Huế", "168", 2},
    {"Dương Thúy Ngoạn", "Sở Ngoại vụ", "TP. Hồ Chí Minh", "571", 3},
    {"Lý Gia Phước", "Kho bạc Nhà nước", "Đồng Tháp", "846", 4},
    {"Mai Thị Quyên", "Cục Thuế", "Đà Nẵng", "390", 5},
}};

v1::Class demo_class() {
  auto const bytes = base::read_file(std::string(DGA_SOURCE_DIR) + "/assets/demo/class.json", 1 << 20);
  return course::read_class_file(bytes.value()).value();
}

}  // namespace

std::shared_ptr<flow::ClassView const> class_view(bool rehearsal) {
  auto view = std::make_shared<flow::ClassView>();
  auto& pack = view->pack;
  *pack.mutable_class_() = demo_class();
  pack.mutable_class_()->set_rehearsal(rehearsal);
  pack.set_pack_version(3);
  pack.set_made_ms(pack.class_().sessions(0).start_ms() - 14 * 3'600'000LL);
  pack.set_contact("Nguyễn Minh Châu · 0903 123 456");
  pack.mutable_notice()->set_version(1);
  pack.mutable_notice()->set_vi(
      "Máy ghi lại họ tên, đơn vị và giờ điểm danh của anh/chị để cấp giấy chứng nhận. Dữ liệu trên máy được mã hóa và "
      "xóa sau khi trung tâm "
      "đã nhận. Nếu không đồng ý, vui lòng liên hệ Ban tổ chức để ký danh sách giấy.");
  pack.mutable_notice()->set_en(
      "This kiosk records your name, agency and time of check-in for the certificate. Data on the kiosk is encrypted "
      "and wiped once the centre "
      "has it. If you do not agree, please see the organisers: there is a list on paper.");
  std::vector<std::string> names;
  std::uint64_t number = 0;
  for (auto const& person : kPeople) {
    auto* entry = pack.add_roster();
    entry->set_participant(++number);
    entry->set_name(std::string(person.name));
    entry->set_agency(std::string(person.agency));
    entry->set_province(std::string(person.province));
    entry->set_phone_tail(std::string(person.tail));
    entry->set_group(person.group);
    names.push_back(entry->name());
  }
  view->timetable = course::timetable_of(pack.class_());
  view->names = text::NameIndex(names);
  return view;
}

ui::Lang words_in(flow::Language language) {
  return ui::Lang::load(std::string(DGA_SOURCE_DIR) + "/assets/lang",
                        language == flow::Language::kVietnamese ? "vi" : "en", {})
      .value();
}

}  // namespace dga::test
