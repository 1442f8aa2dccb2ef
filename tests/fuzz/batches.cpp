// Batches as the centre gets them: as they come, and signed and sealed by a kiosk that puts anything inside.
#include "sync/protocol/batch.h"

#include <algorithm>
#include <vector>

#include "shared/crypto/hash.h"
#include "shared/records/validate.h"
#include "sync/protocol/compress.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {
namespace {

#ifdef DGA_FUZZ_PLANTED_BUG
// For `tests/fuzz/run --control`: believes a length that stands in a record behind signature, seal and compression.
void planted_bug(base::Bytes const& record) {
  std::vector<char> const copy(record.begin(), record.end());
  if (copy.empty()) return;
  volatile char last = copy.data()[static_cast<std::uint8_t>(copy[0])];
  (void)last;
}
#else
void planted_bug(base::Bytes const&) {}
#endif

std::optional<crypto::SigningPublic> key_of(base::DeviceId const& device) {
  if (device != parties().device_id) return std::nullopt;
  return parties().device.public_key();
}

// A batch that holds together over this list of records, as far as that can be.
protocol::Stretch stretch_of(v1::RecordList const& list) {
  auto const& its = parties();
  protocol::Stretch stretch;
  stretch.device = its.device_id;
  stretch.log = its.log;
  stretch.salt = its.salt;
  stretch.first_seq = 1;
  stretch.prev_hash = stretch.head_hash = crypto::chain_start(its.log);
  for (auto const& erased : list.erased())
    if (auto const digest = base::Digest::from(erased.digest())) stretch.erased.emplace_back(erased.seq(), *digest);
  auto next_erased = stretch.erased.begin();
  auto next_record = list.records().begin();
  std::uint64_t seq = 0;
  for (;;) {
    if (next_erased != stretch.erased.end() && next_erased->first == seq + 1) {
      stretch.head_hash = crypto::chain_next(stretch.head_hash, ++seq, next_erased++->second);
    } else if (next_record != list.records().end()) {
      stretch.records.push_back(*next_record);
      stretch.head_hash = crypto::chain_next(stretch.head_hash, ++seq, crypto::hash({*next_record++}));
    } else {
      break;
    }
  }
  stretch.log_head_seq = seq;
  stretch.log_head_hash = stretch.head_hash;
  return stretch;
}

// Any header and any content, under a good signature.
base::Bytes signed_batch(base::ByteView header, base::ByteView plain) {
  v1::SealedBatch batch;
  batch.set_header(base::Bytes(header));
  batch.set_sealed(crypto::seal(parties().centre_box.public_key(), plain));
  batch.set_signature(parties().device.sign(
      crypto::label("dga-batch-v1"), crypto::hash({batch.header()}).bytes() + crypto::hash({batch.sealed()}).bytes()));
  return batch.SerializeAsString();
}

bool take_in(base::ByteView bytes) {
  (void)protocol::read_batch_header(bytes);
  auto const verified = protocol::verify_batch(bytes, key_of);
  if (!verified.ok()) return false;
  auto const opened = protocol::open_batch(*verified, parties().centre_box);
  if (!opened.ok()) return false;
  require(opened->size() == verified->header.count(), "a batch opens to as many records as it says");
  auto previous = verified->prev_hash;
  auto seq = verified->header.first_seq();
  for (auto const& record : *opened) {
    require(record.seq == seq, "records stand in order");
    if (record.bytes) {
      require(crypto::hash({*record.bytes}) == record.digest, "a record's digest is its own");
      planted_bug(*record.bytes);
    }
    previous = crypto::chain_next(previous, seq++, record.digest);
    require(previous == record.hash, "every place of the chain follows from the one before");
    v1::Record parsed;
    if (record.bytes && parsed.ParseFromString(*record.bytes)) (void)records::validate(parsed);
  }
  require(previous == verified->head_hash, "the chain ends at the head");
  return true;
}

}  // namespace

void batches(base::ByteView bytes) {
  Input input(bytes);
  auto const how = input.byte() % 4;
  if (how == 0) {
    (void)take_in(input.rest());
    return;
  }
  if (how == 1) {  // a header of the kiosk's own making over a content of its own making
    auto const header = input.take(input.byte());
    (void)take_in(signed_batch(header, input.rest()));
    return;
  }
  auto const content = input.rest();
  v1::RecordList list;
  if (!list.ParseFromArray(content.data(), static_cast<int>(content.size()))) return;
  auto const stretch = stretch_of(list);
  if (stretch.log_head_seq == 0) return;
  auto const random = base::seeded_random(2);
  auto const sealed = protocol::seal_batch(stretch, 1, parties().centre_box.public_key(), parties().device, *random);
  require(sealed.ok(), "what fits is sealed");
  if (how == 2) {
    bool const whole = std::all_of(stretch.erased.begin(), stretch.erased.end(),
                                   [&](auto const& erased) { return erased.first <= stretch.log_head_seq; });
    bool const opens = take_in(*sealed);
    if (whole && stretch.erased.empty()) require(opens, "what was sealed opens");
    return;
  }
  // The right header over a list as it came: fields that nobody knows, erased ones out of order.
  auto header = protocol::read_batch_header(*sealed);
  require(header.ok(), "a header of ours is read");
  header->set_plain_bytes(static_cast<std::uint32_t>(content.size()));
  (void)take_in(signed_batch(header->SerializeAsString(), protocol::compress(content)));
}

}  // namespace dga::fuzz
