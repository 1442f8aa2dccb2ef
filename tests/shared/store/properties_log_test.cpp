// Any history of a log leaves a chain that verifies, and nothing can be changed in it unseen.
#include <doctest/doctest.h>

#include "shared/crypto/hash.h"
#include "shared/store/kiosk_schema.h"
#include "shared/store/kiosk_store.h"
#include "tests/support/properties.h"
#include "tests/support/store_sql.h"

using namespace dga;

namespace {

store::LogIdentity identity() {
  auto const device = *base::DeviceId::from("a device of one.");
  auto const salt = *base::LogSalt::from("a salt of no one");
  return {device, crypto::log_id(device, salt), salt};
}

// What is known of a record without asking the store.
struct Written {
  base::Bytes bytes;
  bool erased = false;
};

// A log with a history: appends of any sizes, restarts, new boots, checkpoints, erasures.
struct History {
  test::StoreScratch scratch;
  test::StoreClock clock;
  std::optional<store::KioskStore> store;
  std::vector<Written> written;

  History() {
    auto made = store::KioskStore::create(scratch.path(), test::store_key('k'), identity(), "0.1.0", clock);
    RC_ASSERT(made.ok());
    store.emplace(std::move(made).value());
    note_from(1);
  }
  void reopen() {
    store.reset();
    auto opened = store::KioskStore::open(scratch.path(), test::store_key('k'));
    RC_ASSERT(opened.ok());
    store.emplace(std::move(opened).value());
  }
  void note_from(std::uint64_t seq) {
    auto const note = [this](store::StoredRecord const& record) -> base::Result<bool> {
      written.push_back({record.bytes});
      return true;
    };
    RC_ASSERT(store->replay(seq, note).ok());
  }
  void append(std::vector<std::uint16_t> const& lengths) {
    std::vector<v1::Record> drafts;
    for (auto const length : lengths)
      drafts.emplace_back().mutable_kiosk_event()->set_detail(std::string(length % 5'000, 'd'));
    auto const appended = store->append(drafts, clock);
    RC_ASSERT(appended.ok());
    RC_ASSERT(appended->size() == drafts.size());
    for (auto const& record : *appended) {
      written.push_back({record.bytes});
      RC_ASSERT(record.seq == written.size());
    }
  }
  void erase(std::uint64_t seq) {
    auto statement = store->database().prepare("UPDATE record SET bytes = NULL WHERE place = ?");
    RC_ASSERT(statement.ok());
    RC_ASSERT(statement->bind(1, store::place_of(1, seq)).run().ok());
    written[seq - 1] = {{}, true};
  }
  void live(std::vector<std::uint8_t> const& choices) {
    for (auto const choice : choices) switch (choice % 8) {
        case 0: reopen(); break;
        case 1: clock.boot += "'"; break;
        case 2: clock.wall -= 86'400'000; break;
        case 3: RC_ASSERT(store->database().checkpoint().ok()); break;
        case 4: erase(1 + choice / 8U % written.size()); break;
        default: append(*rc::gen::container<std::vector<std::uint16_t>>(rc::gen::arbitrary<std::uint16_t>()));
      }
  }
  void run(std::string const& sql) { RC_ASSERT(store->database().run(sql.c_str()).ok()); }
  bool verifies() {
    auto const checked = store->check_chain(1);
    if (!checked.ok()) RC_ASSERT(checked.error().code == "store.chain");
    return checked.ok();
  }
};

std::string place(std::uint64_t seq) { return std::to_string(store::place_of(1, seq)); }

}  // namespace

TEST_CASE("after any history a log holds what was written and its chain verifies") {
  CHECK(test::holds("a log's history", 200, 40, [](std::vector<std::uint8_t> const& choices) {
    History history;
    history.live(choices);
    history.reopen();
    RC_ASSERT(history.verifies());
    RC_ASSERT(history.store->head().seq == history.written.size());
    std::size_t seq = 0;
    auto const compare = [&](store::StoredRecord const& record) -> base::Result<bool> {
      auto const& expected = history.written.at(seq++);
      RC_ASSERT(record.seq == seq);
      RC_ASSERT(record.erased == expected.erased);
      RC_ASSERT(record.bytes == expected.bytes);
      return true;
    };
    RC_ASSERT(history.store->replay(1, compare).ok());
    RC_ASSERT(seq == history.written.size());
  }));
}

TEST_CASE("any octet changed, any two records swapped and any record removed is noticed by the chain") {
  CHECK(test::holds("a log changed", 600, 20, [](std::vector<std::uint8_t> const& choices, std::uint8_t how) {
    History history;
    history.live(choices);
    history.append({10, 2'000, 0});
    RC_ASSERT(history.verifies());  // or what follows would show nothing
    auto const last = history.written.size();
    auto const seq =
        *rc::gen::inRange<std::uint64_t>(1, last);  // the very last can be removed unseen here: receipts see it
    auto const other = *rc::gen::distinctFrom(rc::gen::inRange<std::uint64_t>(1, last + 1), seq);
    switch (how % 4) {
      case 0: {  // one octet of one of the three
        auto const column = *rc::gen::element<std::string>("bytes", "digest", "hash");
        auto read = history.store->database().prepare(column == "bytes"    ? "SELECT bytes FROM record WHERE place = ?"
                                                      : column == "digest" ? "SELECT digest FROM record WHERE place = ?"
                                                                           : "SELECT hash FROM record WHERE place = ?");
        RC_ASSERT(read.ok());
        read->bind(1, store::place_of(1, other));
        auto const row = read->step();
        RC_ASSERT(row.ok());
        RC_ASSERT(*row);
        if (read->is_null(0)) RC_DISCARD("erased");
        base::Bytes changed(read->bytes(0));
        read->reset();
        auto const at = *rc::gen::inRange<std::size_t>(0, changed.size());
        changed[at] = static_cast<char>(changed[at] ^ *rc::gen::inRange(1, 256));
        history.run("UPDATE record SET " + column + " = x'" + base::to_hex(changed) +
                    "' WHERE place = " + place(other));
        break;
      }
      case 1:  // two change places
        history.run("UPDATE record SET place = 0 WHERE place = " + place(seq) +
                    "; UPDATE record SET place = " + place(seq) + " WHERE place = " + place(other) +
                    "; UPDATE record SET place = " + place(other) + " WHERE place = 0");
        break;
      case 2: history.run("DELETE FROM record WHERE place = " + place(seq)); break;
      default:  // one stands in another's place, with everything that is its own but its place in the chain
        history.run("UPDATE record SET (bytes, digest) = (SELECT bytes, digest FROM record WHERE place = " +
                    place(other) + ") WHERE place = " + place(seq));
    }
    RC_ASSERT(!history.verifies());
  }));
}

TEST_CASE("negative control: a history checker that is given a doctored list sees it") {
  History history;
  history.append({1, 2, 3});
  history.run("UPDATE record SET bytes = x'00' WHERE place = " + place(2));
  CHECK_FALSE(history.verifies());
}
