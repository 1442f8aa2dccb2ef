#include <fmt/format.h>

#include <array>

#include "shared/base/random.h"
#include "tools/benchmarks/cold.h"
#include "tools/benchmarks/workloads.h"

namespace dga::benchmarks {
namespace {

constexpr int kPeople = 100'000, kLookUps = 20'000, kColdLookUps = 500, kSearches = 300;

// Made-up syllables in folded form: what matters here is how many there are and how long.
std::string name(base::Random& random) {
  static constexpr std::array kParts{"nguyen", "tran", "le",    "pham", "hoang", "phan", "vu",    "dang",
                                     "bui",    "do",   "van",   "thi",  "duc",   "minh", "thanh", "quang",
                                     "ngoc",   "hong", "kim",   "xuan", "an",    "binh", "chi",   "dung",
                                     "giang",  "ha",   "khanh", "lan",  "mai",   "nam",  "oanh",  "phuc",
                                     "quyen",  "son",  "tam",   "uyen", "viet",  "yen",  "linh",  "trang"};
  auto const pick = [&](std::uint64_t from, std::uint64_t count) { return kParts[from + random.below(count)]; };
  return fmt::format("{} {} {} {}", pick(0, 10), pick(10, 10), pick(10, 30), pick(20, 20));
}

void import(Store& store, int people) {
  auto random = base::seeded_random(5);
  store.run(
      "CREATE TABLE person (number INTEGER PRIMARY KEY, name TEXT, agency TEXT, phone BLOB, citizen BLOB);"
      "CREATE VIRTUAL TABLE found USING fts5 (name, content='', prefix='1 2 3');"
      // FTS5's own 4050 octets overflow a page that keeps 40 for its seal.
      "INSERT INTO found (found, rank) VALUES ('pgsz', 3900); BEGIN");
  auto const& calls = store.calls();
  auto* const person = store.prepare("INSERT INTO person VALUES (?, ?, ?, ?, ?)");
  auto* const found = store.prepare("INSERT INTO found (rowid, name) VALUES (?, ?)");
  std::array<char, 32> citizen;
  for (int number = 1; number <= people; ++number) {
    auto const who = name(*random), agency = fmt::format("agency {}", random->below(400));
    random->fill(citizen.data(), citizen.size());
    calls.bind_int64(person, 1, number);
    calls.bind_text(person, 2, who.data(), static_cast<int>(who.size()), SQLITE_STATIC);
    calls.bind_text(person, 3, agency.data(), static_cast<int>(agency.size()), SQLITE_STATIC);
    calls.bind_blob(person, 4, citizen.data(), 9, SQLITE_STATIC);
    calls.bind_blob(person, 5, citizen.data(), static_cast<int>(citizen.size()), SQLITE_STATIC);
    while (store.step(person)) {}
    calls.bind_int64(found, 1, number);
    calls.bind_text(found, 2, who.data(), static_cast<int>(who.size()), SQLITE_STATIC);
    while (store.step(found)) {}
  }
  store.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

// Microseconds a look-up of a random number.
double look_up(Store& store, int people, int count) {
  auto random = base::seeded_random(6);
  auto* const query = store.prepare("SELECT name, agency, phone FROM person WHERE number = ?");
  double const start = wall_seconds();
  for (int i = 0; i < count; ++i) {
    store.calls().bind_int64(query, 1,
                             1 + static_cast<std::int64_t>(random->below(static_cast<std::uint64_t>(people))));
    while (store.step(query)) store.calls().column_bytes(query, 0);
  }
  return (wall_seconds() - start) * 1e6 / count;
}

// Microseconds a search for two beginnings of words.
double search(Store& store, int count) {
  auto random = base::seeded_random(7);
  auto* const query = store.prepare("SELECT rowid FROM found WHERE found MATCH ? LIMIT 20");
  double const start = wall_seconds();
  for (int i = 0; i < count; ++i) {
    auto const whole = name(*random);
    auto const typed = fmt::format("{}* {}*", whole.substr(0, 2), whole.substr(whole.rfind(' ') + 1, 2));
    store.calls().bind_text(query, 1, typed.data(), static_cast<int>(typed.size()), SQLITE_STATIC);
    while (store.step(query)) store.calls().column_int64(query, 0);
  }
  return (wall_seconds() - start) * 1e6 / count;
}

}  // namespace

void measure_people(Plan const& plan, std::vector<Contestant> const& everybody, Report& report) {
  std::vector<Contestant> all;  // the measure is the first, so leaving some out shifts nobody who stays before them
  for (auto const& one : everybody)
    if (one.has_fts5) all.push_back(one);
  int const people = kPeople / plan.divisor;
  auto const folder = plan.folder / "people";
  auto const file = [&](std::size_t i) { return folder / fmt::format("{}.db", i); };
  Line imported{"import of 100,000 people and their index", "s", 1.10, {}},
      small{"look-up warm, cache 2 MB", "us", 0, {}}, large{"look-up warm, cache 32 MB", "us", 1.05, {}},
      cold{"look-up cold", "us", 0, {}}, found{"prefix search warm, cache 32 MB", "us", 0, {}},
      found_cold{"prefix search cold", "us", 0, {}}, size{"file of 100,000 people", "MB", 1.015, {}};
  for (int round = 0; round < plan.rounds; ++round) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    for (auto* line : {&imported, &small, &large, &cold, &found, &found_cold, &size})
      line->rounds.emplace_back(all.size());
    auto const note = [&](Line& line, std::size_t who, double figure) { line.rounds.back()[who] = figure; };
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto const who = (i + static_cast<std::size_t>(round)) % all.size();
      auto store = all[who].open(file(who), {});
      double const start = wall_seconds();
      import(*store, people);
      note(imported, who, wall_seconds() - start);
    }
    for (std::size_t who = 0; who < all.size(); ++who) {
      note(size, who, static_cast<double>(std::filesystem::file_size(file(who))) / 1e6);
      auto const warm = [&](std::int64_t cache_bytes, auto const& work) {
        auto store = all[who].open(file(who), {.cache_bytes = cache_bytes});
        work(*store);
        return work(*store);
      };
      auto const looking_up = [&](Store& store) { return look_up(store, people, kLookUps / plan.divisor); };
      auto const searching = [&](Store& store) { return search(store, kSearches / plan.divisor); };
      note(small, who, warm(2 << 20, looking_up));
      note(large, who, warm(32 << 20, looking_up));
      note(found, who, warm(32 << 20, searching));
      forget(file(who));
      note(cold, who, look_up(*all[who].open(file(who), {}), people, kColdLookUps / plan.divisor));
      forget(file(who));
      note(found_cold, who, search(*all[who].open(file(who), {}), kSearches / plan.divisor));
    }
  }
  for (auto* line : {&imported, &large, &small, &cold, &found, &found_cold, &size}) report.add(std::move(*line));
  std::filesystem::remove_all(folder);
}

}  // namespace dga::benchmarks
