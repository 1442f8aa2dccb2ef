#include "sync/agent/cutting.h"

#include <algorithm>

namespace dga::agent {

base::Result<std::vector<store::StoredRecord>> records_from(Outbox& outbox, std::uint64_t from_seq,
                                                            std::size_t plain_bytes) {
  TRY(auto records, outbox.records(from_seq, kMostRecordsOfBatch, plain_bytes));
  if (records.empty() || records.front().seq != from_seq)
    return base::damaged("sync.gap", "read record " + std::to_string(from_seq) + " to send it, and it is not there",
                         "verify the log on the kiosk");
  return records;
}

protocol::Stretch stretch_of(Outbox::View const& view, std::vector<store::StoredRecord> const& records,
                             base::Digest const& prev_hash) {
  protocol::Stretch stretch;
  stretch.device = view.identity.device;
  stretch.log = view.identity.log;
  stretch.salt = view.identity.salt;
  stretch.first_seq = records.front().seq;
  for (auto const& record : records) {
    if (record.erased)
      stretch.erased.emplace_back(record.seq, record.digest);
    else
      stretch.records.push_back(record.bytes);
  }
  stretch.prev_hash = prev_hash;
  stretch.head_hash = records.back().hash;
  stretch.log_head_seq = view.head.seq;
  stretch.log_head_hash = view.head.hash;
  return stretch;
}

base::Result<v1::HeadQuery> head_question(Outbox& outbox, Outbox::View const& view, base::RequestNonce const& nonce) {
  v1::HeadQuery query;
  query.set_device_id(view.identity.device.bytes());
  query.set_log_id(view.identity.log.bytes());
  query.set_log_salt(view.identity.salt.bytes());
  query.set_head_seq(view.head.seq);
  query.set_head_hash(view.head.hash.bytes());
  query.set_nonce(nonce.bytes());
  auto places = protocol::head_query_places(view.head.seq);
  // And what the centre had: of a cut bundle its answer would else speak of less than it said before.
  auto const told = view.sync.received_through;
  if (told <= view.head.seq && std::find(places.begin(), places.end(), told) == places.end()) places.push_back(told);
  for (auto const seq : places) {
    TRY(auto const hash, outbox.hash_at(seq));
    auto* const point = query.add_points();
    point->set_seq(seq);
    point->set_hash(hash.bytes());
  }
  return query;
}

}  // namespace dga::agent
