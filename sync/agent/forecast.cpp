#include "sync/agent/forecast.h"

#include <algorithm>
#include <cmath>

#include "sync/agent/budget.h"
#include "sync/agent/cutting.h"
#include "sync/protocol/batch.h"

namespace dga::agent {
namespace {

// As batches are on a usual network: 32 KiB of some 150 KiB of records.
constexpr std::size_t kPlainBytes = 150 * 1024;
// Measured: some 2 MB of records, 50 ms; beyond that one record is like another.
constexpr int kMostMeasured = 16;

// The question that every round of sending begins with, and its answer.
std::uint64_t question_bytes(v1::HeadQuery const& query) {
  constexpr std::uint64_t kSignature = 70;
  return query.ByteSizeLong() + kSignature + kReceiptBytes + kExchangeBytes;
}

// One record more is never less than its share of a batch.
constexpr double kLeastBytesARecord = 8;
// A new batch says more than all before it, not everything.
constexpr double kNewest = 0.5;
// Of a small batch most is what stands around its records.
constexpr std::uint64_t kFewestRecords = 50;

}  // namespace

base::Result<Forecast> forecast(Outbox& outbox, Pinned const& pinned, crypto::SigningKey const& signing,
                                base::Random& random) {
  // The question for a newer class pack, and "nothing newer".
  constexpr std::uint64_t kPackQuestionBytes = 140 + kExchangeBytes;
  Forecast sum{0, kPackQuestionBytes, 0};
  std::uint64_t measured_records = 0, measured_bytes = 0;
  int batches = 0;
  for (store::LogNumber log = 1;; ++log) {
    outbox.work_on(log);
    TRY(auto const view, outbox.view());
    sum.pack_bytes = view.pack_bytes;
    TRY(auto const query, head_question(outbox, view, random.draw<base::RequestNonce>()));
    sum.bytes += question_bytes(query);
    for (auto next = view.sync.received_through + 1; view.waiting > 0 && next <= view.head.seq;) {
      if (batches == kMostMeasured) {
        auto const rest = view.head.seq - next + 1;
        sum.records += rest;
        sum.bytes += rest * measured_bytes / std::max<std::uint64_t>(measured_records, 1);
        break;
      }
      TRY(auto const records, records_from(outbox, next, kPlainBytes));
      TRY(auto const prev_hash, outbox.hash_at(next - 1));
      TRY(auto const sealed,
          protocol::seal_batch(stretch_of(view, records, prev_hash), pinned.box_key_id, pinned.box, signing, random));
      auto const bytes = sealed.size() + kReceiptBytes + kExchangeBytes;
      measured_records += records.size();
      measured_bytes += bytes;
      sum.records += records.size();
      sum.bytes += bytes;
      next = records.back().seq + 1;
      ++batches;
    }
    if (view.log == view.newest) return sum;
  }
}

void Costs::arrived(std::uint64_t records, std::uint64_t bytes) {
  if (records < kFewestRecords) return;
  auto const now = static_cast<double>(bytes) / static_cast<double>(records);
  bytes_a_record_ = std::max(kLeastBytesARecord, bytes_a_record_ * (1 - kNewest) + now * kNewest);
}

Forecast Costs::of(std::uint64_t waiting, std::uint64_t pack_bytes) const {
  if (waiting == 0) return {};
  constexpr std::uint64_t kAround = 3 * (kReceiptBytes + kExchangeBytes);  // the head, a pack's question, a batch
  return {waiting, kAround + static_cast<std::uint64_t>(std::llround(static_cast<double>(waiting) * bytes_a_record_)),
          pack_bytes};
}

}  // namespace dga::agent
