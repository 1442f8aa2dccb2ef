#include "shared/text/telex.h"

#include <doctest/doctest.h>

#include "shared/base/random.h"
#include "shared/text/fold.h"
#include "tests/support/vectors.h"

using namespace dga;

TEST_CASE("Telex keys stand for what the vectors say") {
  auto const cases = test::vectors("telex.json").at("telex");
  REQUIRE(cases.size() > 40);
  for (auto const& one : cases) {
    auto const keys = one.at("keys").get<std::string>();
    CAPTURE(keys);
    CHECK(text::telex(keys) == one.at("text").get<std::string>());
  }
}

namespace {
struct Typed {
  char const* keys;
  char const* text;
};
void check_all(std::initializer_list<Typed> cases) {
  for (auto const& one : cases) {
    CAPTURE(one.keys);
    CHECK(text::telex(one.keys) == one.text);
  }
}
}  // namespace

TEST_CASE("marks and tones may be typed at the end of a word") {
  check_all({{"nguyenex", "nguyễn"},
             {"vietej", "việt"},
             {"tuanas", "tuấn"},
             {"duocwdj", "được"},
             {"dangwdj", "đặng"},
             {"phuongwf", "phường"},
             {"toio", "tôi"},
             {"chaua", "châu"},
             {"hoangf", "hoàng"},
             {"neue", "nêu"}});
}

TEST_CASE("w makes a horn or a breve where one belongs") {
  check_all({{"muaw", "mưa"},       {"cuuws", "cứu"},    {"huwowu", "hươu"}, {"ruouwj", "rượu"}, {"tuoiw", "tươi"},
             {"hoawcj", "hoặc"},    {"quawn", "quăn"},   {"quowr", "quở"},   {"thuowr", "thuở"}, {"thuowng", "thương"},
             {"giuwx", "giữ"},      {"nhw", "như"},      {"w", "ư"},         {"W", "Ư"},         {"huow", "huơ"},
             {"nguwowif", "người"}, {"uwoongs", "uống"}, {"awa", "â"},       {"aaw", "ă"},       {"kiw", "kiw"}});
}

TEST_CASE("a key typed twice undoes and from then on stands for itself in that word") {
  check_all(
      {{"aaaa", "aaa"},     {"dddd", "ddd"},       {"asss", "ass"},    {"aww", "aw"},           {"uww", "uw"},
       {"ww", "w"},         {"www", "ww"},         {"tww", "tw"},      {"phuowngw", "phuongw"}, {"toanss", "toans"},
       {"toansfs", "toán"}, {"toanssf", "toansf"}, {"ass as", "as á"}, {"tuanaa", "tuana"},     {"oooo", "ooo"},
       {"anhzz", "anhz"},   {"azs", "á"},          {"dadd", "dad"},    {"muwaw", "muaw"},       {"aszz", "az"}});
}

TEST_CASE("names of minorities and of foreigners can be typed") {
  check_all({{"Ddawsk Lawsk", "Đắk Lắk"},
             {"H'Hen Nieee", "H'Hen Niee"},
             {"Y Bion Niee", "Y Bion Niê"},
             {"Krawjjawn", "Krăjăn"},
             {"Row Chaam", "Rơ Châm"},
             {"Kpaw Klowng", "Kpă Klơng"},
             {"David", "David"},
             {"Eeban", "Êban"},
             {"Giangf A Paos", "Giàng A Páo"},
             {"Thachj Soo Phia", "Thạch Sô Phia"}});
}

TEST_CASE("capitals stay where they were typed") {
  check_all({{"HOAF", "HÒA"},
             {"NGUYEENX", "NGUYỄN"},
             {"AA", "Â"},
             {"Aa", "Â"},
             {"aA", "â"},
             {"DDUWCS", "ĐỨC"},
             {"Ys", "Ý"},
             {"OOng", "Ông"},
             {"ASS", "AS"},
             {"WW", "W"}});
}

TEST_CASE("the tone stands in its traditional place and moves as the word grows") {
  check_all({{"hoas", "hóa"},
             {"hoasn", "hoán"},
             {"hoasi", "hoái"},
             {"quas", "quá"},
             {"quyeenr", "quyển"},
             {"gieengs", "giếng"},
             {"giowf", "giờ"},
             {"khuyur", "khuỷu"},
             {"khuyar", "khuỷa"},
             {"chuaf", "chùa"},
             {"iar", "ỉa"},
             {"us", "ú"},
             {"nghix", "nghĩ"},
             {"gis", "gí"},
             {"gisa", "giá"},
             {"thuees", "thuế"}});
}

TEST_CASE("what is no letter ends a word and stands for itself") {
  check_all({{"as1s", "á1s"},
             {"tieengs-vieetj", "tiếng-việt"},
             {"", ""},
             {" ", " "},
             {"s", "s"},
             {"str", "str"},
             {"Nguyễn as", "Nguyễn á"},
             {"z", "z"},
             {"123", "123"},
             {"a\ns", "a\ns"}});
}

TEST_CASE("words without a mark key stay as they are") {
  std::string const letters = "bcghiklmnpqtuvyBCGHIKLMNPQTUVY ";
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::string plain;
    for (auto left = random->below(40); left > 0; --left) plain += letters[random->below(letters.size())];
    CHECK(text::telex(plain) == plain);
  }
}

TEST_CASE("any keys give NFC, in words of about as many letters") {
  std::string const likely = "aeiouydwsfrxjzAEOUDWSFnghtc 1'";
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    std::string keys;
    for (auto left = random->below(60); left > 0; --left)
      keys += seed % 4 == 0 ? static_cast<char>(random->below(256)) : likely[random->below(likely.size())];
    auto const typed = text::telex(keys);
    CHECK(text::is_valid_utf8(typed));
    CHECK(text::to_nfc(typed) == typed);
    // Typing on after a space never changes what stands before it.
    CHECK(text::telex(keys + " as") == text::to_nfc(typed + " á"));
  }
}

TEST_CASE("a scan of ten thousand letters is typed through in no time") {
  CHECK(text::telex(std::string(10'000, 'a')).size() >= 9'990);
  CHECK(text::telex(std::string(10'000, 'w')).size() >= 9'990);
  CHECK(text::telex(std::string(10'000, 'q')) == std::string(10'000, 'q'));
}
