// What is found again when SQLite can no longer be asked.
#include "tests/shared/store/salvage/written_kiosk.h"

using namespace dga;
using test::KioskImage, test::WrittenKiosk;

namespace {

constexpr std::size_t kPage = 4096;

void fill(WrittenKiosk& kiosk) {
  for (int i = 0; i < 30; ++i) kiosk.append(20);
  for (std::size_t const extra : {3900, 4010, 9000, 60'000}) kiosk.append(1, extra);
  kiosk.append(10);
}

void flip(base::Bytes& bytes, std::size_t at) { bytes[at] = static_cast<char>(bytes[at] ^ 0x10); }

void check_found(salvage::FoundRecords const& found, WrittenKiosk const& kiosk) {
  for (auto const& each : found.records) {
    REQUIRE(each.record.seq <= kiosk.records.size());
    CHECK(test::same_record(each.record, kiosk.records[each.record.seq - 1]));
  }
}

}  // namespace

TEST_CASE("every record of a whole kiosk is found, closed well or not") {
  WrittenKiosk kiosk;
  fill(kiosk);
  auto const look = [&] {
    auto const found = test::find(kiosk.image(), kiosk.key);
    CHECK(found.records.size() == kiosk.records.size());
    CHECK(found.missing.empty());
    CHECK(found.cut.empty());
    CHECK(found.refused_rows == 0);
    check_found(found, kiosk);
    REQUIRE(found.logs.contains(1));
    CHECK(found.logs.at(1).log == kiosk.identity.log);
  };
  look();
  kiosk.checkpoint();
  look();
  kiosk.append(3);
  look();
  kiosk.close();
  look();
}

TEST_CASE("a page that leads to others may be damaged without losing a record") {
  WrittenKiosk kiosk;
  fill(kiosk);
  kiosk.close();
  auto const good = kiosk.image();
  std::size_t losing = 0, without_loss = 0;
  for (std::size_t page = 1; page <= good.database.size() / kPage; ++page) {
    auto image = good;
    flip(image.database, (page - 1) * kPage + 77);
    auto const found = test::find(image, kiosk.key);
    check_found(found, kiosk);
    auto const lost = kiosk.records.size() - found.records.size();
    if (lost == 0) ++without_loss;
    if (lost > 0) ++losing;
    // A leaf holds some twenty of them, an overflow page a part of one.
    CHECK(lost < 40);
    std::size_t missing = 0;
    for (auto const& range : found.missing) missing += range.last - range.first + 1;
    if (found.records.back().record.seq == kiosk.records.size()) CHECK(missing == lost);
    CHECK(found.cut.size() <= 1);
  }
  CHECK(without_loss >= 5);  // page 1, the roots, other tables
  CHECK(losing >= 30);
}

TEST_CASE("without the first page, which SQLite cannot do without, everything is found") {
  WrittenKiosk kiosk;
  fill(kiosk);
  kiosk.close();
  auto image = kiosk.image();
  image.database.replace(0, kPage, kPage, 'x');
  auto const files = image.files();
  CHECK_FALSE(test::check(image, kiosk.key).whole());
  auto const found = test::find(image, kiosk.key);
  CHECK(found.records.size() == kiosk.records.size());
  CHECK(found.cut.empty());
}

TEST_CASE("an erased record stays erased, though older frames still have its bytes") {
  WrittenKiosk kiosk;
  fill(kiosk);
  REQUIRE(kiosk.store->database().run("UPDATE record SET bytes = NULL WHERE place & 15 = 3").ok());
  for (auto& record : kiosk.records)
    if ((record.seq & 15) == 3) {
      record.bytes.clear();
      record.erased = true;
    }
  auto const found = test::find(kiosk.image(), kiosk.key);
  CHECK(found.records.size() == kiosk.records.size());
  CHECK(found.missing.empty());
  check_found(found, kiosk);
}

TEST_CASE("rows that are not what was hashed, or stand in another's place, are not taken for records") {
  WrittenKiosk kiosk;
  kiosk.append(9);
  kiosk.close();  // so that no older frame has them
  kiosk.store.emplace(store::KioskStore::open(kiosk.scratch.path(), kiosk.key).value());
  auto const at = [](int seq) { return std::to_string((std::int64_t{1} << 40) + seq); };
  auto const sql = "UPDATE record SET bytes = x'0803' WHERE place = " + at(3) +
                   "; UPDATE record SET place = " + at(50) + " WHERE place = " + at(7) +
                   "; UPDATE record SET bytes = NULL, digest = zeroblob(32) WHERE place = " + at(10);
  REQUIRE(kiosk.store->database().run(sql.c_str()).ok());
  REQUIRE(kiosk.store->database().run("PRAGMA wal_checkpoint(TRUNCATE)").ok());
  auto const found = test::find(kiosk.image(), kiosk.key);
  CHECK(found.records.size() == 7);
  CHECK(found.refused_rows == 3);
  check_found(found, kiosk);
  REQUIRE(found.missing.size() == 2);
  CHECK(found.missing[0].first == 3);
  CHECK(found.missing[1].first == 7);
  REQUIRE(found.cut.size() == 2);
  CHECK(found.cut[0].first == 4);
}

TEST_CASE("what was never committed is marked, and never in the way of what was") {
  WrittenKiosk kiosk;
  fill(kiosk);
  auto const before = kiosk.image();
  auto const committed = kiosk.records.size();
  kiosk.append(1);
  auto image = kiosk.image();
  // The commit's last frame is torn: it may have been promised or not.
  flip(*image.log, image.log->size() - 500);
  auto const found = test::find(image, kiosk.key);
  check_found(found, kiosk);
  for (auto const& each : found.records)
    if (each.record.seq <= committed) CHECK(each.promised);
  CHECK(found.records.size() >= committed);
  // And a log whose frame is cut in two is the log without it.
  image = kiosk.image();
  image.log->resize(before.log->size() + 100);
  CHECK(test::find(image, kiosk.key).records.size() == committed);
}
