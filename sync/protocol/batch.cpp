#include "sync/protocol/batch.h"

#include <cassert>
#include <limits>
#include <map>

#include "sync/protocol/compress.h"
#include "sync/protocol/wire.h"

namespace dga::protocol {
namespace {

base::Error malformed(char const* found) {
  return base::usage("batch.malformed", std::string("read a batch and found ") + found, "cut and seal the batch again");
}

// The form of version 1; other versions may have another, so it is looked at only once the version is known.
base::Done check_form(v1::BatchHeader const& header) {
  auto const last_offset = std::uint64_t{header.count()} - 1;
  if (header.first_seq() == 0 || header.count() == 0) return malformed("no records announced");
  if (header.first_seq() > std::numeric_limits<std::uint64_t>::max() - last_offset)
    return malformed("numbers beyond 64 bits");
  if (header.plain_bytes() > kMostPlainBytes) return malformed("more content announced than 1 MiB");
  if (header.log_head_seq() < header.first_seq() + last_offset) return malformed("a log's head before the batch's end");
  if (header.log_head_hash().size() != base::Digest::kSize) return malformed("a hash of the wrong length");
  return {};
}

}  // namespace

base::Result<base::Bytes> seal_batch(Stretch const& stretch, std::uint32_t centre_key_id,
                                     crypto::BoxPublic const& centre_box, crypto::SigningKey const& device,
                                     base::Random& random) {
  auto const count = stretch.records.size() + stretch.erased.size();
  assert(stretch.first_seq > 0 && count > 0);
  v1::RecordList list;
  for (auto const& record : stretch.records) list.add_records(record);
  for (auto const& [seq, digest] : stretch.erased) {
    auto* const erased = list.add_erased();
    erased->set_seq(seq);
    erased->set_digest(digest.bytes());
  }
  auto const plain_bytes = list.ByteSizeLong();
  if (plain_bytes > kMostPlainBytes)
    return base::usage("batch.too_large",
                       "sealed a batch of " + std::to_string(plain_bytes) + " bytes, where 1 MiB is the most",
                       "cut a shorter stretch");

  v1::BatchHeader header;
  header.set_version(kBatchVersion);
  header.set_device_id(stretch.device.bytes());
  header.set_log_id(stretch.log.bytes());
  header.set_log_salt(stretch.salt.bytes());
  header.set_first_seq(stretch.first_seq);
  header.set_count(static_cast<std::uint32_t>(count));
  header.set_prev_hash(stretch.prev_hash.bytes());
  header.set_head_hash(stretch.head_hash.bytes());
  header.set_centre_key_id(centre_key_id);
  header.set_plain_bytes(static_cast<std::uint32_t>(plain_bytes));
  header.set_log_head_seq(stretch.log_head_seq);
  header.set_log_head_hash(stretch.log_head_hash.bytes());
  header.set_nonce(random.draw<base::RequestNonce>().bytes());

  v1::SealedBatch batch;
  batch.set_header(header.SerializeAsString());
  batch.set_sealed(crypto::seal(centre_box, compress(list.SerializeAsString())));
  batch.set_signature(device.sign(label::kBatch, digests(batch.header(), batch.sealed())));
  return batch.SerializeAsString();
}

base::Result<v1::BatchHeader> read_batch_header(base::ByteView sealed_batch) {
  if (sealed_batch.size() > kMostBatchBytes)
    return base::usage("batch.too_large",
                       "read a batch of " + std::to_string(sealed_batch.size()) + " bytes, where 2 MiB is the most",
                       "send smaller batches");
  auto const batch = parse<v1::SealedBatch>(sealed_batch, kMostBatchBytes);
  if (!batch) return malformed("no sealed batch");
  auto header = parse<v1::BatchHeader>(batch->header(), kMostBatchBytes);
  if (!header) return malformed("no header");
  return *std::move(header);
}

base::Result<VerifiedBatch> verify_batch(base::ByteView sealed_batch, DeviceKeyLookup const& device_key) {
  TRY(auto header, read_batch_header(sealed_batch));
  auto batch = parse<v1::SealedBatch>(sealed_batch, kMostBatchBytes);
  auto const device = base::DeviceId::from(header.device_id());
  auto const log = base::LogId::from(header.log_id());
  auto const salt = base::LogSalt::from(header.log_salt());
  if (!device || !log || !salt) return malformed("an identity of the wrong length");

  auto const key = device_key(*device);
  if (!key)
    return base::refused("batch.unknown_device", "looked up device " + device->hex() + ", which is not known here",
                         "present its certificate, or enrol it");
  if (crypto::device_id(*key) != *device || crypto::log_id(*device, *salt) != *log)
    return base::refused("batch.wrong_ids", "read a batch of device " + device->hex() + " whose log is not its own",
                         "cut and seal the batch again");
  if (!crypto::verify(*key, label::kBatch, digests(batch->header(), batch->sealed()), batch->signature()))
    return base::refused("batch.bad_signature", "checked the signature of a batch of device " + device->hex(),
                         "send the batch again");
  if (header.version() != kBatchVersion)
    return base::refused("batch.version",
                         "read a batch of version " + std::to_string(header.version()) + ", where 1 is known",
                         "bring the centre's software up to date");

  TRY_DO(check_form(header));
  auto const prev_hash = base::Digest::from(header.prev_hash());
  auto const head_hash = base::Digest::from(header.head_hash());
  auto const nonce = base::RequestNonce::from(header.nonce());
  if (!prev_hash || !head_hash || !nonce) return malformed("a hash or a nonce of the wrong length");
  auto const device_value = *device;
  auto const log_value = *log;
  return VerifiedBatch{
      std::move(header), device_value, log_value, *prev_hash, *head_hash, *nonce, std::move(*batch->mutable_sealed())};
}

namespace {

// Puts each record, or the digest that stands for one, at its place.
base::Result<std::vector<ChainedRecord>> place(v1::BatchHeader const& header, v1::RecordList& list) {
  auto const last = header.first_seq() + header.count() - 1;
  std::map<std::uint64_t, base::Digest> erased;
  for (auto const& one : list.erased()) {
    auto const digest = base::Digest::from(one.digest());
    if (!digest || one.seq() < header.first_seq() || one.seq() > last || !erased.emplace(one.seq(), *digest).second)
      return malformed("an erased record that has no place in it");
  }
  if (static_cast<std::uint64_t>(list.records_size()) + erased.size() != header.count())
    return malformed("another number of records than announced");

  std::vector<ChainedRecord> chained;
  chained.reserve(header.count());
  int next = 0;
  for (std::uint64_t i = 0; i < header.count(); ++i) {
    auto const seq = header.first_seq() + i;
    if (auto const gone = erased.find(seq); gone != erased.end()) {
      chained.push_back({seq, std::nullopt, gone->second, {}});
    } else {
      auto& bytes = *list.mutable_records(next++);
      auto const digest = crypto::hash({bytes});
      chained.push_back({seq, std::move(bytes), digest, {}});
    }
  }
  return chained;
}

}  // namespace

base::Result<std::vector<ChainedRecord>> open_batch(VerifiedBatch const& batch, crypto::BoxKey const& centre_box) {
  auto const frame = centre_box.open(batch.sealed);
  if (!frame.ok())
    return base::damaged(
        "batch.box",
        "opened a batch of log " + batch.log.hex() + " with box key " + std::to_string(batch.header.centre_key_id()),
        "have the kiosk seal it again for the key that is valid now");
  auto const plain = decompress(*frame, batch.header.plain_bytes());
  if (!plain.ok()) return base::damaged("batch.compression", plain.error().what, "have the kiosk send it again");
  auto list = parse<v1::RecordList>(*plain, kMostPlainBytes);
  if (!list) return malformed("no list of records");
  TRY(auto chained, place(batch.header, *list));

  auto const broken = [&] {
    return base::damaged("batch.chain",
                         "followed the chain of log " + batch.log.hex() + " from record " +
                             std::to_string(batch.header.first_seq()) + " and came out at another hash",
                         "verify the log on the kiosk");
  };
  // What stands before record 1 follows from the log's id alone.
  if (batch.header.first_seq() == 1 && batch.prev_hash != crypto::chain_start(batch.log)) return broken();
  auto hash = batch.prev_hash;
  for (auto& record : chained) hash = record.hash = crypto::chain_next(hash, record.seq, record.digest);
  if (hash != batch.head_hash) return broken();
  // Both name h(last) when nothing was recorded after the batch was cut.
  if (batch.header.log_head_seq() == chained.back().seq && batch.header.log_head_hash() != batch.head_hash.view())
    return broken();
  return chained;
}

}  // namespace dga::protocol
