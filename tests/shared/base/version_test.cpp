#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "shared/base/version.h"

TEST_CASE("the version that is recorded is the version that is built") {
  std::ifstream file(DGA_SOURCE_DIR "/CMakeLists.txt");
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str().find("VERSION " + std::string(dga::base::kProductVersion) + " ") != std::string::npos);
}
