#include "sync/protocol/batch.h"

#include <limits>

#include "shared/records/record.pb.h"
#include "sync/protocol/compress.h"
#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;
using test_wire::People;

namespace {

v1::BatchHeader header_of(base::Bytes const& batch) {
  auto const header = read_batch_header(batch);
  REQUIRE(header.ok());
  return *header;
}
base::Bytes list_of(std::vector<base::Bytes> const& records) {
  v1::RecordList list;
  for (auto const& record : records) list.add_records(record);
  return list.SerializeAsString();
}
// How far a batch gets: the code of the error, "" when it opens.
std::string outcome(base::Bytes const& batch, People const& people) {
  auto const verified = verify_batch(batch, people.lookup());
  if (!verified.ok()) return verified.error().code;
  auto const opened = open_batch(*verified, people.centre_box);
  return opened.ok() ? "" : opened.error().code;
}

}  // namespace

TEST_CASE("a sealed batch opens into its records and their hashes") {
  People people;
  std::vector<base::Bytes> const records{"first", "second", "third"};
  auto const verified = verify_batch(people.sealed(records), people.lookup());
  REQUIRE(verified.ok());
  auto const opened = open_batch(*verified, people.centre_box);
  REQUIRE(opened.ok());
  REQUIRE(opened->size() == 3);
  CHECK(opened->at(1).bytes.value() == "second");
  CHECK(opened->at(2).seq == 3);
  CHECK(opened->at(2).hash == people.stretch(records).head_hash);
}

TEST_CASE("a batch with any one bit changed is refused") {
  People people;
  auto const batch = people.sealed({"one", "two"});
  REQUIRE(outcome(batch, people).empty());
  for (std::size_t bit = 0; bit < batch.size() * 8; ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(outcome(test_wire::flipped(batch, bit), people).empty());
  }
}

TEST_CASE("a batch cut at any byte is refused") {
  People people;
  auto const batch = people.sealed({"one", "two"});
  for (std::size_t size = 0; size < batch.size(); ++size) CHECK_FALSE(outcome(batch.substr(0, size), people).empty());
}

TEST_CASE("records that are no records travel raw") {
  People people;
  CHECK(outcome(people.sealed({"\xFF\xFF\xFF", "", base::Bytes(100'000, '\0')}), people).empty());
}

TEST_CASE("more than 1 MiB is not sealed and more than 2 MiB is not read") {
  People people;
  auto const too_much = seal_batch(people.stretch({base::Bytes(kMostPlainBytes, 'a')}), 1,
                                   people.centre_box.public_key(), people.device, *people.random);
  CHECK(too_much.error().code == "batch.too_large");
  CHECK(outcome(base::Bytes(kMostBatchBytes + 1, '\0'), people) == "batch.too_large");
}

TEST_CASE("a batch of an unknown device is told from a damaged one") {
  People people;
  auto const nobody = [](base::DeviceId const&) -> std::optional<crypto::SigningPublic> { return std::nullopt; };
  CHECK(verify_batch(people.sealed({"a"}), nobody).error().code == "batch.unknown_device");
}

TEST_CASE("ids that do not belong together are refused before the signature is looked at") {
  People people;
  auto header = header_of(people.sealed({"a"}));
  auto const content = compress(list_of({"a"}));
  header.set_log_id(people.random->draw<base::LogId>().bytes());
  CHECK(outcome(people.signed_batch(header, content), people) == "batch.wrong_ids");
  header.set_log_id("short");
  CHECK(outcome(people.signed_batch(header, content), people) == "batch.malformed");
  auto const other = crypto::SigningKey::generate(*people.random);
  auto const other_key = [&](base::DeviceId const&) { return std::optional(other.public_key()); };
  CHECK(verify_batch(people.sealed({"a"}), other_key).error().code == "batch.wrong_ids");
}

TEST_CASE("another version is refused as such only under a good signature") {
  People people;
  auto header = header_of(people.sealed({"a"}));
  header.set_version(2);
  header.set_count(0);  // what version 2 may mean by it is not ours to judge
  auto batch = people.signed_batch(header, compress(list_of({"a"})));
  CHECK(outcome(batch, people) == "batch.version");
  batch.back() = static_cast<char>(batch.back() ^ 1);
  CHECK(outcome(batch, people) == "batch.bad_signature");
}

TEST_CASE("counts and numbers that cannot be are refused") {
  People people;
  auto const content = compress(list_of({"a"}));
  auto const good = header_of(people.sealed({"a"}));
  auto const changed = [&](auto const& change) {
    auto header = good;
    change(header);
    return outcome(people.signed_batch(header, content), people);
  };
  CHECK(changed([](v1::BatchHeader&) {}).empty());
  CHECK(changed([](v1::BatchHeader& h) { h.set_count(0); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_count(2), h.set_log_head_seq(2); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_count(0xFFFFFFFF), h.set_log_head_seq(0xFFFFFFFF); }) ==
        "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_first_seq(0); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) {
          h.set_first_seq(std::numeric_limits<std::uint64_t>::max()), h.set_count(2), h.set_log_head_seq(h.first_seq());
        }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_log_head_seq(0); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_plain_bytes(kMostPlainBytes + 1); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_plain_bytes(h.plain_bytes() + 1); }) == "batch.compression");
  CHECK(changed([](v1::BatchHeader& h) { h.set_prev_hash("short"); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_head_hash(""); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_log_head_hash(base::Bytes(33, 'x')); }) == "batch.malformed");
  CHECK(changed([](v1::BatchHeader& h) { h.set_nonce(""); }) == "batch.malformed");
}

TEST_CASE("a chain that does not come out at the head is damaged") {
  People people;
  auto const header = header_of(people.sealed({"abc"}));
  CHECK(outcome(people.signed_batch(header, compress(list_of({"abd"}))), people) == "batch.chain");
  auto elsewhere = people.stretch({"abc"});
  elsewhere.prev_hash = people.random->draw<base::Digest>();
  elsewhere.head_hash = elsewhere.log_head_hash = crypto::chain_next(elsewhere.prev_hash, 1, crypto::hash({"abc"}));
  auto const batch = seal_batch(elsewhere, 1, people.centre_box.public_key(), people.device, *people.random);
  CHECK(outcome(*batch, people) == "batch.chain");
}

TEST_CASE("content that is no compressed list is told from content for another key") {
  People people;
  auto header = header_of(people.sealed({"a"}));
  CHECK(outcome(people.signed_batch(header, "not compressed"), people) == "batch.compression");
  header.set_plain_bytes(4);
  CHECK(outcome(people.signed_batch(header, compress("\x0A\x7F\x01\x01")), people) == "batch.malformed");
  auto const verified = verify_batch(people.sealed({"a"}), people.lookup());
  CHECK(open_batch(*verified, people.device_box).error().code == "batch.box");
}

TEST_CASE("a digest stands for a record that was erased") {
  People people;
  auto header = header_of(people.sealed({"one", "two", "three"}));
  v1::RecordList list;
  list.add_records("one");
  list.add_records("three");
  auto* const erased = list.add_erased();
  erased->set_seq(2);
  erased->set_digest(crypto::hash({"two"}).bytes());
  auto const send = [&](v1::RecordList const& content) {
    auto const plain = content.SerializeAsString();
    header.set_plain_bytes(static_cast<std::uint32_t>(plain.size()));
    return people.signed_batch(header, compress(plain));
  };
  auto const opened = open_batch(*verify_batch(send(list), people.lookup()), people.centre_box);
  REQUIRE(opened.ok());
  CHECK_FALSE(opened->at(1).bytes.has_value());
  CHECK(opened->at(2).bytes.value() == "three");
  CHECK(opened->at(1).hash == people.stretch({"one", "two"}).head_hash);

  auto stretch = people.stretch({"one", "two", "three"});
  stretch.records.erase(stretch.records.begin() + 1);
  stretch.erased.emplace_back(2, crypto::hash({"two"}));
  auto const ours = seal_batch(stretch, 1, people.centre_box.public_key(), people.device, *people.random);
  REQUIRE(ours.ok());
  CHECK(outcome(*ours, people).empty());

  auto twice = list;
  *twice.add_erased() = *erased;
  CHECK(outcome(send(twice), people) == "batch.malformed");
  auto beyond = list;
  beyond.mutable_erased(0)->set_seq(4);
  CHECK(outcome(send(beyond), people) == "batch.malformed");
  auto cut = list;
  cut.mutable_erased(0)->set_digest("short");
  CHECK(outcome(send(cut), people) == "batch.malformed");
}

TEST_CASE("fields of a newer writer are let pass and stay under the signature") {
  People people;
  auto header = header_of(people.sealed({"a"}));
  header.GetReflection()->MutableUnknownFields(&header)->AddVarint(99, 7);
  auto const batch = people.signed_batch(header, compress(list_of({"a"})));
  auto const verified = verify_batch(batch, people.lookup());
  REQUIRE(verified.ok());
  CHECK(verified->header.SerializeAsString() == header.SerializeAsString());
}

TEST_CASE("five hundred check-ins of a busy door take at most 16 bytes each") {
  constexpr std::uint64_t kSeed = 11;
  constexpr std::size_t kCheckIns = 500;
  CAPTURE(kSeed);
  People people;
  auto random = base::seeded_random(kSeed);
  std::vector<base::Bytes> records;
  std::int64_t now_ms = 1'731'372'900'000;
  for (std::uint64_t seq = 1; seq <= kCheckIns; ++seq) {
    now_ms += static_cast<std::int64_t>(random->below(12'000));  // whoever is next comes within twelve seconds
    v1::Record record;
    record.set_seq(seq);
    record.mutable_at()->set_wall_ms(now_ms);
    record.mutable_at()->set_boot(1);
    record.mutable_at()->set_mono_ms(static_cast<std::uint64_t>(now_ms - 1'731'370'000'000));
    record.set_class_id(1);
    record.set_pack_version(1'731'300'000'000);
    record.mutable_check_in()->set_participant(1 + random->below(1'000));
    record.mutable_check_in()->set_session(1);
    record.mutable_check_in()->set_method(v1::BADGE);
    records.push_back(record.SerializeAsString());
  }
  auto const sealed = people.sealed(records);
  MESSAGE("bytes a check-in: " << static_cast<double>(sealed.size()) / kCheckIns);
  CHECK(sealed.size() <= 16 * kCheckIns);
}
