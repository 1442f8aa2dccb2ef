#pragma once

#include <cstdint>
#include <vector>

#include "sync/agent/outbox.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/receipt.h"

// What every road makes of a log: stretches to seal, and the question how far the centre has it.
namespace dga::agent {

// Framing costs each record a few bytes: with so many small ones a batch of the largest plain target stays below 1 MiB.
inline constexpr std::size_t kMostRecordsOfBatch = 8192;

// From `from_seq` on, about `plain_bytes` of them, at least one. Damaged "sync.gap" where there is none.
[[nodiscard]] base::Result<std::vector<store::StoredRecord>> records_from(Outbox& outbox, std::uint64_t from_seq,
                                                                          std::size_t plain_bytes);

// REQUIRES: `records` is not empty; `prev_hash` is h(first - 1).
[[nodiscard]] protocol::Stretch stretch_of(Outbox::View const& view, std::vector<store::StoredRecord> const& records,
                                           base::Digest const& prev_hash);

// The question whose answer describes the longest prefix that its points match.
[[nodiscard]] base::Result<v1::HeadQuery> head_question(Outbox& outbox, Outbox::View const& view,
                                                        base::RequestNonce const& nonce);

}  // namespace dga::agent
