#include "shared/course/time_words.h"

#include <doctest/doctest.h>

using dga::course::time_in_words;

namespace {

constexpr char kZone[] = "Asia/Ho_Chi_Minh";
constexpr std::int64_t kEight = 1'731'373'200'000;  // 2024-11-12T08:00:00+07:00

}  // namespace

TEST_CASE("a corrected time names both, and how closely it is known") {
  auto const words = time_in_words({kEight + 130'000, 400}, kEight - 29 * 60'000, kZone);
  CHECK(words.vi == "08:02:10; đồng hồ máy điểm danh ghi 07:31:00, đã hiệu chỉnh, sai số không quá 0,4 giây");
  CHECK(words.en == "08:02:10; by this kiosk's clock 07:31:00, corrected, to within 0.4 s");
}

TEST_CASE("a stamp of another day names the day") {
  auto const words = time_in_words({kEight, 401}, kEight - std::int64_t{20} * 366 * 86'400'000, kZone);
  CHECK(words.vi ==
        "08:00:00; đồng hồ máy điểm danh ghi 08:00:00 ngày 28/10/2004, đã hiệu chỉnh, sai số không quá 0,5 giây");
  CHECK(words.en == "08:00:00; by this kiosk's clock 08:00:00 on 28/10/2004, corrected, to within 0.5 s");
}

TEST_CASE("a bound is told in the unit that fits, rounded up, or said to be unknown") {
  CHECK(time_in_words({kEight, 59'950}, 0, kZone).en.ends_with("to within 60.0 s"));
  CHECK(time_in_words({kEight, 60'001}, 0, kZone).en.ends_with("to within 2 min"));
  CHECK(time_in_words({kEight, 3'600'001}, 0, kZone).vi.ends_with("sai số không quá 2 giờ"));
  CHECK(time_in_words({kEight, std::nullopt}, 0, kZone).en.ends_with("corrected, how closely is not known"));
  CHECK(time_in_words({kEight, std::nullopt}, 0, kZone).vi.ends_with("đã hiệu chỉnh, chưa rõ sai số"));
}

TEST_CASE("a time that rests on the staff's word says so") {
  dga::course::TrueTime const told{kEight, std::nullopt, dga::course::TrueTime::By::kStaff};
  auto const words = time_in_words(told, kEight - 29 * 60'000, kZone);
  CHECK(words.vi == "08:00:00; đồng hồ máy điểm danh ghi 07:31:00, theo giờ cán bộ nhập, chưa rõ sai số");
  CHECK(words.en == "08:00:00; by this kiosk's clock 07:31:00, by the time that staff gave, how closely is not known");
}
