#include "shared/base/bytes.h"

#include <doctest/doctest.h>

using namespace dga;

TEST_CASE("bytes become hexadecimal digits and come back") {
  base::Bytes all;
  for (int octet = 0; octet < 256; ++octet) all.push_back(static_cast<char>(octet));
  auto const hex = base::to_hex(all);
  CHECK(hex.substr(0, 8) == "00010203");
  CHECK(hex.substr(508) == "feff");
  CHECK(base::from_hex(hex) == all);
  CHECK(base::from_hex("FeFf") == base::Bytes("\xfe\xff"));
  CHECK(base::from_hex("") == base::Bytes());
  CHECK(base::to_hex("").empty());
}

TEST_CASE("what is no hexadecimal is refused") {
  for (auto bad : {"a", "abc", "0g", "g0", " 00", "0x00", "00 00", "\xc3\xa9"}) {
    CAPTURE(bad);
    CHECK_FALSE(base::from_hex(bad));
  }
}

TEST_CASE("bytes become base64 as RFC 4648 shows it") {
  CHECK(base::to_base64("").empty());
  CHECK(base::to_base64("f") == "Zg==");
  CHECK(base::to_base64("fo") == "Zm8=");
  CHECK(base::to_base64("foo") == "Zm9v");
  CHECK(base::to_base64("foobar") == "Zm9vYmFy");
  CHECK(base::to_base64("\xfb\xff\xfe") == "+//+");
}

TEST_CASE("a fixed number of bytes is taken only from exactly so many") {
  CHECK_FALSE(base::LogId::from(std::string(15, 'x')));
  CHECK_FALSE(base::LogId::from(std::string(17, 'x')));
  CHECK_FALSE(base::LogId::from(""));
  auto const id = base::LogId::from(std::string(16, '\xab'));
  REQUIRE(id);
  CHECK(id->hex() == "abababababababababababababababab");
  CHECK(id->bytes() == std::string(16, '\xab'));
  CHECK(id->view().size() == 16);
  CHECK(*id > base::LogId{});
  CHECK(base::LogId{} == base::LogId{});
}

TEST_CASE("LE64 has the lowest byte first") {
  CHECK(base::to_hex(base::le64(0x0102030405060708)) == "0807060504030201");
  CHECK(base::to_hex(base::le64(0)) == "0000000000000000");
  CHECK(base::to_hex(base::le64(UINT64_MAX)) == "ffffffffffffffff");
}
