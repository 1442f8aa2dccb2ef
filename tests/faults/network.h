#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "shared/store/kiosk_folder.h"
#include "sync/centre/store/store.h"
#include "tests/support/demo.h"
#include "tests/support/faulty_proxy.h"
#include "tests/support/process.h"

// A centre, a proxy before it, and kiosks that reach it through that: the programs themselves.
namespace dga::network_test {

// What one kiosk's log is to the two sides in the end.
struct Told {
  std::vector<base::Digest> hashes;     // the kiosk's h(1), h(2), ...
  std::vector<centre::PlacedRow> rows;  // the centre's, every branch, by seq
};
// What is wrong with it, in words; empty when the centre has each record, once.
[[nodiscard]] std::vector<std::string> broken_promises(Told const& told);

// What is wrong with a request's answers: each must be a receipt under `centre`, repeat the request's nonce, and be
// equal to the others but for that and the centre's time.
[[nodiscard]] std::vector<std::string> unequal_receipts(std::string const& request,
                                                        std::vector<std::string> const& answers,
                                                        crypto::SigningPublic const& centre);

// What happens to one kiosk. From `seed` alone.
struct Round {
  std::size_t records = 0;  // recorded before it
  std::vector<support::Trouble> plan;
};
struct Schedule {
  std::vector<Round> rounds;
  bool knows_class = false;  // has the class's pack from the beginning
};
[[nodiscard]] Schedule schedule_of(std::uint32_t seed);
[[nodiscard]] std::string describe(Schedule const& schedule);

class World {
 public:
  // `database`: as --database takes it; empty: a file in the centre's folder.
  explicit World(std::string const& database = {});

  // Runs a schedule with a log of its own. Gives what was wrong: something acknowledged after any round that the centre
  // says it does not have, something waiting after a round on a good network, another receipt when asked again.
  [[nodiscard]] std::vector<std::string> run(std::uint32_t seed);
  // The same; after each round `interfere` may do with the kiosk's folder what no network does.
  using Interference = std::function<void(std::string const& kiosk)>;
  [[nodiscard]] std::vector<std::string> run(std::uint32_t seed, Schedule const& schedule,
                                             Interference const& interfere);
  // What `dga reconcile` says of all its logs.
  [[nodiscard]] bool closes() const;
  // Stops the centre: a SQLite file is its alone while it runs.
  void stop() { CHECK(centre_->stop() == 0); }
  // After that: what is wrong with the rows of every log that ran, by seed.
  [[nodiscard]] std::map<std::uint32_t, std::vector<std::string>> audit() const;

  [[nodiscard]] support::FaultyProxy& proxy() { return *proxy_; }
  [[nodiscard]] std::string const& centre_folder() const { return centre_folder_; }
  [[nodiscard]] base::LogId log(std::uint32_t seed) const { return ran_.at(seed).log; }
  // More records for a kiosk.
  void record(std::string const& kiosk, std::size_t records, std::mt19937& random) const;
  // One `dga kiosk sync --once` through the proxy; its exit code.
  [[nodiscard]] int sync(std::string const& kiosk, std::vector<support::Trouble> const& plan);
  [[nodiscard]] std::uint64_t records_moved() const;

 private:
  [[nodiscard]] support::Ended dga(std::vector<std::string> arguments, std::string const& input = {}) const;
  void enrol();
  [[nodiscard]] std::string new_kiosk(std::uint32_t seed, bool knows_class);
  [[nodiscard]] store::KioskStore open(std::string const& kiosk) const;
  [[nodiscard]] std::vector<std::string> check_acknowledged(std::string const& kiosk);
  [[nodiscard]] std::vector<std::string> ask_again(std::mt19937& random);

  support::TemporaryFolder folder_;
  std::string centre_folder_;
  std::unique_ptr<base::Random> random_;
  std::unique_ptr<support::RunningCentre> centre_;
  std::unique_ptr<support::FaultyProxy> proxy_;
  std::optional<crypto::SigningPublic> centre_key_;
  std::optional<crypto::KioskMaster>
      master_;  // of the one device that was enrolled; each schedule has a log of its own
  std::map<std::string, base::Bytes> settings_;
  std::uint64_t pack_version_ = 0;
  base::Bytes pack_;
  std::string stranger_;
  struct Ran {
    base::LogId log;
    std::vector<base::Digest> hashes;
  };
  std::map<std::uint32_t, Ran> ran_;  // by seed
};

}  // namespace dga::network_test
