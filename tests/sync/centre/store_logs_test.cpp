#include "tests/sync/centre/every_store.h"

// What every store must do: logs, their branches, what is parked.
using namespace dga;
using namespace dga::centre;

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
