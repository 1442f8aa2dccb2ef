#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <barrier>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "shared/base/log.h"
#include "sync/centre/store/postgresql/postgresql_store.h"
#include "tests/support/postgresql_cluster.h"
#include "tests/support/process.h"

// What only a server can do to a store: conflicts between programs, connections that break, commits without an answer.
// What every store must do is in store_*_test.cpp.
using namespace dga;
using namespace dga::centre;
using support::PostgresqlCluster;

namespace {

struct Server {
  Server() { base::set_up_logging(base::LogFormat::kText, base::LogLevel::kError); }
  std::unique_ptr<PostgresqlStore> open(PostgresqlOptions const& options = {}) {
    auto opened = PostgresqlStore::open(address, *random, options);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    return std::move(opened).value();
  }
  std::string ask(std::string const& statement) { return cluster.ask(address, statement); }
  // Ends every connection to the database but the one that says so.
  void end_connections(std::string const& which = "true") {
    ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
        "pid <> pg_backend_pid() AND " +
        which);
  }
  void wait_until(std::string const& condition) {
    for (int tries = 0; ask("SELECT (" + condition + ")::int") != "1"; ++tries) {
      REQUIRE_MESSAGE(tries < 1000, condition);
      ::poll(nullptr, 0, 10);
    }
  }
  PostgresqlCluster& cluster = PostgresqlCluster::shared();
  std::string address = cluster.make_database();
  std::unique_ptr<base::Random> random = base::seeded_random(1);
};

base::Done add_one(Tables& tables, std::string const& name) {
  TRY(auto const before, tables.settings.setting(name));
  return tables.settings.put_setting(name, std::to_string(std::stoi(before.value_or("0")) + 1));
}
int count_of(Store& store, std::string const& name) {
  std::string text;
  auto const done = store.read([&](Tables& tables) -> base::Done {
    TRY(auto const value, tables.settings.setting(name));
    text = value.value_or("0");
    return {};
  });
  REQUIRE_MESSAGE(done.ok(), done.error().what);
  return std::stoi(text);
}

}  // namespace

TEST_CASE_FIXTURE(Server, "kiosks whose logs are new are seldom in each other's way") {
  auto const store = open();
  constexpr int kPairs = 8;
  int undisturbed = 0;
  for (int pair = 0; pair < kPairs; ++pair) {
    std::atomic<int> runs{0};
    std::barrier read_by_both(2);
    auto const begin = [&](std::uint8_t number) {
      base::LogId log;
      log.octets.fill(number);
      bool first = true;
      auto const done = store->write([&](Tables& tables) -> base::Done {
        ++runs;
        TRY(auto const known, tables.logs.log(log));
        TRY(auto const branches, tables.logs.branches(log));
        TRY(auto const heads, tables.logs.signed_heads(log));
        CHECK_FALSE(known);
        CHECK(branches.size() + heads.size() == 0);
        if (std::exchange(first, false)) read_by_both.arrive_and_wait();
        TRY_DO(tables.logs.add_log({log, {}, {}}));
        TRY_DO(tables.logs.put_branch(log, {}));
        return tables.logs.note_head(log, {5, {}, 0, 0});
      });
      CHECK(done.ok());
      if (first) read_by_both.arrive_and_drop();  // it never came so far, and nobody need wait for it
    };
    std::thread other(begin, static_cast<std::uint8_t>(2 * pair));
    begin(static_cast<std::uint8_t>(2 * pair + 1));
    other.join();
    if (runs == 2) ++undisturbed;
  }
  CHECK(undisturbed >= kPairs / 2);  // in one table with one page each: none
}

TEST_CASE_FIXTURE(Server, "a database from before its logs were parted keeps every row") {
  // As the third step left it.
  open().reset();
  std::string const key = "(log bytea NOT NULL, ";
  ask("DROP TABLE dga.logs, dga.branches, dga.signed_heads");
  ask("CREATE TABLE dga.logs (id bytea PRIMARY KEY, device bytea NOT NULL, salt bytea NOT NULL)");
  ask("CREATE TABLE dga.branches " + key +
      "number bigint NOT NULL, parent bigint NOT NULL, fork_at bigint NOT NULL, head_seq bigint NOT NULL, "
      "head_hash bytea NOT NULL, PRIMARY KEY (log, number)) WITH (fillfactor = 30)");
  ask("CREATE TABLE dga.signed_heads " + key +
      "seq bigint NOT NULL, hash bytea NOT NULL, branch bigint NOT NULL, matched_seq bigint NOT NULL, "
      "PRIMARY KEY (log, seq, hash))");
  ask("INSERT INTO dga.logs SELECT decode(lpad(n::text, 32, '0'), 'hex'), decode(repeat('09', 16), 'hex'), "
      "decode(repeat('05', 16), 'hex') FROM generate_series(1, 40) n");
  ask("INSERT INTO dga.branches SELECT id, 1, 2, 3, 4, decode(repeat('07', 32), 'hex') FROM dga.logs");
  ask("INSERT INTO dga.signed_heads SELECT id, 6, decode(repeat('08', 32), 'hex'), 1, 3 FROM dga.logs");
  ask("UPDATE dga.about SET version = 3");

  auto const store = open();
  auto const read = store->read([&](Tables& tables) -> base::Done {
    TRY(auto const logs, tables.logs.logs());
    CHECK(logs.size() == 40);
    for (auto const& log : logs) {
      CHECK(log.device.octets[15] == 9);
      CHECK(log.salt.octets[15] == 5);
      TRY(auto const branches, tables.logs.branches(log.id));
      REQUIRE(branches.size() == 1);
      CHECK(branches[0].parent == 2);
      CHECK(branches[0].fork_at == 3);
      CHECK(branches[0].head_seq == 4);
      CHECK(branches[0].head_hash.octets[31] == 7);
      TRY(auto const heads, tables.logs.signed_heads(log.id));
      REQUIRE(heads.size() == 1);
      CHECK(heads[0].seq == 6);
      CHECK(heads[0].hash.octets[0] == 8);
      CHECK(heads[0].matched_seq == 3);
    }
    return {};
  });
  CHECK(read.ok());
}

TEST_CASE_FIXTURE(Server, "a unit that another program was faster than is run again and sees what that one did") {
  auto const store = open(), other = open();
  int calls = 0;
  auto const done = store->write([&](Tables& tables) -> base::Done {
    TRY(auto const look, tables.settings.setting("count"));
    if (++calls == 1) CHECK(other->write([](Tables& theirs) { return add_one(theirs, "count"); }).ok());
    return add_one(tables, "count");
  });
  CHECK(done.ok());
  CHECK(calls == 2);
  CHECK(count_of(*store, "count") == 2);
}

TEST_CASE_FIXTURE(Server, "of two units that each read what the other writes one is run again") {
  auto const store = open(), other = open();
  int calls = 0;
  // Snapshots alone would let both take the last place.
  auto take_place = [](Tables& tables, std::string const& mine, std::string const& theirs) -> base::Done {
    TRY(auto const taken, tables.settings.setting(theirs));
    return tables.settings.put_setting(mine, taken ? "second" : "first");
  };
  auto const done = store->write([&](Tables& tables) -> base::Done {
    TRY(auto const look, tables.settings.setting("b"));
    if (++calls == 1) CHECK(other->write([&](Tables& theirs) { return take_place(theirs, "b", "a"); }).ok());
    return take_place(tables, "a", "b");
  });
  CHECK(done.ok());
  CHECK(calls == 2);
  CHECK(ask("SELECT string_agg(convert_from(value, 'UTF8'), ',' ORDER BY name) FROM dga.settings") == "second,first");
}

TEST_CASE_FIXTURE(Server, "a unit that is always in somebody's way is given up after a bounded number of tries") {
  PostgresqlOptions options;
  int pauses = 0;
  options.pause = [&](auto) { ++pauses; };
  auto const store = open(options), other = open();
  int calls = 0;
  auto const done = store->write([&](Tables& tables) -> base::Done {
    ++calls;
    TRY(auto const look, tables.settings.setting("count"));
    CHECK(other->write([](Tables& theirs) { return add_one(theirs, "count"); }).ok());
    return add_one(tables, "count");
  });
  CHECK(done.error().code == "store.busy");
  CHECK(done.error().fault == base::Fault::kStorage);
  CHECK(calls == pauses + 1);
  CHECK(calls == 51);
  CHECK(count_of(*store, "count") == calls);
  CHECK(store->write([](Tables& tables) { return add_one(tables, "count"); }).ok());
}

TEST_CASE_FIXTURE(Server, "an error that a unit passes over is an error of the unit") {
  auto const store = open();
  auto const done = store->write([&](Tables& tables) -> base::Done {
    TRY_DO(tables.settings.put_setting("kept", "1"));
    ClassRow const row{1, "class", "", ""};
    CHECK(tables.classes.add_class(row).ok());
    CHECK_FALSE(tables.classes.add_class(row).ok());
    CHECK_FALSE(tables.settings.put_setting("after", "1").ok());
    return {};
  });
  CHECK(done.error().code == "store.failed");
  CHECK(ask("SELECT count(*) FROM dga.settings") == "0");
}

TEST_CASE_FIXTURE(Server, "a connection that is ended in the middle of a unit costs nothing but another run") {
  auto const store = open();
  int calls = 0;
  auto const done = store->write([&](Tables& tables) -> base::Done {
    TRY_DO(add_one(tables, "count"));
    if (++calls == 1) end_connections();
    return add_one(tables, "count");
  });
  CHECK_MESSAGE(done.ok(), done.error().what);
  CHECK(calls == 2);
  CHECK(count_of(*store, "count") == 2);
  // And one that broke while nobody used it.
  end_connections();
  CHECK(store->write([](Tables& tables) { return add_one(tables, "count"); }).ok());
  end_connections();
  CHECK(count_of(*store, "count") == 3);
  end_connections();
  CHECK(store->probe().ok());
}

TEST_CASE_FIXTURE(Server, "a connection that is ended before its commit took place means another run") {
  auto const store = open();
  ask("CREATE FUNCTION public.end_me() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
      "CREATE CONSTRAINT TRIGGER end_me AFTER INSERT OR UPDATE ON dga.settings DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION public.end_me()");
  int calls = 0;
  auto const done = store->write([&](Tables& tables) -> base::Done {
    if (++calls == 3) ask("DROP TRIGGER end_me ON dga.settings");
    return add_one(tables, "count");
  });
  CHECK_MESSAGE(done.ok(), done.error().what);
  CHECK(calls == 3);
  CHECK(count_of(*store, "count") == 1);
}

// A standby that does not exist holds every commit after it is on this disk and before it is answered.
TEST_CASE_FIXTURE(Server, "a commit whose answer was lost, or that no standby has yet, is found and not run again") {
  auto const store = open();
  auto const stand_by = [&](std::string const& name) {
    ask("ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
    ask("SELECT pg_reload_conf()");
    wait_until("current_setting('synchronous_standby_names') = '" + name + "'");
  };
  std::string const waiting = "wait_event = 'SyncRep'";
  std::string const held = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND " + waiting;
  for (std::string const way : {"pg_terminate_backend", "pg_cancel_backend"}) {
    CAPTURE(way);
    CHECK(store->write([&](Tables& tables) { return tables.settings.put_setting("count", "0"); }).ok());
    stand_by("nobody");
    std::atomic<int> calls{0};
    std::atomic<bool> answered{false};
    base::Done done;
    std::thread writer([&] {
      done = store->write([&](Tables& tables) {
        ++calls;
        return add_one(tables, "count");
      });
      answered = true;
    });
    wait_until("EXISTS (" + held + ")");
    auto const first = ask("SELECT pid FROM pg_stat_activity WHERE " + waiting);
    ask("SELECT " + way + "(" + first + ")");
    // Now the question what became of it waits for the standby, too.
    wait_until("EXISTS (" + held + " AND pid <> " + first + ")");
    CHECK_FALSE(answered);
    stand_by("");
    writer.join();
    CHECK_MESSAGE(done.ok(), done.error().what);
    CHECK(calls == 1);
    CHECK(count_of(*store, "count") == 1);
  }
}

TEST_CASE_FIXTURE(Server, "a server that crashes again and again under load loses nothing it acknowledged") {
  constexpr int kThreads = 4;
  auto const store = open(), other = open();
  std::atomic<bool> enough{false};
  std::vector<int> acknowledged(kThreads), refused(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      auto const name = "thread " + std::to_string(thread);
      auto& mine = thread % 2 == 0 ? *store : *other;
      while (!enough) {
        // Not idempotent on purpose: a unit that took place twice is seen, too.
        bool const ok = mine.write([&](Tables& tables) { return add_one(tables, name); }).ok();
        ++(ok ? acknowledged : refused)[static_cast<std::size_t>(thread)];
      }
    });
  for (int crash = 1; crash <= 3; ++crash) {
    wait_until("(SELECT COALESCE(sum(convert_from(value, 'UTF8')::int), 0) FROM dga.settings) > " +
               std::to_string(40 * crash));
    cluster.crash_and_restart();
  }
  wait_until("(SELECT sum(convert_from(value, 'UTF8')::int) FROM dga.settings) > 160");
  enough = true;
  for (auto& thread : threads) thread.join();
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    auto const stored = count_of(*store, "thread " + std::to_string(thread));
    CHECK(stored >= acknowledged[thread]);
    CHECK(stored <= acknowledged[thread] + refused[thread]);
  }
}

TEST_CASE_FIXTURE(Server, "a server that stays away is told as unreachable after a bounded number of tries") {
  PostgresqlOptions options;
  std::vector<std::chrono::milliseconds> pauses;
  options.pause = [&](auto time) { pauses.push_back(time); };
  auto const store = open(options);
  cluster.crash();
  auto const written = store->write([](Tables& tables) { return tables.settings.put_setting("a", "b"); });
  auto const read = store->read([](Tables&) { return base::Done(); });
  auto const probed = store->probe();
  auto const opened = PostgresqlStore::open(address, *random);
  cluster.start();
  CHECK(pauses.size() == 9 + 9 + 1);
  CHECK(pauses.front().count() == 0);
  for (auto const& failed : {written, read, probed, base::Done(opened.error())}) {
    CHECK(failed.error().code == "store.unreachable");
    CHECK(base::exit_code(failed.error().fault) == 4);
  }
  CHECK(store->write([](Tables& tables) { return tables.settings.put_setting("a", "b"); }).ok());
}

TEST_CASE_FIXTURE(Server, "programs that start at once on an empty database make its tables once") {
  std::atomic<int> opened{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&] { opened += PostgresqlStore::open(address, *random).ok() ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  CHECK(opened == 4);
  CHECK(ask("SELECT application, version FROM dga.about") == "1145520451|4");
}

TEST_CASE_FIXTURE(Server, "a newer schema, somebody else's schema and another encoding are refused") {
  (void)open();
  ask("UPDATE dga.about SET version = 99");
  CHECK(PostgresqlStore::open(address, *random).error().code == "store.too_new");
  CHECK(ask("SELECT version FROM dga.about") == "99");
  address = cluster.make_database();
  ask("CREATE SCHEMA dga; CREATE TABLE dga.letters (text text)");
  CHECK(PostgresqlStore::open(address, *random).error().code == "store.not_ours");
  address = cluster.make_database();
  ask("CREATE DATABASE plain ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
  auto const plain = PostgresqlStore::open("postgresql://dga@/plain?host=" + cluster.socket_folder(), *random);
  CHECK(plain.error().code == "store.encoding");
}

TEST_CASE_FIXTURE(Server, "a password comes from a file, and stands in no message") {
  auto const hba = cluster.socket_folder() + "/data/pg_hba.conf";
  std::stringstream before;
  before << std::ifstream(hba).rdbuf();
  std::ofstream(hba) << "local all guarded scram-sha-256\n" << before.str();
  ask("CREATE ROLE guarded LOGIN PASSWORD 'a-secret'");
  auto const database = ask("SELECT current_database()");
  ask("GRANT CREATE ON DATABASE " + database + " TO guarded");
  ask("SELECT pg_reload_conf()");
  support::TemporaryFolder folder;
  std::string const file = folder / "pass";
  auto const guarded = "postgresql://guarded@/" + database + "?host=" + cluster.socket_folder() + "&passfile=" + file;
  for (std::string const password : {"a-secret", "wrong-one"}) {
    std::ofstream(file) << "*:*:*:guarded:" << password << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    auto const opened = PostgresqlStore::open(guarded, *random);
    CHECK(opened.ok() == (password == "a-secret"));
    if (!opened.ok()) CHECK(base::describe(opened.error()).find(password) == std::string::npos);
  }
  std::ofstream(hba) << before.str();
  ask("SELECT pg_reload_conf()");
}
