#include <doctest/doctest.h>

#include <atomic>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "sync/centre/store/postgresql/postgresql_store.h"
#include "sync/centre/store/sqlite/sqlite_store.h"
#include "tests/support/postgresql_cluster.h"

// What every store must do, whichever database is behind it. A new one adds a maker and stands in EVERY_STORE.
using namespace dga;
using namespace dga::centre;

namespace {

// Each opens the same empty place again and again.
struct OnSqlite {
  std::unique_ptr<Store> open() {
    store::OpenOptions options;
    options.mode = std::exchange(mode, store::OpenMode::kExisting);
    auto opened = SqliteStore::open(folder / "centre.db", crypto::Key32(), options);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    return std::move(opened).value();
  }
  support::TemporaryFolder folder;
  store::OpenMode mode = store::OpenMode::kCreate;
};
struct OnPostgresql {
  std::unique_ptr<Store> open() {
    auto opened = PostgresqlStore::open(address, *random);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    return std::move(opened).value();
  }
  std::string address = support::PostgresqlCluster::shared().make_database();
  std::unique_ptr<base::Random> random = base::seeded_random(1);
};
#define EVERY_STORE OnSqlite, OnPostgresql

template <typename Maker>
struct Emptied {
  Maker maker;
  std::unique_ptr<Store> store = maker.open();

  void reopen() {
    store.reset();
    store = maker.open();
  }
  void write(Store::Work const& work) {
    auto const done = store->write(work);
    REQUIRE_MESSAGE(done.ok(), done.error().what);
  }
  void read(Store::Work const& work) {
    auto const done = store->read(work);
    REQUIRE_MESSAGE(done.ok(), done.error().what);
  }
};

template <typename Id>
Id id(std::uint8_t number) {
  Id made;
  made.octets.fill(number);
  return made;
}
base::LogId const kLog = id<base::LogId>(1);
base::LogId const kOther = id<base::LogId>(2);
base::DeviceId const kDevice = id<base::DeviceId>(9);

// h(seq) of a pretended line.
base::Digest hash_of(std::uint64_t seq, std::uint8_t line = 0) {
  auto made = id<base::Digest>(line);
  for (std::size_t i = 0; i < 8; ++i) made.octets[i] = static_cast<std::uint8_t>(seq >> (8 * i));
  return made;
}
LogRow row(std::uint64_t seq, std::uint32_t reason = 0, std::uint8_t line = 0) {
  return {seq, hash_of(seq, line), base::Bytes("record " + std::to_string(seq)), {}, reason};
}
std::vector<std::uint64_t> seqs_of(Tables& tables, base::LogId const& log, std::uint32_t branch, std::uint64_t after,
                                   std::uint64_t through) {
  std::vector<std::uint64_t> seqs;
  auto const done = tables.logs.replay(log, branch, after, through, [&](LogRow const& each) -> base::Done {
    seqs.push_back(each.seq);
    return {};
  });
  CHECK(done.ok());
  return seqs;
}

}  // namespace

TEST_CASE_TEMPLATE("a unit of work is kept whole, and one that fails leaves nothing", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) { return tables.settings.put_setting("kept", "1"); });
  auto const failed = at.store->write([](Tables& tables) -> base::Done {
    TRY_DO(tables.settings.put_setting("kept", "2"));
    TRY_DO(tables.settings.put_setting("lost", "1"));
    return base::refused("test.no", "the test changed its mind");
  });
  CHECK(failed.error().code == "test.no");
  at.reopen();
  at.read([](Tables& tables) -> base::Done {
    CHECK(tables.settings.setting("kept").value() == "1");
    CHECK_FALSE(tables.settings.setting("lost").value());
    return {};
  });
  CHECK(at.store->probe().ok());
}

TEST_CASE_TEMPLATE("a unit of work that throws leaves nothing, and the next one is served", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  auto const failed = at.store->write([](Tables& tables) -> base::Done {
    TRY_DO(tables.settings.put_setting("lost", "1"));
    throw std::bad_alloc();
  });
  CHECK(failed.error().code == "store.failed");
  at.write([](Tables& tables) { return tables.settings.put_setting("kept", "1"); });
  at.read([](Tables& tables) -> base::Done {
    CHECK(tables.settings.setting("kept").value());
    CHECK_FALSE(tables.settings.setting("lost").value());
    return {};
  });
}

TEST_CASE_TEMPLATE("units of work from many threads are all kept, and the ones that fail spoil no other", Maker,
                   EVERY_STORE) {
  Emptied<Maker> at;
  constexpr int kThreads = 8, kUnits = 25;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (int unit = 0; unit < kUnits; ++unit) {
        auto const name = std::to_string(thread) + "." + std::to_string(unit);
        auto const done = at.store->write([&](Tables& tables) -> base::Done {
          TRY_DO(tables.settings.put_setting(name, "x"));
          // Counted within the transaction: no unit may see half of another.
          TRY(auto const before, tables.settings.setting("count"));
          TRY_DO(tables.settings.put_setting("count", std::to_string(std::stoi(before.value_or("0")) + 1)));
          return unit % 5 == 4 ? base::Done(base::refused("test.no", "every fifth")) : base::Done();
        });
        refused += done.ok() ? 0 : 1;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(refused == kThreads * kUnits / 5);
  at.reopen();
  at.read([&](Tables& tables) -> base::Done {
    CHECK(tables.settings.setting("count").value() == std::to_string(kThreads * kUnits * 4 / 5));
    CHECK(tables.settings.setting("3.3").value());
    CHECK_FALSE(tables.settings.setting("3.4").value());
    return {};
  });
}

TEST_CASE_TEMPLATE("rows are kept by log, seq and hash, and replayed in order within their branch", Maker,
                   EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.logs.add_log({kLog, kDevice, {}}));
    TRY_DO(tables.logs.add_log({kOther, kDevice, {}}));
    TRY_DO(tables.logs.append(kLog, 0, std::vector{row(1), row(2, 5), row(3)}));
    TRY_DO(tables.logs.append(kLog, 1, std::vector{row(3, 7, 8), row(4, 0, 8)}));
    return tables.logs.append(kOther, 0, std::vector{row(1)});
  });
  at.reopen();
  at.read([](Tables& tables) -> base::Done {
    CHECK(seqs_of(tables, kLog, 0, 0, 10) == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(seqs_of(tables, kLog, 0, 1, 2) == std::vector<std::uint64_t>{2});
    CHECK(seqs_of(tables, kLog, 1, 0, 10) == std::vector<std::uint64_t>{3, 4});
    CHECK(tables.logs.branch_of(kLog, 3, hash_of(3)).value() == 0u);
    CHECK(tables.logs.branch_of(kLog, 3, hash_of(3, 8)).value() == 1u);
    CHECK_FALSE(tables.logs.branch_of(kLog, 2, hash_of(2, 8)).value());
    CHECK_FALSE(tables.logs.branch_of(kOther, 2, hash_of(2)).value());
    CHECK(tables.logs.places(kLog, 3, 3)->size() == 2);
    CHECK(tables.logs.places(kLog, 1, 4)->size() == 5);
    CHECK(tables.logs.count(kLog, 0)->accepted == 2);
    CHECK(tables.logs.count(kLog, 0)->quarantined == 1);
    CHECK(tables.logs.quarantined_total(kLog, 0, 1, 10).value() == 1);
    CHECK(tables.logs.quarantined_total(kLog, 0, 3, 10).value() == 0);
    CHECK(tables.logs.quarantined(kLog, 1, 1, 10, 100)->front().reason == 7);
    CHECK(tables.logs.quarantined(kLog, 1, 1, 10, 0)->empty());
    CHECK(tables.logs.logs()->size() == 2);
    return {};
  });
  at.write([](Tables& tables) { return tables.logs.set_reason(kLog, 2, hash_of(2), 0); });
  at.read([](Tables& tables) -> base::Done {
    CHECK(tables.logs.count(kLog, 0)->quarantined == 0);
    return {};
  });
}

TEST_CASE_TEMPLATE("a row that is stored is never overwritten", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) { return tables.logs.append(kLog, 0, std::vector{row(1)}); });
  CHECK_FALSE(at.store->write([](Tables& tables) {
                        return tables.logs.append(kLog, 0, std::vector{row(2), row(1, 3)});
                      })
                  .ok());
  at.read([](Tables& tables) -> base::Done {
    CHECK(tables.logs.count(kLog, 0)->accepted == 1);
    CHECK(tables.logs.count(kLog, 0)->quarantined == 0);
    return {};
  });
}

TEST_CASE_TEMPLATE("an erased record keeps the digest that came instead of it", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) {
    return tables.logs.append(kLog, 0, std::vector{LogRow{1, hash_of(1), std::nullopt, id<base::Digest>(77), 0}});
  });
  at.read([](Tables& tables) {
    return tables.logs.replay(kLog, 0, 0, 1, [](LogRow const& each) -> base::Done {
      CHECK_FALSE(each.bytes);
      CHECK(each.digest == id<base::Digest>(77));
      return {};
    });
  });
}

TEST_CASE_TEMPLATE("parked batches are kept once, counted by device, and given back as they came", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  ParkedBatch const parked{id<base::Digest>(3), kLog, kDevice, 11, 5, hash_of(10), false, "sealed"};
  at.write([&](Tables& tables) -> base::Done {
    TRY_DO(tables.logs.park(parked));
    return tables.logs.park(parked);
  });
  at.reopen();
  at.read([&](Tables& tables) -> base::Done {
    TRY(auto const list, tables.logs.parked(kLog));
    REQUIRE(list.size() == 1);
    CHECK(list[0].first_seq == 11);
    CHECK(list[0].prev_hash == hash_of(10));
    CHECK(tables.logs.parked_total(kDevice).value() == 6);
    CHECK(tables.logs.parked_total(id<base::DeviceId>(8)).value() == 0);
    CHECK(tables.logs.parked_bytes(kLog, parked.id).value() == "sealed");
    CHECK(tables.logs.parked(kOther)->empty());
    return {};
  });
  at.write([&](Tables& tables) { return tables.logs.unpark(kLog, parked.id); });
  at.read([&](Tables& tables) -> base::Done {
    CHECK(tables.logs.parked(kLog)->empty());
    return {};
  });
}

TEST_CASE_TEMPLATE("branches and signed heads are replaced by what is known better", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.logs.put_branch(kLog, {0, 0, 0, 5, hash_of(5)}));
    TRY_DO(tables.logs.put_branch(kLog, {1, 0, 4, 6, hash_of(6, 8)}));
    TRY_DO(tables.logs.put_branch(kLog, {0, 0, 0, 9, hash_of(9)}));
    TRY_DO(tables.logs.note_head(kLog, {20, hash_of(20), 0, 3}));
    TRY_DO(tables.logs.note_head(kLog, {30, hash_of(30), 0, 3}));
    return tables.logs.note_head(kLog, {20, hash_of(20), 1, 6});
  });
  at.read([](Tables& tables) -> base::Done {
    TRY(auto const branches, tables.logs.branches(kLog));
    REQUIRE(branches.size() == 2);
    CHECK(branches[0].head_seq == 9);
    CHECK(branches[1].fork_at == 4);
    TRY(auto const heads, tables.logs.signed_heads(kLog));
    REQUIRE(heads.size() == 2);
    CHECK(heads[0].seq == 30);
    CHECK(heads[1].branch == 1);
    return {};
  });
}

TEST_CASE_TEMPLATE("every log's branches are told at once, by log and number", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.logs.put_branch(kOther, {0, 0, 0, 7, hash_of(7)}));
    TRY_DO(tables.logs.put_branch(kLog, {1, 0, 4, 6, hash_of(6, 8)}));
    return tables.logs.put_branch(kLog, {0, 0, 0, 5, hash_of(5)});
  });
  at.read([](Tables& tables) -> base::Done {
    TRY(auto const branches, tables.logs.all_branches());
    REQUIRE(branches.size() == 3);
    CHECK(branches[0].log == kLog);
    CHECK(branches[0].branch.head_seq == 5);
    CHECK(branches[1].log == kLog);
    CHECK(branches[1].branch.fork_at == 4);
    CHECK(branches[2].log == kOther);
    CHECK(branches[2].branch.head_hash == hash_of(7));
    return {};
  });
}

TEST_CASE_TEMPLATE("devices, their classes and their codes are kept", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.devices.put_device(
        {kDevice, std::string(32, 'e'), std::string(32, 'x'), "cửa 1", DeviceState::kPending, 0}));
    TRY_DO(tables.devices.heard_from(kDevice, 42));
    TRY_DO(tables.devices.assign(kDevice, 5, 200));
    TRY_DO(tables.devices.assign(kDevice, 7, 100));
    CodeRow code;
    code.id = "8 octets";
    code.code = std::string(16, 'c');
    code.class_id = 5;
    code.expires_ms = 1000;
    return tables.devices.put_code(code);
  });
  at.reopen();
  at.read([](Tables& tables) -> base::Done {
    TRY(auto const device, tables.devices.device(kDevice));
    REQUIRE(device);
    CHECK(device->name == "cửa 1");
    CHECK(device->last_heard_ms == 42);
    CHECK(device->state == DeviceState::kPending);
    CHECK(tables.devices.classes_of(kDevice).value() == std::vector<std::uint64_t>{7, 5});
    CHECK(tables.devices.devices()->size() == 1);
    CHECK_FALSE(tables.devices.device(id<base::DeviceId>(8)).value());
    CHECK(tables.devices.code("8 octets").value()->code == std::string(16, 'c'));
    CHECK(tables.devices.codes(CodeState::kFresh)->size() == 1);
    CHECK(tables.devices.codes(CodeState::kDead)->empty());
    CHECK_FALSE(tables.devices.code("another").value());
    return {};
  });
}

TEST_CASE_TEMPLATE("classes, people, staff and pack versions are kept", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  MemberRow const member{{17, "Đức", "Sở", "CV", "Huế", "+84903123456", "d@x", "note"}, 3, std::string(32, 'h')};
  at.write([&](Tables& tables) -> base::Done {
    TRY_DO(tables.classes.add_class({1, "class", std::string(32, 'b'), std::string(32, 'c')}));
    TRY_DO(tables.classes.put_member(1, member));
    TRY_DO(tables.classes.put_member(1, member));
    TRY_DO(tables.classes.add_staff(1, {1, "Hà", 2, "hash"}));
    return tables.classes.put_pack_version(1, {hash_of(1), 99, 98});
  });
  CHECK_FALSE(at.store->write([](Tables& tables) { return tables.classes.add_class({1, "again", "", ""}); }).ok());
  at.reopen();
  at.read([&](Tables& tables) -> base::Done {
    CHECK(tables.classes.a_class(1).value()->bytes == "class");
    CHECK(tables.classes.classes()->size() == 1);
    REQUIRE(tables.classes.members(1)->size() == 1);
    CHECK(tables.classes.members(1)->front() == member);
    CHECK(tables.classes.members(2)->empty());
    CHECK(tables.classes.member_count(1).value() == 1);
    CHECK(tables.classes.highest_participant().value() == 17);
    CHECK(tables.classes.participant(17).value() == member.person);
    CHECK_FALSE(tables.classes.participant(18).value());
    CHECK(tables.classes.staff(1)->front().pin_hash == "hash");
    CHECK(tables.classes.pack_version(1).value()->version == 99);
    CHECK_FALSE(tables.classes.pack_version(2).value());
    return {};
  });
}

TEST_CASE_TEMPLATE("what stands in a backup is remembered, never falls, and is forgotten as a whole", Maker,
                   EVERY_STORE) {
  Emptied<Maker> at;
  auto const marks = [&](base::LogId const& log) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> found;
    at.read([&](Tables& tables) -> base::Done {
      found.clear();
      TRY(auto const kept, tables.durability.backed_up(log));
      for (auto const& mark : kept) found.emplace_back(mark.branch, mark.through);
      return {};
    });
    return found;
  };
  using Marks = std::vector<std::pair<std::uint32_t, std::uint64_t>>;
  CHECK(marks(kLog).empty());
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.durability.note_backed_up(kLog, {1, 7}));
    TRY_DO(tables.durability.note_backed_up(kLog, {0, 500}));
    return tables.durability.note_backed_up(kOther, {0, 9});
  });
  CHECK(marks(kLog) == Marks{{0, 500}, {1, 7}});
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.durability.note_backed_up(kLog, {0, 400}));  // an older backup takes nothing away
    return tables.durability.note_backed_up(kLog, {1, 8});
  });
  at.reopen();
  CHECK(marks(kLog) == Marks{{0, 500}, {1, 8}});
  CHECK(marks(kOther) == Marks{{0, 9}});
  at.write([](Tables& tables) { return tables.durability.forget_backups(); });
  CHECK(marks(kLog).empty());
  CHECK(marks(kOther).empty());
}

TEST_CASE_TEMPLATE("without a standby nothing is on one", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  std::optional<std::uint64_t> before, after;
  auto const place = [](std::optional<std::uint64_t>& into) {
    return [&into](Tables& tables) -> base::Done {
      TRY(into, tables.durability.position());
      return tables.settings.put_setting("x", "1");
    };
  };
  at.write(place(before));
  at.write(place(after));
  CHECK(before.has_value() == after.has_value());
  if (before) CHECK(*before < *after);  // every commit lies behind the places asked before it
  at.read([&](Tables& tables) -> base::Done {
    CHECK_FALSE(tables.durability.on_standby(before.value_or(1)).value());
    return {};
  });
}

TEST_CASE_TEMPLATE("a class's forms are kept for good by their hashes, and which are current changes", Maker,
                   EVERY_STORE) {
  Emptied<Maker> at;
  FormRow const old{hash_of(1), "peer", "{old}", true}, newer{hash_of(2), "peer", base::Bytes("\0raw", 4), true};
  FormRow const other{hash_of(3), "after", "{}", false};
  at.write([&](Tables& tables) -> base::Done {
    TRY_DO(tables.classes.add_class({1, "class", std::string(32, 'b'), std::string(32, 'c')}));
    TRY_DO(tables.classes.add_class({2, "another", std::string(32, 'b'), std::string(32, 'c')}));
    TRY_DO(tables.classes.put_form(1, old));
    TRY_DO(tables.classes.put_form(1, other));
    TRY_DO(tables.classes.put_form(1, {old.hash, "renamed", "{changed}", false}));  // what it says is never changed
    TRY_DO(tables.classes.put_form(1, newer));
    return tables.classes.change_class(1, "changed");
  });
  at.reopen();
  at.read([&](Tables& tables) -> base::Done {
    auto const forms = tables.classes.forms(1).value();
    REQUIRE(forms.size() == 3);
    CHECK(forms[0] == other);
    CHECK(forms[1] == FormRow{old.hash, "peer", "{old}", false});
    CHECK(forms[2] == newer);
    auto const row = tables.classes.a_class(1).value().value();
    CHECK(row.bytes == "changed");
    CHECK(row.badge_key == std::string(32, 'b'));
    CHECK(row.forms == std::set<base::Digest>{old.hash, newer.hash, other.hash});
    CHECK(tables.classes.forms(2)->empty());
    auto const classes = tables.classes.classes().value();
    REQUIRE(classes.size() == 2);
    CHECK(classes[0].forms == row.forms);
    CHECK(classes[1].forms.empty());
    CHECK(classes[1].bytes == "another");
    return {};
  });
}
