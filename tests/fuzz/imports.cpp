// The whole import of a courier's file: POST /api/v1/bundles at a real centre over its real store. Never a crash, never
// a record that nobody signed, whatever came before a damage or a cut is kept, and the same file again changes nothing.
#include <algorithm>

#include "sync/protocol/receipt.h"
#include "tests/fuzz/endpoint.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/plain_reading.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

Endpoint& endpoint() {
  static Endpoint made;
  return made;
}

#ifdef DGA_FUZZ_PLANTED_BUG
// For `tests/fuzz/run --control`: believes a length in a record that only a kiosk's own signature brings so far, where
// two kiosks' frames stand in one file. Neither turned octets nor whole frames of seeds get here.
void planted_bug(PlainReading const& reading, Standing const& standing) {
  std::set<base::LogId> logs;
  for (auto const& row : standing.rows) logs.insert(row.log);
  for (auto const& batch : reading.anywhere) {
    if (is_genuine(batch) || batch.rows.empty() || logs.size() < 2) continue;
    auto const& bytes = batch.rows.front().bytes;
    std::vector<char> const copy(bytes ? bytes->size() : 1);
    volatile char behind = copy.data()[copy.size()];
    (void)behind;
  }
}
#else
void planted_bug(PlainReading const&, Standing const&) {}
#endif

void check_answer(base::ByteView answer, Standing const& standing) {
  auto const read = protocol::read_bundle(answer);
  require(read.ok() && !read->cut && read->failures == 0, "the answer is a whole bundle");
  for (auto const& frame : read->frames) {
    if (frame.kind != static_cast<std::uint8_t>(protocol::FrameKind::kSignedReceipt)) continue;
    auto const receipt = protocol::verify_receipt(frame.payload, couriers().keys.signing.public_key());
    require(receipt.ok(), "the centre's receipts are the centre's");
    if (receipt->received_through() == 0) continue;
    auto const log = base::LogId::from(receipt->log_id());
    auto const hash = base::Digest::from(receipt->received_hash());
    require(log && hash, "a receipt names what it acknowledges");
    bool stands = false;
    for (auto const& row : standing.rows)
      stands = stands || (row.log == *log && row.seq == receipt->received_through() && row.hash == *hash);
    require(stands, "what a receipt acknowledges is stored");
  }
}

void check_rows(PlainReading const& reading, Standing const& before, Standing const& after) {
  std::set<Standing::Row> brought;
  std::set<base::Digest> batches;
  std::vector<PlainReading::Batch> genuine;
  for (auto const& batch : reading.anywhere) {
    brought.insert(batch.rows.begin(), batch.rows.end());
    batches.insert(batch.id);
  }
  for (auto const& row : after.rows) require(brought.contains(row), "no record is stored that nobody signed");
  for (auto const& id : after.parked) require(batches.contains(id), "no batch is parked that nobody signed");
  for (auto const& device : after.devices)
    require(before.devices.contains(device) || reading.certified.contains(device), "no device is let in uncertified");
  for (auto const& batch : reading.before_any_damage)
    if (is_genuine(batch)) genuine.push_back(batch);
  for (auto const& row : must_stand(genuine))
    require(after.rows.contains(row), "what came whole before a damage or a cut is kept");
}

}  // namespace

void imports(base::ByteView bundle) {
  static auto const founded = endpoint().look();
  auto const reading = read_plainly(bundle);
  auto const response = endpoint().take(bundle);
  require(response.status < 500, "no file is the centre's own failure");
  auto const after = endpoint().look();
  check_rows(reading, founded, after);
  if (response.status != 200) {
    require(after == founded, "a file of which nothing verifies leaves nothing behind");
    return;
  }
  check_answer(response.body, after);
  planted_bug(reading, after);
  require(endpoint().take(bundle).status == 200, "the same file again is taken in again");
  auto const again = endpoint().look();
  // A kiosk that only a certificate in the file made known may have had batches before it.
  bool const met_somebody = after.devices != founded.devices;
  require(met_somebody ? std::includes(again.rows.begin(), again.rows.end(), after.rows.begin(), after.rows.end())
                       : again == after,
          "the same file again changes nothing");
  check_rows(reading, founded, again);
  endpoint().begin_anew();
}

}  // namespace dga::fuzz
