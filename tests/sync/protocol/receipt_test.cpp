#include "sync/protocol/receipt.h"

#include <limits>

#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;
using test_wire::People;

namespace {

v1::Receipt receipt_for(People& people) {
  v1::Receipt receipt;
  receipt.set_version(kReceiptVersion);
  receipt.set_key_id(1);
  receipt.set_device_id(people.device_id.bytes());
  receipt.set_log_id(people.log.bytes());
  receipt.set_centre_epoch(1'731'373'200);
  receipt.set_received_through(3);
  receipt.set_received_hash(people.random->draw<base::Digest>().bytes());
  receipt.set_nonce(people.random->draw<base::RequestNonce>().bytes());
  return receipt;
}
v1::HeadQuery query_of(People& people) {
  v1::HeadQuery query;
  query.set_device_id(people.device_id.bytes());
  query.set_log_id(people.log.bytes());
  query.set_log_salt(people.salt.bytes());
  query.set_head_seq(2);
  query.set_head_hash(people.random->draw<base::Digest>().bytes());
  query.set_nonce(people.random->draw<base::RequestNonce>().bytes());
  for (auto const seq : head_query_places(2)) {
    auto* const point = query.add_points();
    point->set_seq(seq);
    point->set_hash(people.random->draw<base::Digest>().bytes());
  }
  return query;
}

}  // namespace

TEST_CASE("a signed receipt verifies under the centre's key and no other") {
  People people;
  auto const receipt = receipt_for(people);
  auto const bytes = sign_receipt(receipt, people.centre);
  auto const verified = verify_receipt(bytes, people.centre.public_key());
  REQUIRE(verified.ok());
  CHECK(verified->SerializeAsString() == receipt.SerializeAsString());
  CHECK(verify_receipt(bytes, people.root.public_key()).error().code == "receipt.bad_signature");
}

TEST_CASE("a receipt with any one bit changed is refused") {
  People people;
  auto const bytes = sign_receipt(receipt_for(people), people.centre);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(verify_receipt(test_wire::flipped(bytes, bit), people.centre.public_key()).ok());
  }
}

TEST_CASE("a receipt is bound to its use and a head query's signature is none") {
  People people;
  v1::SignedReceipt wrapped;
  wrapped.set_receipt(receipt_for(people).SerializeAsString());
  using namespace std::string_view_literals;
  wrapped.set_signature(people.centre.sign("dga-head-v1\0"sv, crypto::hash({wrapped.receipt()}).view()));
  CHECK(verify_receipt(wrapped.SerializeAsString(), people.centre.public_key()).error().code ==
        "receipt.bad_signature");
}

TEST_CASE("what is no receipt is refused as such") {
  People people;
  auto const key = people.centre.public_key();
  CHECK(verify_receipt("", key).error().code == "receipt.malformed");
  CHECK(verify_receipt("<html><body>Welcome to the hotel</body></html>", key).error().code == "receipt.malformed");
  CHECK(verify_receipt(base::Bytes(2 * 1024 * 1024, '\n'), key).error().code == "receipt.malformed");
}

TEST_CASE("a signed receipt of another version or form is refused") {
  People people;
  auto receipt = receipt_for(people);
  receipt.set_version(2);
  CHECK(verify_receipt(sign_receipt(receipt, people.centre), people.centre.public_key()).error().code ==
        "receipt.version");
  receipt = receipt_for(people);
  receipt.set_received_hash("short");
  CHECK(verify_receipt(sign_receipt(receipt, people.centre), people.centre.public_key()).error().code ==
        "receipt.malformed");
  receipt = receipt_for(people);
  receipt.set_log_id("short");
  CHECK(verify_receipt(sign_receipt(receipt, people.centre), people.centre.public_key()).error().code ==
        "receipt.malformed");
}

TEST_CASE("a head query verifies and each bit of it counts") {
  People people;
  auto const bytes = sign_head_query(query_of(people), people.device);
  REQUIRE(verify_head_query(bytes, people.lookup()).ok());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(verify_head_query(test_wire::flipped(bytes, bit), people.lookup()).ok());
  }
}

TEST_CASE("a head query with points beyond its head or too many of them is refused") {
  People people;
  auto query = query_of(people);
  query.mutable_points(0)->set_seq(3);
  CHECK(verify_head_query(sign_head_query(query, people.device), people.lookup()).error().code == "head.malformed");
  query = query_of(people);
  for (int i = 0; i < 100; ++i) *query.add_points() = query.points(0);
  CHECK(verify_head_query(sign_head_query(query, people.device), people.lookup()).error().code == "head.malformed");
  query = query_of(people);
  query.set_log_id(people.random->draw<base::LogId>().bytes());
  CHECK(verify_head_query(sign_head_query(query, people.device), people.lookup()).error().code == "head.wrong_ids");
}

TEST_CASE("the places of a head query lie ever further back and end at the log's beginning") {
  CHECK(head_query_places(0) == std::vector<std::uint64_t>{0});
  CHECK(head_query_places(1) == std::vector<std::uint64_t>{1, 0});
  CHECK(head_query_places(2) == std::vector<std::uint64_t>{2, 1, 0});
  CHECK(head_query_places(11) == std::vector<std::uint64_t>{11, 10, 9, 7, 3, 0});
  auto const most = head_query_places(std::numeric_limits<std::uint64_t>::max());
  CHECK(most.size() == 66);
  CHECK(most.back() == 0);
}
