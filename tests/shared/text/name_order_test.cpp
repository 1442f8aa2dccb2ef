#include "shared/text/name_order.h"

#include <doctest/doctest.h>

using namespace dga;

using Places = std::vector<std::uint32_t>;

TEST_CASE("names are sorted by given name, family name and the rest") {
  std::vector<std::string> const names{"Lê Đức", "Trần Thị An", "Trần Văn An", "Lê An",
                                       "An",     "Phạm Ẩn",     "Đỗ Ánh",      "Lê Dục"};
  auto const order = text::in_name_order(names);
  CHECK(order == Places{4, 3, 1, 2, 6, 5, 7, 0});
  for (std::size_t i = 1; i < order.size(); ++i) {
    CHECK(text::compare_names(names[order[i - 1]], names[order[i]]) < 0);
    CHECK(text::compare_names(names[order[i]], names[order[i - 1]]) > 0);
  }
  CHECK(text::compare_names("TRẦN VĂN AN", "Trần Văn  An") == 0);
  CHECK(text::compare_names("", "An") < 0);
  CHECK(text::compare_names("", "") == 0);
}
