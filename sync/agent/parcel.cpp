#include "sync/agent/parcel.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sync/agent/cutting.h"

namespace dga::agent {
namespace {

using protocol::FrameKind;

// A courier's road has no round trips to keep short: the largest batch that surely stays below a frame's 2 MiB and a
// batch's 1 MiB of records.
constexpr std::size_t kPlainBytes = 768 * 1024;
constexpr std::size_t kBundleMagicBytes = 6;

class Packer {
 public:
  explicit Packer(std::size_t most_bytes) : most_(most_bytes) {}
  [[nodiscard]] bool put(FrameKind kind, base::Bytes payload) {
    auto const takes = protocol::frame_bytes(payload.size());
    if (used_ + takes > most_) return false;
    used_ += takes;
    frames_.push_back({static_cast<std::uint8_t>(kind), std::move(payload)});
    return true;
  }
  [[nodiscard]] base::Result<base::Bytes> bytes() const { return protocol::write_bundle(frames_); }

 private:
  std::size_t most_;
  std::size_t used_ = kBundleMagicBytes;
  std::vector<protocol::Frame> frames_;
};

// The batch that is kept for sending, where it is the next one.
base::Result<std::optional<store::Outbound>> kept_next(Outbox& outbox, Outbox::View const& view) {
  TRY(auto kept, outbox.outbound());
  auto const next = view.sync.received_through + 1;
  if (kept && (kept->first_seq > next || kept->first_seq + kept->count <= next)) kept.reset();
  return kept;
}

// A closed log goes to its end before its child.
base::Result<Outbox::View> oldest_unsent(Outbox& outbox) {
  for (store::LogNumber log = 1;; ++log) {
    outbox.work_on(log);
    TRY(auto view, outbox.view());
    if (view.waiting > 0 || view.log == view.newest) return view;
  }
}

base::Done pack_batches(Outbox& outbox, Outbox::View const& view, Pinned const& pinned,
                        crypto::SigningKey const& signing, base::Random& random, Packer& packer, Parcel& parcel) {
  auto next = view.sync.received_through + 1;
  TRY(auto kept, kept_next(outbox, view));
  if (kept) {
    if (!packer.put(FrameKind::kSealedBatch, std::move(kept->sealed_batch))) return {};
    parcel.from = kept->first_seq;
    parcel.through = kept->first_seq + kept->count - 1;
    next = parcel.through + 1;
  }
  while (next <= view.head.seq) {
    TRY(auto records, records_from(outbox, next, kPlainBytes));
    // What was recorded since the view was taken is for the next parcel.
    std::erase_if(records, [&](auto const& record) { return record.seq > view.head.seq; });
    TRY(auto const prev_hash, outbox.hash_at(next - 1));
    TRY(auto sealed,
        protocol::seal_batch(stretch_of(view, records, prev_hash), pinned.box_key_id, pinned.box, signing, random));
    if (!packer.put(FrameKind::kSealedBatch, std::move(sealed))) return {};
    if (parcel.from == 0) parcel.from = next;
    parcel.through = records.back().seq;
    next = parcel.through + 1;
  }
  return {};
}

}  // namespace

base::Result<Parcel> make_parcel(Outbox& outbox, Pinned const& pinned, crypto::SigningKey const& signing,
                                 base::Random& random, std::size_t most_bytes) {
  TRY(auto const view, oldest_unsent(outbox));
  Parcel parcel;
  parcel.log = view.identity.log;

  Packer packer(std::min(most_bytes, protocol::kMostBundleBytes));
  bool fits = packer.put(FrameKind::kSignedCertificate, pinned.certificate);
  // One for each log: a closed one, too, must hear what a restored centre has lost of it.
  std::vector<base::RequestNonce> questions;
  for (store::LogNumber log = 1; log <= view.newest; ++log) {
    outbox.work_on(log);
    TRY(auto const each, outbox.view());
    auto const& nonce = questions.emplace_back(random.draw<base::RequestNonce>());
    TRY(auto const query, head_question(outbox, each, nonce));
    fits = fits && packer.put(FrameKind::kSignedHeadQuery, protocol::sign_head_query(query, signing));
  }
  if (!fits)
    return base::refused("bundle.too_large",
                         "packed a parcel for a courier into " + std::to_string(most_bytes) + " bytes",
                         "allow it more");
  outbox.work_on(view.log);
  // Time samples alone are worth no journey (protocol.md, "The log").
  if (view.waiting > 0) TRY_DO(pack_batches(outbox, view, pinned, signing, random, packer, parcel));
  if (parcel.through != 0) parcel.records = parcel.through - parcel.from + 1;
  parcel.left = view.waiting == 0 ? 0 : view.head.seq - std::max(parcel.through, view.sync.received_through);
  for (auto log = view.log; log < view.newest; ++log) {
    outbox.work_on(log + 1);
    TRY(auto const later, outbox.view());
    parcel.left += later.waiting;
  }
  TRY(parcel.bytes, packer.bytes());
  // Remembered before anybody can answer it.
  for (store::LogNumber log = 1; log <= view.newest; ++log) {
    outbox.work_on(log);
    TRY_DO(outbox.keep_question(questions[static_cast<std::size_t>(log) - 1]));
  }
  return parcel;
}

}  // namespace dga::agent
