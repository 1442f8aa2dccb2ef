#pragma once

#include <string>

#include "shared/base/bytes.h"
#include "shared/base/random.h"

namespace dga::support {

// A class file of so many people that its pack is more than a courier's file takes. In texts that can't be compressed,
// so that fewer people than it would really take are too many.
inline std::string large_roster(base::Random& random) {
  auto const text = [&] { return base::to_base64(random.draw<base::Digest>().view()).substr(0, 40); };
  std::string csv = "Họ và tên,Đơn vị công tác,Chức vụ,Tỉnh/thành,Số điện thoại,Nhóm\n";
  for (int i = 0; i < 30'000; ++i) csv += text() + "," + text() + "," + text() + ",Huế,,1\n";
  return csv;
}

}  // namespace dga::support
