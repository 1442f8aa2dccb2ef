#include "sync/agent/transports/folder.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "shared/base/file.h"
#include "tests/support/process.h"
#include "tests/sync/agent/carried.h"

using namespace dga;
using namespace dga::test_agent;
namespace files = std::filesystem;

namespace {

struct Stick : Carried {
  Stick() { outbox.add_many(20, 50); }
  base::Result<agent::Handover> try_visit() {
    return agent::visit_folder({outbox, pinned, device, device_box, *random}, folder.path());
  }
  agent::Handover visit() {
    auto const done = try_visit();
    REQUIRE_MESSAGE(done.ok(), done.error().what);
    return *done;
  }
  base::Bytes receipts(std::uint64_t through, base::ByteView nonce = {}) {
    return bundle_of({receipt(through, nonce)});
  }
  void put(std::string const& name, base::ByteView bytes) {
    REQUIRE(base::write_file(folder / name, bytes, base::FileAccess::kEveryone).ok());
  }
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (auto const& entry : files::directory_iterator(folder.path())) found.insert(entry.path().filename().string());
    return found;
  }

  support::TemporaryFolder folder;
};

}  // namespace

TEST_CASE_FIXTURE(Stick, "a visit leaves a parcel under a name that says what is in it, and nothing half written") {
  auto const done = visit();
  REQUIRE(done.parcel);
  CHECK(done.parcel->records == 20);
  auto const name = done.written.filename().string();
  CHECK(name.starts_with(outbox.shown.identity.log.hex().substr(0, 12) + "-1-20-"));
  CHECK(names() == std::set<std::string>{name});
  auto const bytes = base::read_file(done.written, protocol::kMostBundleBytes);
  REQUIRE(bytes.ok());
  CHECK(protocol::read_bundle(*bytes)->frames.size() == 3);
}

TEST_CASE_FIXTURE(Stick, "every visit writes a file of its own, and changes nobody else's") {
  put("other-kiosk-1-5-abc.dgab", "half a parcel");
  put("letter.txt", "not ours");
  auto const first = visit();
  auto const second = visit();
  CHECK(first.written != second.written);
  CHECK(names().size() == 4);
  CHECK(second.files_read == 0);
  CHECK(second.files_not_read == 1);  // its own parcel is not read, the half one is left alone
  CHECK(base::read_file(folder / "other-kiosk-1-5-abc.dgab", 100).value() == "half a parcel");
}

TEST_CASE_FIXTURE(Stick, "receipts that lie there are read first, so that only what still waits is written") {
  put("receipts.dgab", receipts(12));
  auto const done = visit();
  CHECK(done.files_read == 1);
  CHECK(done.back.acknowledged == 12);
  REQUIRE(done.parcel);
  CHECK(done.parcel->from == 13);
  auto const parcel = base::read_file(done.written, protocol::kMostBundleBytes);
  REQUIRE(parcel.ok());
  put("more.dgab", receipts(20, question_in(*parcel)));
  auto const next = visit();
  CHECK(next.back.acknowledged == 8);
  CHECK(next.back.fresh == 1);
  CHECK(next.back.waiting == 0);
  CHECK_FALSE(next.parcel);  // nothing waits, and the centre has just spoken
  CHECK(visit().back.acknowledged == 0);
}

TEST_CASE_FIXTURE(Stick, "a stick that is gone is told as that") {
  files::remove_all(folder.path());
  CHECK(try_visit().error().code == "courier.no_folder");
  CHECK(outbox.questions.bytes().empty());
}

TEST_CASE_FIXTURE(Stick, "a folder that cannot be written to is told, and what was read from it counts") {
  put("receipts.dgab", receipts(12));
  files::create_directory(folder / "x.dgab");  // named like a bundle, and none
  CHECK(visit().back.acknowledged == 12);
  if (::geteuid() == 0) return;  // root may write anywhere
  files::permissions(folder.path(), files::perms::owner_read | files::perms::owner_exec);
  auto const refused = try_visit();
  files::permissions(folder.path(), files::perms::owner_all);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().fault == base::Fault::kStorage);
}
