// A PostgreSQL that is lost while kiosks send through HAProxy to two dga-centre, and its standby that takes over:
// nothing that was acknowledged may be missing.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "sync/agent/transports/https.h"
#include "tests/support/demo.h"
#include "tests/support/postgresql_cluster.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using support::House;
using support::Kiosk;
using support::PostgresqlCluster;

namespace {

bool long_form() { return std::getenv("DGA_LONG") != nullptr; }
constexpr std::uint64_t kBatch = 20;

// The shipped configuration with this test's ports.
class HaProxy {
 public:
  HaProxy(std::string const& file, std::vector<std::string> const& centres) {
    std::ifstream shipped(std::string(DGA_SOURCE_DIR) + "/assets/deploy/haproxy.cfg");
    std::ofstream mine(file);
    auto const listen = "127.0.0.1:" + std::to_string(support::free_port());
    address_ = "http://" + listen;
    std::size_t servers = 0;
    for (std::string line; std::getline(shipped, line);) {
      if (line.find("  bind ") == 0) line = "  bind " + listen;
      if (line.find("  server ") == 0) {
        REQUIRE(servers < centres.size());
        auto const host = centres[servers].substr(std::string("http://").size());
        line = fmt::format("  server centre{} {}", ++servers, host);
      }
      mine << line << "\n";
    }
    mine.close();
    REQUIRE(servers == centres.size());
    process_ = std::make_unique<support::Process>(std::vector<std::string>{"/usr/sbin/haproxy", "-db", "-f", file});
  }
  [[nodiscard]] std::string const& address() const { return address_; }

 private:
  std::string address_;
  std::unique_ptr<support::Process> process_;
};

// What kiosks were told, by all of them together.
struct Told {
  std::mutex mutex;
  std::condition_variable more;
  std::uint64_t batches = 0;
  void acknowledged() {
    std::lock_guard lock(mutex);
    ++batches;
    more.notify_all();
  }
  void wait_for(std::uint64_t wanted) {
    std::unique_lock lock(mutex);
    REQUIRE_MESSAGE(more.wait_for(lock, std::chrono::minutes(2), [&] { return batches >= wanted; }),
                    "kiosks stopped getting receipts");
  }
};

struct Sender {
  Kiosk kiosk;
  std::uint64_t acknowledged = 0;  // the highest seq that a verified receipt named
  std::thread thread;
};

struct Failover {
  explicit Failover(std::uint64_t seed)
      : standby(PostgresqlCluster::standby_of(primary)),
        house(seed, primary.make_database() + "," + standby->socket_folder()) {
    primary.wait_for("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", "1");
    house.demo_class();
    house.roster(1, 30);
    auto const kiosks = long_form() ? 8U : 4U;
    for (std::uint64_t number = 1; number <= kiosks; ++number) {
      senders.push_back(std::make_unique<Sender>(Sender{Kiosk(house, seed * 100 + number), 0, {}}));
      senders.back()->kiosk.enrol(1, std::to_string(number));
    }
    for (auto& sender : senders) sender->acknowledged = sender->kiosk.send_all().received_through();
    keys = house.keys().signing.public_key();
  }
  ~Failover() { stop_sending(); }

  void synchronous() {
    primary.ask_server("ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.ask_server("SELECT pg_reload_conf()");
    primary.wait_for("SELECT sync_state FROM pg_stat_replication", "sync");
  }
  // The two programs and HAProxy; the house's own copy of the centre goes.
  void serve() {
    house.centre.reset();
    for (int number = 0; number < 2; ++number)
      centres.push_back(std::make_unique<support::RunningCentre>(house.path().string()));
    proxy = std::make_unique<HaProxy>(house.beside("haproxy.cfg"),
                                      std::vector{centres[0]->address(), centres[1]->address()});
  }
  void start_sending() {
    agent::set_up_network_threads();
    for (auto& sender : senders) sender->thread = std::thread([this, &sender = *sender] { send(sender); });
  }
  void stop_sending() {
    enough = true;
    for (auto& sender : senders)
      if (sender->thread.joinable()) sender->thread.join();
  }
  void send(Sender& sender) {
    auto const transport = agent::https_transport(proxy->address());
    if (!transport.ok()) return;
    auto& kiosk = sender.kiosk;
    while (!enough) {
      auto const first = kiosk.head() + 1;
      for (std::uint64_t i = 0; i < kBatch; ++i) kiosk.check_in(1 + i);
      auto const batch = kiosk.batch(first, kiosk.head());
      // Sent again as it is until a receipt says that it is there.
      while (!enough && sender.acknowledged < kiosk.head()) {
        auto const reply =
            (*transport)->exchange({"POST", "/api/v1/logs/" + kiosk.log().hex() + "/batches", batch}, {});
        if (!reply.ok() || reply->status != 200) {
          std::this_thread::yield();
          continue;
        }
        auto const receipt = protocol::verify_receipt(reply->body, *keys);
        if (!receipt.ok() || receipt->received_hash() != kiosk.hash_at(receipt->received_through()).view()) continue;
        sender.acknowledged = std::max(sender.acknowledged, receipt->received_through());
        told.acknowledged();
      }
    }
  }
  // The primary is gone as by a power cut; its standby takes its place.
  void fail_over() {
    primary.crash();
    standby->ask_server("SELECT pg_promote(true, 60)");
  }
  // Acknowledged records that the promoted database lacks, and rows that are there twice.
  std::uint64_t missing(std::uint64_t& twice) {
    std::uint64_t lost = 0;
    twice = 0;
    for (auto const& sender : senders) {
      std::set<std::pair<std::uint64_t, std::string>> rows;
      std::istringstream lines(standby->ask(
          "postgresql://dga@/centre1?host=" + standby->socket_folder(),
          "SELECT seq, encode(hash, 'hex') FROM dga.log_rows WHERE log = '\\x" + sender->kiosk.log().hex() + "'"));
      std::map<std::uint64_t, int> seen;
      for (std::string line; std::getline(lines, line);) {
        auto const seq = std::stoull(line);
        rows.emplace(seq, line.substr(line.find('|') + 1));
        if (++seen[seq] > 1) ++twice;
      }
      for (std::uint64_t seq = 1; seq <= sender->acknowledged; ++seq)
        if (!rows.contains({seq, sender->kiosk.hash_at(seq).hex()})) ++lost;
    }
    return lost;
  }

  PostgresqlCluster primary;
  std::unique_ptr<PostgresqlCluster> standby;
  House house;
  std::vector<std::unique_ptr<Sender>> senders;
  std::optional<crypto::SigningPublic> keys;
  std::vector<std::unique_ptr<support::RunningCentre>> centres;
  std::unique_ptr<HaProxy> proxy;
  Told told;
  std::atomic<bool> enough{false};
};

}  // namespace

TEST_CASE("a standby that is promoted under load lacks nothing that was acknowledged, and kiosks go on by themselves") {
  for (std::uint64_t seed = 1; seed <= (long_form() ? 5U : 1U); ++seed) {
    CAPTURE(seed);
    Failover house(seed);
    house.synchronous();
    // What a standby has on its disk is durable, once a coordinator says that it counts.
    auto& first = house.senders.front()->kiosk;
    CHECK(first.ask_head().durable_through() == 0);
    house.house.post("/api/v1/durability", {{"from", "standby"}});
    CHECK(first.ask_head().durable_through() == first.head());

    house.serve();
    house.start_sending();
    house.told.wait_for(40 + seed * 17);
    house.fail_over();
    auto const before = [&] {
      std::lock_guard lock(house.told.mutex);
      return house.told.batches;
    }();
    house.told.wait_for(before + 40);  // through the same two programs, over the new primary
    house.stop_sending();
    std::uint64_t twice = 0;
    CHECK(house.missing(twice) == 0);
    CHECK(twice == 0);
    // It has no standby of its own yet: nothing more may be forgotten.
    house.house.open();
    CHECK(first.ask_head().durable_through() == 0);
    CHECK(house.house.get("/api/v1/reconciliation")["closes"] == true);
    MESSAGE("seed " << seed << ": " << house.told.batches << " batches acknowledged");
  }
}

TEST_CASE("the harness sees a loss where the standby was behind, and a new epoch brings it back") {
  Failover house(77);
  // Asynchronous, and the standby no longer listens: what is acknowledged from now on is on one disk alone.
  house.standby->ask_server("ALTER SYSTEM SET primary_conninfo = ''");
  house.standby->ask_server("SELECT pg_reload_conf()");
  house.primary.wait_for("SELECT count(*) FROM pg_stat_replication", "0");
  house.serve();
  house.start_sending();
  house.told.wait_for(40);
  house.stop_sending();
  house.fail_over();
  std::uint64_t twice = 0;
  CHECK(house.missing(twice) > 0);

  // What an administrator does then: kiosks are told, and send again.
  auto const opened = support::run(
      {support::bin("dga"), "centre", "new-epoch", "--data", house.house.path().string(), "--no-trust-list", "--json"});
  REQUIRE_MESSAGE(opened.exit_code == 0, opened.err);
  house.house.open();
  for (auto& sender : house.senders) {
    auto const head = sender->kiosk.ask_head();
    CHECK(head.received_through() < sender->acknowledged);
    sender->kiosk.send(head.received_through() + 1, sender->kiosk.head());
  }
  CHECK(house.missing(twice) == 0);
  CHECK(twice == 0);
  CHECK(house.house.get("/api/v1/reconciliation")["closes"] == true);
}
