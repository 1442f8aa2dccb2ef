#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/random.h"
#include "shared/store/kiosk_store.h"
#include "shared/store/salvage/check.h"
#include "shared/store/salvage/records.h"
#include "tests/support/store_scratch.h"

namespace dga::test {

// A kiosk's files in memory, to be damaged at will.
struct KioskImage {
  base::Bytes database;
  std::optional<base::Bytes> log;

  [[nodiscard]] salvage::DatabaseFiles files() const {
    salvage::DatabaseFiles files;
    files.database = salvage::view_of(database);
    if (log) files.log = salvage::view_of(*log);
    return files;
  }
};

// A kiosk's store that is written to, and all that was acknowledged.
struct WrittenKiosk {
  StoreScratch scratch;
  StoreClock clock;
  crypto::Key32 key = store_key('k');
  std::unique_ptr<base::Random> random;
  store::LogIdentity identity;
  std::optional<store::KioskStore> store;
  std::vector<store::StoredRecord> records;  // [0] is seq 1

  explicit WrittenKiosk(std::uint64_t seed = 21) : random(base::seeded_random(seed)) {
    identity.device = random->draw<base::DeviceId>();
    identity.salt = random->draw<base::LogSalt>();
    identity.log = crypto::log_id(identity.device, identity.salt);
    auto made = store::KioskStore::create(scratch.path(), key, identity, "1.2.3", clock);
    if (!made.ok()) FAIL(base::describe(made.error()));
    store.emplace(std::move(made).value());
    auto const first = store->replay(1, [&](store::StoredRecord const& record) -> base::Result<bool> {
      records.push_back(record);
      return true;
    });
    REQUIRE(first.ok());
  }

  [[nodiscard]] std::filesystem::path file() const { return scratch / "kiosk.db"; }

  // One transaction of `count` records, each with `extra` octets in it besides a check-in's.
  void append(std::size_t count = 1, std::size_t extra = 0) {
    std::vector<v1::Record> drafts(count);
    for (auto& draft : drafts) {
      draft.set_class_id(1);
      if (extra == 0) {
        draft.mutable_check_in()->set_participant(1 + random->below(100'000));
        draft.mutable_check_in()->set_session(3);
        draft.mutable_check_in()->set_method(v1::BADGE);
      } else {
        std::string text(extra, '\0');
        for (auto& letter : text) letter = static_cast<char>('a' + random->below(26));
        draft.mutable_kiosk_event()->set_detail(text);
      }
    }
    clock.wall += 1000;
    clock.mono += 1000;
    auto stored = store->append(std::move(drafts), clock);
    if (!stored.ok()) FAIL(base::describe(stored.error()));
    for (auto& record : *stored) records.push_back(std::move(record));
  }
  void checkpoint() { REQUIRE(store->database().checkpoint().ok()); }
  void close() { store.reset(); }

  // What a crash at this moment would leave.
  [[nodiscard]] KioskImage image() const {
    KioskImage image{file_content(file()), std::nullopt};
    if (auto const log = file().string() + "-wal"; std::filesystem::exists(log)) image.log = file_content(log);
    return image;
  }
};

inline std::string told(salvage::Report const& report) {
  std::string text;
  for (auto const* list : {&report.damage, &report.notes})
    for (auto const& finding : *list)
      text += std::string(list == &report.notes ? "note " : "") + std::string(salvage::name_of(finding.piece)) + " " +
              std::to_string(finding.number) + ": " + finding.what + "\n";
  return text;
}

inline salvage::Report check(KioskImage const& image, crypto::Key32 const& key) {
  auto const files = image.files();
  auto report = salvage::check_kiosk(files, key);
  if (!report.ok()) FAIL(base::describe(report.error()));
  return std::move(report).value();
}

inline salvage::FoundRecords find(KioskImage const& image, crypto::Key32 const& key) {
  auto const files = image.files();
  sodium_vfs::Inspector const inspector(key);
  auto const log = salvage::read_log(files.log.get(), inspector);
  return salvage::find_records(salvage::PageVersions(files, inspector, log));
}

inline bool same_record(store::StoredRecord const& a, store::StoredRecord const& b) {
  return a.seq == b.seq && a.bytes == b.bytes && a.digest == b.digest && a.hash == b.hash && a.erased == b.erased;
}

}  // namespace dga::test
