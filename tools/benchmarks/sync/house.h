#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "shared/store/kiosk_folder.h"
#include "sync/agent/pinned.h"
#include "sync/centre/api.h"
#include "tools/benchmarks/sync/child.h"

namespace dga::benchmarks {

// What opens every kiosk made here. Its slot takes the least that Argon2 may: how long a passphrase takes is not what
// is measured.
inline constexpr char kPassphrase[] = "a kiosk that is measured";
inline constexpr std::uint64_t kClass = 1;
// The classes of others, of kPeople each: a centre with a million records has seen many.
inline constexpr std::uint64_t kOtherClasses = 80;

// Where a centre keeps its records.
enum class Keeper { kSqlite, kPostgresql };
[[nodiscard]] char const* name_of(Keeper keeper);

// A centre with a class of kPeople, and kiosks enrolled for it that hold its pack: made once, copied for each round.
class House {
 public:
  // `folder`: its name is also the database's, so letters, digits and _ only.
  // `postgresql`: a server's address up to and with the database "postgres"; used for Keeper::kPostgresql.
  House(std::filesystem::path folder, Keeper keeper, std::string postgresql, std::size_t kiosks);
  ~House();
  House(House const&) = delete;
  House& operator=(House const&) = delete;

  // `count` check-ins in the logs of the first `kiosks`, each with a moment of its own.
  void load_kiosks(std::uint64_t count, std::size_t kiosks);
  // `count` more records at the centre, of kOtherClasses, in new logs side by side. The first kiosk has no part in
  // them.
  void load_centre(std::uint64_t count);

  // Opens the prepared centre, which runs nowhere else meanwhile.
  [[nodiscard]] std::unique_ptr<centre::Centre> open_centre() const;
  struct Kiosk {
    std::filesystem::path folder;
    crypto::SigningKey signing;
    base::DeviceId device;
    agent::Pinned pinned;
  };
  [[nodiscard]] std::vector<Kiosk> const& kiosks() const { return kiosks_; }
  [[nodiscard]] std::filesystem::path const& folder() const { return folder_; }

  // A copy of the centre and of the first `kiosks` kiosks, ready for one round; gone with this.
  struct Round {
    std::filesystem::path folder;
    std::string database;  // as --database takes it; empty: the centre's own file
    std::vector<std::filesystem::path> kiosks;
    std::string drop;  // the PostgreSQL database to be dropped
    House const* house = nullptr;
    Round() = default;
    Round(Round&&) = default;
    ~Round();
  };
  [[nodiscard]] Round copy(std::size_t kiosks);

 private:
  void statement(std::string const& sql) const;
  [[nodiscard]] std::string address_of(std::string const& database) const;
  void enrol(centre::Centre& centre, std::size_t number);
  void make_other_classes(centre::Centre& centre) const;

  std::filesystem::path folder_;
  Keeper keeper_;
  std::string postgresql_;
  std::string prepared_;  // the PostgreSQL database that is copied
  std::unique_ptr<base::Clock> clock_;
  std::unique_ptr<base::Random> random_;
  std::vector<Kiosk> kiosks_;
  int rounds_ = 0;
  std::uint64_t loaded_ = 0;  // at the centre
};

// dga-centre on a free port of loopback.
class RunningCentre {
 public:
  explicit RunningCentre(House::Round const& round);
  [[nodiscard]] std::string const& address() const { return address_; }
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  [[nodiscard]] Cost stop();

 private:
  std::string address_;
  std::unique_ptr<Child> child_;
};

// A program beside this one.
[[nodiscard]] std::string program(std::string const& name);

}  // namespace dga::benchmarks
