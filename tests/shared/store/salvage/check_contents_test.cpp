// What a check says of contents that open well and contradict themselves: somebody with the key, or a fault of ours.
#include <doctest/doctest.h>

#include "shared/store/kiosk_schema.h"
#include "tests/shared/store/salvage/written_kiosk.h"

using namespace dga;
using test::WrittenKiosk;

namespace {

// What the check tells after this was done to a kiosk of eleven records.
std::string told_after(std::string const& sql) {
  WrittenKiosk kiosk;
  kiosk.append(10);
  REQUIRE(kiosk.store->put_sync_state({.received_through = 8, .durable_through = 5}).ok());
  REQUIRE(kiosk.store->database().run("PRAGMA foreign_keys=OFF").ok());
  auto const done = kiosk.store->database().run(sql.c_str());
  if (!done.ok()) FAIL(base::describe(done.error()));
  kiosk.close();
  return test::told(test::check(kiosk.image(), kiosk.key));
}
std::string place(std::uint64_t seq) { return std::to_string(store::place_of(1, seq)); }
bool has(std::string const& text, std::string_view words) { return text.find(words) != std::string::npos; }

// How a kiosk's start ends after the same.
std::string opened_after(std::string const& sql) {
  WrittenKiosk kiosk;
  kiosk.append(10);
  REQUIRE(kiosk.store->database().run("PRAGMA foreign_keys=OFF").ok());
  auto const done = kiosk.store->database().run(sql.c_str());
  if (!done.ok()) FAIL(base::describe(done.error()));
  kiosk.close();
  auto const opened = store::KioskStore::open(kiosk.scratch.path(), kiosk.key);
  return opened.ok() ? "" : opened.error().code;
}

}  // namespace

TEST_CASE("an untouched kiosk is whole, or the words below would mean nothing") {
  CHECK(told_after("SELECT 1") == "");
  CHECK(opened_after("SELECT 1") == "");
}

TEST_CASE("records that are changed, moved, cut or gone are named by their seq") {
  CHECK(has(told_after("UPDATE record SET bytes = x'00' WHERE place = " + place(4)),
            "record 4: is not what was written"));
  CHECK(has(told_after("UPDATE record SET digest = x'00' WHERE place = " + place(4)),
            "record 4: has no digest or no hash"));
  CHECK(has(told_after("UPDATE record SET hash = zeroblob(32) WHERE place = " + place(4)),
            "record 4: does not follow from the one before"));
  CHECK(has(told_after("DELETE FROM record WHERE place = " + place(4)), "record 4: is missing"));
  CHECK(has(told_after("DELETE FROM record WHERE place BETWEEN " + place(4) + " AND " + place(6)),
            "record 4: and those up to 6 are missing"));
  // Everything of record 5 in the place of record 4: it says itself that it is another.
  CHECK(has(told_after("UPDATE record SET (bytes, digest) = (SELECT bytes, digest FROM record WHERE place = " +
                       place(5) + ") WHERE place = " + place(4)),
            "record 4: does not stand in its place"));
}

TEST_CASE("a log without records, records without a log and a stranger's identity are told") {
  CHECK(has(told_after("DELETE FROM record"), "record 1: is missing"));
  CHECK(has(told_after("DELETE FROM sync_state; DELETE FROM log"), "holds no log"));
  CHECK(has(told_after("INSERT INTO record SELECT place + " + std::to_string(store::place_of(6, 0)) +
                       ", bytes, digest, hash, facts FROM record WHERE place = " + place(3)),
            "1 records belong to no log"));
  CHECK(has(told_after("UPDATE log SET device_id = zeroblob(16)"), "does not follow from its device and salt"));
  CHECK(has(told_after("UPDATE log SET log_salt = x'00'"), "does not follow from its device and salt"));
}

TEST_CASE("a sync state beyond the log, or durable beyond received, is told") {
  CHECK(
      has(told_after("UPDATE sync_state SET received_through = 30"), "sync_state 30: the centre has records up to 30"));
  CHECK(has(told_after("UPDATE sync_state SET durable_through = 10"), "sync_state 10: more is durable (10)"));
}

TEST_CASE("a kiosk does not start on contents that contradict themselves") {
  CHECK(opened_after("UPDATE record SET hash = x'00' WHERE place = " + place(11)) == "store.chain");
  CHECK(opened_after("UPDATE record SET hash = x'00' WHERE place = " + place(7)) == "store.chain");
  CHECK(opened_after("UPDATE record SET digest = zeroblob(32) WHERE place = " + place(7)) == "store.chain");
  CHECK(opened_after("DELETE FROM record WHERE place = " + place(7)) == "store.chain");
  CHECK(opened_after("DELETE FROM record") == "store.chain");
  CHECK(opened_after("DELETE FROM log") == "store.chain");
  CHECK(opened_after("UPDATE log SET log_id = zeroblob(16)") == "store.chain");
  CHECK(opened_after("UPDATE log SET log_salt = x'01'") == "store.chain");
  CHECK(opened_after("PRAGMA user_version=99") == "store.too_new");
  CHECK(opened_after("PRAGMA application_id=7") == "store.not_ours");
}

TEST_CASE("a hash that is gone from the middle is told when it is asked for") {
  WrittenKiosk kiosk;
  kiosk.append(100);
  auto& store = *kiosk.store;
  REQUIRE(store.database().run(("DELETE FROM record WHERE place = " + place(5)).c_str()).ok());
  CHECK(store.hash_at(5).error().code == "store.chain");
  CHECK(store.hash_at(4).ok());
  CHECK(store.hash_at(102).error().code == "store.no_record");
}

TEST_CASE("every piece has a word of its own") {
  using salvage::Piece;
  std::vector<std::string_view> words;
  for (auto const piece : {Piece::kPage, Piece::kLogHeader, Piece::kFrame, Piece::kLogTail, Piece::kLog,
                           Piece::kDatabase, Piece::kRecord, Piece::kSyncState}) {
    auto const word = salvage::name_of(piece);
    CHECK_FALSE(word.empty());
    CHECK(std::find(words.begin(), words.end(), word) == words.end());
    words.push_back(word);
  }
}
