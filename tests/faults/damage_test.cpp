// Thousands of damages to a kiosk's files. Each must be seen, and every record on a page that was not touched must be
// found again, byte for byte. What nothing in the files can tell is counted apart.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "shared/crypto/hash.h"
#include "shared/store/salvage/snapshot_vfs.h"
#include "tests/shared/store/salvage/written_kiosk.h"

using namespace dga;
using test::KioskImage, test::WrittenKiosk;

namespace {

constexpr std::size_t kPage = 4096, kCell = 4160, kLogHeader = 72, kSector = 512;

bool is_long() {
  auto const* const value = std::getenv("DGA_LONG");
  return value && std::string_view(value) == "1";
}

// A kiosk's files at one moment, and those of earlier moments, whose pages are as valid.
struct Scene {
  std::string_view name;
  KioskImage now;
  std::vector<KioskImage> earlier;
  std::vector<salvage::FoundRecord> records;  // where the newest version of each is, when nothing is damaged
};

struct Kiosk {
  WrittenKiosk written{2024};
  std::vector<Scene> scenes;

  Kiosk() {
    std::vector<KioskImage> earlier;
    auto const remember = [&] { earlier.push_back(written.image()); };
    auto const receive = [&](std::size_t less) {
      auto const through = written.records.size() - less;
      REQUIRE(written.store->put_sync_state({through, through, 5, 0, 0, false, 1}).ok());
    };
    REQUIRE(written.store->put_setting("centre.address", "https://centre.example").ok());
    REQUIRE(written.store->keep_pack(1, text(90'000)).ok());
    for (int i = 0; i < 12; ++i) {
      written.append(1 + written.random->below(20));
      if (i % 4 == 1) written.append(1, 3000 + written.random->below(20'000));
      if (i % 3 == 2) receive(4);
    }
    remember();
    add("crashed, all in the log", earlier);
    written.checkpoint();
    remember();
    for (int i = 0; i < 60; ++i) {
      written.append(1 + written.random->below(6));
      if (i % 9 == 4) written.append(1, 500 + written.random->below(9000));
      if (i % 10 == 9) {
        receive(3);
        remember();
      }
      if (i % 20 == 19) written.checkpoint();
    }
    // Old records are wiped, and the kiosk has another pack.
    REQUIRE(
        written.store->database().run("UPDATE record SET bytes = NULL WHERE place & 1048575 BETWEEN 2 AND 40").ok());
    REQUIRE(written.store->keep_pack(2, text(100'000)).ok());
    written.checkpoint();
    remember();
    for (int i = 0; i < 25; ++i) {
      written.append(1 + written.random->below(3));
      if (i % 8 == 3) receive(2);
      if (i % 10 == 5) written.append(1, 7000);
    }
    add("crashed, the log begun anew", earlier);
    written.close();
    add("closed", earlier);
  }

  base::Bytes text(std::size_t size) {
    base::Bytes octets(size, '\0');
    written.random->fill(octets.data(), octets.size());
    return octets;
  }
  void add(std::string_view name, std::vector<KioskImage> const& earlier) {
    auto const now = written.image();
    auto const report = test::check(now, written.key);
    REQUIRE_MESSAGE(test::told(report) == "", test::told(report));
    scenes.push_back({name, now, earlier, test::find(now, written.key).records});
    REQUIRE(scenes.back().records.size() == written.records.size());
  }
};

// What was done, in words, and which pieces it touched.
struct Damage {
  std::string what;
  std::set<std::uint64_t> pages, frames;
  bool log_header = false;
  enum class Kind { kFlip, kZero, kSwap, kStale, kCut } kind = Kind::kFlip;
  bool in_log = false;

  void touch(std::uint64_t at, std::uint64_t size) {
    for (auto octet = at; octet < at + size; octet = next_piece(octet)) {
      if (!in_log)
        pages.insert(octet / kPage + 1);
      else if (octet < kLogHeader)
        log_header = true;
      else
        frames.insert((octet - kLogHeader) / kCell + 1);
    }
  }
  std::uint64_t next_piece(std::uint64_t octet) const {
    if (!in_log) return (octet / kPage + 1) * kPage;
    return octet < kLogHeader ? kLogHeader : kLogHeader + ((octet - kLogHeader) / kCell + 1) * kCell;
  }
  bool touches(salvage::Place const& place) const {
    return place.frame != 0 ? frames.contains(place.frame) : pages.contains(place.page);
  }
};

// Damages a scene's files in one way; nothing when the dice said to put back what is there.
std::optional<Damage> damage(Scene const& scene, KioskImage& image, base::Random& random) {
  Damage done;
  // Old pieces often are what is there now: they are asked for more often.
  constexpr std::array kKinds{Damage::Kind::kFlip,  Damage::Kind::kZero,  Damage::Kind::kSwap, Damage::Kind::kCut,
                              Damage::Kind::kStale, Damage::Kind::kStale, Damage::Kind::kStale};
  done.kind = kKinds[random.below(kKinds.size())];
  done.in_log = image.log && random.below(2) == 0;
  auto& file = done.in_log ? *image.log : image.database;
  auto const before = file;
  auto const piece_bytes = done.in_log ? kCell : kPage;
  auto const start = done.in_log ? kLogHeader : 0;
  auto const pieces = (file.size() - start) / piece_bytes;
  auto const place = [&] { return start + random.below(pieces) * piece_bytes; };
  switch (done.kind) {
    case Damage::Kind::kFlip: {
      auto const at = random.below(file.size());
      file[at] = static_cast<char>(file[at] ^ (1 << random.below(8)));
      done.what = "a bit flipped at " + std::to_string(at);
      break;
    }
    case Damage::Kind::kZero: {
      bool const whole = random.below(2) == 0;
      auto const at = whole ? place() : random.below(file.size() / kSector) * kSector;
      auto const size = whole ? piece_bytes : kSector;
      file.replace(at, size, size, '\0');
      done.what = std::to_string(size) + " bytes zeroed at " + std::to_string(at);
      break;
    }
    case Damage::Kind::kSwap: {
      auto const a = place(), b = place();
      file.replace(a, piece_bytes, before, b, piece_bytes);
      file.replace(b, piece_bytes, before, a, piece_bytes);
      done.what = "swapped " + std::to_string(a) + " and " + std::to_string(b);
      break;
    }
    case Damage::Kind::kStale: {
      auto const& older = scene.earlier[random.below(scene.earlier.size())];
      auto const* const source = done.in_log ? (older.log ? &*older.log : nullptr) : &older.database;
      auto const at = place();
      if (!source || at + piece_bytes > source->size()) return std::nullopt;
      file.replace(at, piece_bytes, *source, at, piece_bytes);
      done.what = "an older piece put back at " + std::to_string(at);
      break;
    }
    case Damage::Kind::kCut: {
      auto const at = random.below(4) == 0 ? place() : random.below(file.size());
      file.resize(at);
      done.what = "cut at " + std::to_string(at);
      break;
    }
  }
  done.what = std::string(scene.name) + ", " + (done.in_log ? "log: " : "database: ") + done.what;
  bool changed = file.size() != before.size();
  if (changed) done.touch(file.size(), before.size() - file.size());
  for (std::size_t at = 0; at < file.size(); at = done.next_piece(at)) {
    auto const size = std::min<std::size_t>(done.next_piece(at), file.size()) - at;
    if (file.compare(at, size, before, at, size) == 0) continue;
    done.touch(at, 1);
    changed = true;
  }
  return changed ? std::optional(done) : std::nullopt;
}

// What the product makes of the damaged files: the records that it reads, or the error's code.
struct Opened {
  std::string code;
  std::vector<store::StoredRecord> records;
};
Opened open(KioskImage const& image, crypto::Key32 const& key) {
  auto const files = image.files();
  salvage::SnapshotVfs const snapshot(files);
  store::OpenOptions options;
  options.base_vfs = snapshot.name();
  auto opened = store::KioskStore::open("/snapshot", key, options);
  if (!opened.ok()) return {opened.error().code, {}};
  Opened result;
  auto const read = opened->replay(1, [&](store::StoredRecord const& record) -> base::Result<bool> {
    result.records.push_back(record);
    return true;
  });
  if (!read.ok()) result.code = read.error().code;
  return result;
}

enum class Outcome {
  kDetected,
  kTailNamed,   // the log's last commits: what a power cut leaves
  kOtherNamed,  // a page that the log replaces, or behind the database's end
  kEndUnseen,   // the log's end put back as it was at an earlier commit: nothing in the files tells
  kOlderPage,   // an older page without which no record is lost: of another table, or from before records were wiped
  kNotNeeded,   // cut off was what the log has, or what no commit needs: every record is there
};

struct Tally {
  std::map<Outcome, std::uint64_t> outcomes;
  std::map<Damage::Kind, std::uint64_t> kinds;
  std::uint64_t damages = 0, read_on = 0, shorter = 0, older_leaf = 0, records_expected = 0, records_found = 0,
                records_lost = 0;
  std::uint64_t of(Outcome outcome) const {
    auto const found = outcomes.find(outcome);
    return found == outcomes.end() ? 0 : found->second;
  }
};

bool was_written(store::StoredRecord const& found, WrittenKiosk const& written) {
  if (found.seq == 0 || found.seq > written.records.size()) return false;
  auto const& original = written.records[found.seq - 1];
  return found.digest == original.digest && found.hash == original.hash &&
         (found.erased ? found.bytes.empty() : found.bytes == original.bytes);
}

// One damage; false, and told, when something is wrong.
bool try_one(Kiosk const& kiosk, Scene const& scene, Damage const& done, KioskImage const& image, Tally& tally) {
  auto const& key = kiosk.written.key;
  auto const files = image.files();
  auto const report = salvage::check_kiosk(files, key);
  auto const opened = open(image, key);
  auto const fail = [&](std::string_view why) {
    auto const words = report.ok() ? test::told(*report) : base::describe(report.error());
    MESSAGE(why, ": ", done.what, "\n", words, "opened: ", opened.code, " ", opened.records.size());
    return false;
  };

  // Whatever the product reads of what the check calls whole was written, and stands where it was written.
  bool different = false;
  for (std::size_t i = 0; i < opened.records.size(); ++i)
    different = different || opened.records[i].seq != i + 1 || !was_written(opened.records[i], kiosk.written);
  if (different && report.ok() && report->whole()) return fail("silently different");
  tally.read_on += different;
  bool const all_there = opened.code.empty() && opened.records.size() == scene.records.size();

  Outcome outcome;
  if (!report.ok() || !report->whole() || !opened.code.empty()) {
    outcome = Outcome::kDetected;
    tally.shorter += opened.code.empty() && !different && !all_there;
    if (report.ok() && report->whole()) return fail("the product refuses what the check calls whole");
  } else if (!report->notes.empty()) {
    bool const tail = std::any_of(report->notes.begin(), report->notes.end(),
                                  [](auto const& note) { return note.piece == salvage::Piece::kLogTail; });
    outcome = tail ? Outcome::kTailNamed : Outcome::kOtherNamed;
    if (!tail && !all_there) return fail("records are gone, and the check names something harmless");
  } else if (!all_there) {
    outcome = Outcome::kEndUnseen;
    tally.older_leaf += !done.in_log;
    if (done.kind != Damage::Kind::kStale && done.kind != Damage::Kind::kCut) return fail("not seen");
  } else {
    outcome = done.kind == Damage::Kind::kCut ? Outcome::kNotNeeded : Outcome::kOlderPage;
    if (done.kind != Damage::Kind::kStale && done.kind != Damage::Kind::kCut) return fail("not seen");
  }
  ++tally.outcomes[outcome];

  auto const found = test::find(image, key);
  std::set<std::uint64_t> seqs;
  for (auto const& each : found.records) {
    if (!was_written(each.record, kiosk.written)) return fail("a record that nobody wrote");
    seqs.insert(each.record.seq);
  }
  for (auto const& record : scene.records) {
    bool const touched =
        done.touches(record.place) || std::any_of(record.overflow.begin(), record.overflow.end(),
                                                  [&](auto const& place) { return done.touches(place); });
    tally.records_expected += !touched;
    tally.records_found += seqs.contains(record.record.seq);
    tally.records_lost += !seqs.contains(record.record.seq);
    if (!touched && !seqs.contains(record.record.seq)) {
      MESSAGE("record ", record.record.seq, " at page ", record.place.page, ", frame ", record.place.frame);
      return fail("a record on a whole page is lost");
    }
  }
  return true;
}

void tell(Tally& tally, std::uint64_t seed) {
  using Kind = Damage::Kind;
  auto& kinds = tally.kinds;
  fmt::print(
      "damages: {} (seed {}: {} bits flipped, {} zeroed, {} swapped, {} stale, {} cut)\n"
      "  {} detected (of them {} that the kiosk would read on with, and {} that it would open without its last "
      "records: "
      "the check sees both)\n"
      "  {} torn tails named; {} named that the log replaces or that lie behind the end\n"
      "  not to be seen: {} older pages without which no record is lost (pack, settings, sync state, before a wipe); "
      "{} "
      "ends of the log as they were at an earlier commit that no receipt covers, {} of them by an older page of the "
      "database\n"
      "  {} times nothing was lost: cut off was what the log has, or what no commit needs\n"
      "  records: {} on untouched pages, {} found, {} lost with their page, 0 that nobody wrote\n",
      tally.damages, seed, kinds[Kind::kFlip], kinds[Kind::kZero], kinds[Kind::kSwap], kinds[Kind::kStale],
      kinds[Kind::kCut], tally.of(Outcome::kDetected), tally.read_on, tally.shorter, tally.of(Outcome::kTailNamed),
      tally.of(Outcome::kOtherNamed), tally.of(Outcome::kOlderPage), tally.of(Outcome::kEndUnseen), tally.older_leaf,
      tally.of(Outcome::kNotNeeded), tally.records_expected, tally.records_found, tally.records_lost);
  std::fflush(stdout);
}

// A checker of the test's own, so that its chain can be left out; the seqs that it complains of.
enum class Chain { kChecked, kLeftOut };
std::vector<std::uint64_t> complaints(WrittenKiosk& kiosk, Chain chain) {
  std::vector<std::uint64_t> seqs;
  auto previous = crypto::chain_start(kiosk.identity.log);
  auto const read = kiosk.store->replay(1, [&](store::StoredRecord const& record) -> base::Result<bool> {
    v1::Record parsed;
    bool good = record.erased || (crypto::hash({record.bytes}) == record.digest &&
                                  parsed.ParseFromString(record.bytes) && parsed.seq() == record.seq);
    if (chain == Chain::kChecked) good = good && crypto::chain_next(previous, record.seq, record.digest) == record.hash;
    if (!good) seqs.push_back(record.seq);
    previous = record.hash;
    return true;
  });
  REQUIRE(read.ok());
  return seqs;
}

std::string place(int seq) { return std::to_string((std::int64_t{1} << 40) + seq); }

}  // namespace

TEST_CASE("damage is seen wherever it is, and what it did not touch is found again") {
  constexpr std::uint64_t kSeed = 20'241'112;
  std::uint64_t const wanted = is_long() ? 10'000 : 1'000;
  CAPTURE(kSeed);
  Kiosk kiosk;
  auto const random = base::seeded_random(kSeed);
  Tally tally;
  int wrong = 0;
  while (tally.damages < wanted && wrong < 5) {
    auto const& scene = kiosk.scenes[random->below(kiosk.scenes.size())];
    auto image = scene.now;
    auto const done = damage(scene, image, *random);
    if (!done) continue;
    ++tally.damages;
    ++tally.kinds[done->kind];
    if (!try_one(kiosk, scene, *done, image, tally)) ++wrong;
  }
  CHECK(wrong == 0);
  tell(tally, kSeed);
  // No damage that can be known makes a kiosk go on without what it acknowledged.
  CHECK(tally.shorter == 0);
  // try_one lets nothing but old pieces and cuts go unseen; and of those no more than a part.
  auto const old_or_cut = tally.kinds[Damage::Kind::kStale] + tally.kinds[Damage::Kind::kCut];
  CHECK(tally.of(Outcome::kOlderPage) + tally.of(Outcome::kEndUnseen) < old_or_cut / 2);
  CHECK(tally.of(Outcome::kTailNamed) > 0);
}

TEST_CASE("a check without the chain misses records that changed places or were replaced, the product's does not") {
  WrittenKiosk kiosk;
  for (int i = 0; i < 5; ++i) kiosk.append(20);
  CHECK(complaints(kiosk, Chain::kChecked).empty());
  auto& database = kiosk.store->database();
  SUBCASE("two that were wiped changed places") {
    auto const sql = "UPDATE record SET bytes = NULL WHERE place IN (" + place(20) + ", " + place(21) +
                     "); UPDATE record SET place = -1 WHERE place = " + place(20) +
                     "; UPDATE record SET place = " + place(20) + " WHERE place = " + place(21) +
                     "; UPDATE record SET place = " + place(21) + " WHERE place = -1";
    REQUIRE(database.run(sql.c_str()).ok());
  }
  SUBCASE("one is another kiosk's record of the same seq, whole in itself") {
    WrittenKiosk other(99);
    other.append(40);
    auto const& foreign = other.records[19];
    auto put = database.prepare("UPDATE record SET bytes = ?, digest = ?, hash = ? WHERE place = ?").value();
    put.bind_bytes(1, foreign.bytes).bind_bytes(2, foreign.digest.view()).bind_bytes(3, foreign.hash.view());
    REQUIRE(put.bind(4, std::int64_t{std::stoll(place(20))}).run().ok());
  }
  CHECK(complaints(kiosk, Chain::kLeftOut).empty());
  CHECK_FALSE(complaints(kiosk, Chain::kChecked).empty());
  auto const report = test::check(kiosk.image(), kiosk.key);
  CHECK(std::any_of(report.damage.begin(), report.damage.end(), [](auto const& finding) {
    return finding.piece == salvage::Piece::kRecord && finding.number == 20;
  }));
}
