// Nobody's data in any file of a kiosk: while it runs (WAL and journals included) and after.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "shared/course/demo.h"
#include "shared/text/phone.h"
#include "tests/support/demo.h"

using dga::support::Demo;

namespace {

std::string content(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Everything below a folder, in one string, so that one search serves.
std::string all_files(std::string const& folder, std::size_t& files) {
  std::string everything;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) {
      ++files;
      everything += content(entry.path()) + '\0';
    }
  return everything;
}

std::vector<std::string> secrets_of(Demo const& demo) {
  std::vector<std::string> secrets;
  for (auto const& badge : demo.badges()) {
    secrets.push_back(badge.digits);
    secrets.push_back(badge.name);
  }
  // The same seed makes the same people: their phones, as the roster has them and as they are stored.
  auto const roster = dga::support::read_csv("first line left out\n" + dga::course::demo_roster_csv(150, 11));
  auto const heading = std::find(roster.front().begin(), roster.front().end(), "Số điện thoại");
  REQUIRE(heading != roster.front().end());
  auto const column = static_cast<std::size_t>(heading - roster.front().begin());
  std::size_t phones = 0;
  for (std::size_t row = 1; row < roster.size(); ++row) {
    auto const& phone = roster[row].at(column);
    auto const e164 = dga::text::to_e164(phone);
    if (!e164) continue;
    ++phones;
    secrets.push_back(phone);
    secrets.push_back(*e164);
    secrets.push_back("0" + e164->substr(3));
  }
  CHECK(phones > 100);
  std::ifstream file(demo.passphrase_file());
  secrets.emplace_back();
  std::getline(file, secrets.back());
  return secrets;
}

std::size_t found_in(std::string const& folder, std::vector<std::string> const& secrets) {
  std::size_t files = 0, found = 0;
  auto const everything = all_files(folder, files);
  CHECK(files >= 2);
  for (auto const& secret : secrets) found += everything.find(secret) != std::string::npos ? 1 : 0;
  return found;
}

}  // namespace

TEST_CASE("no name nor badge nor passphrase stands in any file of a kiosk while it runs and after") {
  Demo const demo(150, 1, 11);
  auto const secrets = secrets_of(demo);
  dga::support::Process kiosk(demo.headless(1));
  for (auto const& badge : demo.badges()) kiosk.write(badge.digits + "\n");
  for (std::size_t i = 0; i < demo.badges().size(); ++i) REQUIRE_FALSE(kiosk.read_line().empty());
  CHECK(found_in(demo.kiosk(1), secrets) == 0);
  kiosk.close_input();
  CHECK(kiosk.wait() == 0);
  CHECK(found_in(demo.kiosk(1), secrets) == 0);

  // The search sees what is there: the list of badges itself holds them all.
  std::filesystem::copy(demo.path("badges.csv"), demo.kiosk(1) + "/planted");
  CHECK(found_in(demo.kiosk(1), secrets) >= demo.badges().size());
}

TEST_CASE("a citizen card is looked up and its number is stored nowhere") {
  Demo const demo(5, 1, 11);
  std::string const number = "079201234567";
  auto const scanned = demo.scan(1, number + "|023456789|Nguyễn Văn An|02091990|Nam|12 Đường Số 3, Quận 8|01012022\n");
  CHECK(scanned.exit_code == 0);
  CHECK(scanned.out.find("\"unknown\"") != std::string::npos);
  CHECK(scanned.out.find(number) == std::string::npos);
  CHECK(scanned.err.find(number) == std::string::npos);
  std::size_t files = 0;
  CHECK(all_files(demo.kiosk(1), files).find(number) == std::string::npos);
}
