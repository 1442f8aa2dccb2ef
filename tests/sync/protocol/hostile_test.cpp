#include "sync/protocol/bundle.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/compress.h"
#include "sync/protocol/enrolment.h"
#include "sync/protocol/pack.h"
#include "sync/protocol/receipt.h"
#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;
using test_wire::bytes_of;
using test_wire::People;

namespace {

// Everything of the wire that reads what others wrote.
void read_as_everything(base::Bytes const& bytes, People& people) {
  auto const key = people.centre.public_key();
  EnrolmentTicket ticket{people.random->draw<EnrolmentCode>(), {}, "http://127.0.0.1"};
  CHECK_FALSE(verify_batch(bytes, people.lookup()).ok());
  CHECK_FALSE(verify_receipt(bytes, key).ok());
  CHECK_FALSE(verify_head_query(bytes, people.lookup()).ok());
  CHECK_FALSE(verify_certificate(bytes, key).ok());
  CHECK_FALSE(verify_trust_list(bytes, key).ok());
  CHECK_FALSE(verify_pack_query(bytes, people.lookup()).ok());
  CHECK_FALSE(open_pack(bytes, key, people.device_id, people.device_box, std::nullopt).ok());
  CHECK_FALSE(read_enrolment(bytes, ticket.code).ok());
  CHECK_FALSE(accept_enrolment(bytes, ticket, {}, people.device.public_key(), people.device_box.public_key()).ok());
  CHECK_FALSE(read_ticket(bytes).ok());
  (void)read_bundle(bytes);
  (void)decompress(bytes, bytes.size() * 2);
}

}  // namespace

TEST_CASE("octets at random are refused by everything that reads") {
  People people;
  for (int i = 0; i < 300; ++i) {
    base::Bytes bytes(people.random->below(600), '\0');
    people.random->fill(bytes.data(), bytes.size());
    read_as_everything(bytes, people);
  }
}

TEST_CASE("real messages spoilt at random are refused by everything that reads") {
  People people;
  auto const vectors = test_wire::vectors();
  for (auto const* name : {"receipt", "certificate", "head_query", "bundle"}) {
    for (int i = 0; i < 100; ++i) {
      auto bytes = bytes_of(vectors[name]);
      for (std::uint64_t spoilt = 0; spoilt <= people.random->below(6); ++spoilt)
        bytes[people.random->below(bytes.size())] = static_cast<char>(people.random->below(256));
      bytes.resize(1 + people.random->below(bytes.size()));
      read_as_everything(bytes, people);
    }
  }
}

TEST_CASE("half a million empty records in one batch are read and take bounded memory") {
  People people;
  // Two octets each in the list: the most that 1 MiB can hold.
  std::vector<base::Bytes> const records(kMostPlainBytes / 2);
  auto const verified = verify_batch(people.sealed(records), people.lookup());
  REQUIRE(verified.ok());
  CHECK(open_batch(*verified, people.centre_box)->size() == records.size());
}
