#include "shared/text/search.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "shared/base/random.h"
#include "shared/text/fold.h"
#include "tests/support/vectors.h"

using namespace dga;

namespace {

using Places = std::vector<std::uint32_t>;

Places found(text::NameIndex const& index, std::string const& query, std::size_t most = 1000) {
  return index.search(query, most);
}
Places sorted(Places places) {
  std::sort(places.begin(), places.end());
  return places;
}

std::vector<std::string> vector_names() { return test::vectors("names.json").at("search").at("names"); }

// Names as people have them, from few words, so that every query is ambiguous.
std::vector<std::string> many_names(std::size_t count, std::uint64_t seed) {
  static std::vector<std::string> const kWords{"Nguyễn", "Trần", "Lê", "Đức", "Dục", "Văn", "Thị", "Hoà", "Hòa", "Hoa",
                                               "An",     "Ánh",  "Ẩn", "Anh", "Nga", "Y",   "Niê", "Bá",  "Đạt", "Hà"};
  auto random = base::seeded_random(seed);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name;
    for (auto words = 1 + random->below(4); words > 0; --words)
      name += (name.empty() ? "" : " ") + kWords[random->below(kWords.size())];
    names.push_back(name);
  }
  return names;
}

std::vector<std::string> words_of(std::string const& folded) {
  std::istringstream stream(folded);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// The rule, said plainly: some order of the name's words begins with the query's words, one for one.
bool should_match(std::string const& name, std::string const& query) {
  auto words = words_of(text::fold(name));
  auto const typed = words_of(text::fold(query));
  if (typed.empty() || typed.size() > words.size()) return false;
  std::sort(words.begin(), words.end());
  do {
    bool all = true;
    for (std::size_t i = 0; i < typed.size(); ++i) all = all && words[i].starts_with(typed[i]);
    if (all) return true;
  } while (std::next_permutation(words.begin(), words.end()));
  return false;
}

}  // namespace

TEST_CASE("searches find what the vectors say") {
  auto const cases = test::vectors("names.json").at("search");
  text::NameIndex const index(vector_names());
  REQUIRE(cases.at("queries").size() > 10);
  for (auto const& one : cases.at("queries")) {
    auto const query = one.at("query").get<std::string>();
    CAPTURE(query);
    CHECK(sorted(found(index, query)) == one.at("matches").get<Places>());
  }
  for (auto const& one : cases.at("first")) {
    auto const query = one.at("query").get<std::string>();
    CAPTURE(query);
    auto const places = found(index, query);
    REQUIRE_FALSE(places.empty());
    auto const first = one.at("first_one_of").get<Places>();
    CHECK(std::find(first.begin(), first.end(), places.front()) != first.end());
  }
}

TEST_CASE("any order of the beginnings of a name's words finds it") {
  auto const names = many_names(400, 7);
  text::NameIndex const index(names);
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    auto random = base::seeded_random(seed);
    auto const wanted = static_cast<std::uint32_t>(random->below(names.size()));
    auto words = words_of(text::fold(names[wanted]));
    std::string query;
    while (!words.empty()) {
      auto const at = static_cast<std::ptrdiff_t>(random->below(words.size()));
      auto const& word = words[static_cast<std::size_t>(at)];
      if (query.empty() || random->below(4) > 0) query += " " + word.substr(0, 1 + random->below(word.size()));
      words.erase(words.begin() + at);
    }
    CAPTURE(query);
    auto const places = found(index, query);
    CHECK(std::find(places.begin(), places.end(), wanted) != places.end());
  }
}

TEST_CASE("a search finds exactly the names whose words can be paired with the query's") {
  auto const names = many_names(300, 11);
  text::NameIndex const index(names);
  std::vector<std::string> const pieces{"n", "ng", "h", "a", "an", "d", "duc", "t", "le", "y", "van", "hoa", "đ", "ẩ"};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto random = base::seeded_random(seed);
    std::string query;
    for (auto words = 1 + random->below(4); words > 0; --words) query += pieces[random->below(pieces.size())] + " ";
    CAPTURE(seed);
    CAPTURE(query);
    Places expected;
    for (std::uint32_t place = 0; place < names.size(); ++place)
      if (should_match(names[place], query)) expected.push_back(place);
    CHECK(sorted(found(index, query)) == expected);
  }
}

TEST_CASE("tones as typed come first, left out next, contradicted last") {
  std::vector<std::string> const names{"Trần Dục", "Trần Duc", "Trần Đức", "Lê Đứcanh"};
  text::NameIndex const index(names);
  CHECK(found(index, "đức") == Places{2, 3, 1, 0});
  CHECK(found(index, "duc").front() == 1);
  CHECK(found(index, "dục").front() == 0);
  // The old and the new place of a tone are one spelling.
  text::NameIndex const two({"Hoà", "Hoa", "Hòa"});
  CHECK(sorted({found(two, "hoà")[0], found(two, "hoà")[1]}) == Places{0, 2});
  CHECK(found(two, "hoà").back() == 1);
}

TEST_CASE("whole words come before beginnings and whole names before longer ones") {
  text::NameIndex const index({"Lê Anh", "Lê Văn An", "Lê An"});
  CHECK(found(index, "le an") == Places{2, 1, 0});
}

TEST_CASE("equals come in Vietnamese order by given name, then family name") {
  text::NameIndex const index(
      {"Nguyễn Văn Đức", "Nguyễn Văn Dũng", "Trần Văn An", "Lê Văn An", "Nguyễn Văn Ân", "Nguyễn Văn Ấn"});
  CHECK(found(index, "van") == Places{3, 2, 4, 5, 1, 0});
}

TEST_CASE("nothing typed, too much typed and no names at all find nothing") {
  text::NameIndex const index(vector_names());
  for (std::string query : {"", " ", "\u00a0", "'", "-- --", "nguyen van duc anh"}) {
    CAPTURE(query);
    CHECK(found(index, query).empty());
  }
  CHECK(found(index, std::string(10'000, 'n')).empty());
  std::string many;
  for (int i = 0; i < 100; ++i) many += "n ";
  CHECK(found(index, many).empty());
  CHECK(found(index, "nguyen", 0).empty());
  CHECK(found(index, "nguyen", 2).size() == 2);
  CHECK(text::NameIndex().search("a", 10).empty());
  CHECK(text::NameIndex(std::vector<std::string>{}).search("a", 10).empty());
  CHECK(text::NameIndex(std::vector<std::string>{""}).search("a", 10).empty());
}

TEST_CASE("apostrophes and hyphens part words in names and in queries") {
  text::NameIndex const index({"H'Hen Niê", "Nguyễn-Lê Hà"});
  CHECK(found(index, "hen") == Places{0});
  CHECK(found(index, "h'hen nie") == Places{0});
  CHECK(found(index, "le ha") == Places{1});
}

TEST_CASE("a name of a hundred words neither breaks nor stalls a search") {
  std::string strange;
  for (int i = 0; i < 100; ++i) strange += "n ";
  text::NameIndex const index({strange, "Nga"});
  CHECK(found(index, "n n n n n n n n n n n n") == Places{0});
  CHECK(found(index, "nga") == Places{1});
}
