#pragma once

#include <memory>
#include <vector>

#include "shared/store/kiosk_folder.h"
#include "sync/agent/store_outbox.h"
#include "tests/support/check_in.h"
#include "tests/support/must.h"
#include "tests/support/store_scratch.h"
#include "tests/sync/agent/pretend.h"

namespace dga::test_agent {

using test::check_in;
using test::must;

// A kiosk on a real store, and a pretend centre.
struct RealKiosk {
  test::StoreScratch scratch;
  VirtualClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(3);
  store::OpenKiosk kiosk =
      must(store::create_kiosk(scratch / "kiosk", "passphrase", crypto::minimal_cost(), "1.0.0", clock, *random));
  agent::StoreOutbox outbox{kiosk.store, clock};
  PretendCentre centre{clock, *random, kiosk.signing.public_key()};

  RealKiosk() { centre.kiosk_box = kiosk.box.public_key(); }

  void scan(int people) {
    std::vector<v1::Record> drafts;
    for (int i = 0; i < people; ++i) drafts.push_back(check_in(static_cast<std::uint64_t>(i + 1)));
    REQUIRE(kiosk.store.append(std::move(drafts), clock).ok());
  }
  agent::Pinned pinned() {
    agent::Pinned pinned;
    pinned.centre = centre.key.public_key();
    pinned.box = centre.box.public_key();
    pinned.box_key_id = 1;
    pinned.root = centre.root.public_key();
    return pinned;
  }
  agent::SyncOutcome sync() {
    agent::StoreOutbox own(kiosk.store, clock);
    return sync_over(own);
  }
  agent::SyncOutcome sync_over(agent::Outbox& own) {
    return agent::sync_once({own, centre, clock, *random, pinned(), kiosk.signing, kiosk.box});
  }
  std::vector<v1::Record> log() {
    std::vector<v1::Record> records;
    must(kiosk.store.replay(1, [&](store::StoredRecord const& record) -> base::Result<bool> {
      REQUIRE(records.emplace_back().ParseFromString(record.bytes));
      return true;
    }));
    return records;
  }
};

}  // namespace dga::test_agent
