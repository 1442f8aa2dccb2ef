#include "sync/protocol/pack.h"

#include "sync/protocol/compress.h"
#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;
using test_wire::People;

namespace {

v1::ClassPack small_pack() {
  v1::ClassPack pack;
  pack.set_pack_version(1'731'373'200'123);
  pack.mutable_class_()->set_id(5);
  pack.add_roster()->set_participant(17);
  return pack;
}
base::Bytes sealed(People& people, v1::ClassPack const& pack, base::ByteView nonce = {}) {
  return seal_pack(pack, people.device_id, people.device_box.public_key(), 1, nonce, people.centre);
}
std::string outcome(People& people, base::ByteView bytes, std::optional<base::RequestNonce> nonce = std::nullopt) {
  auto const opened = open_pack(bytes, people.centre.public_key(), people.device_id, people.device_box, nonce);
  return opened.ok() ? "" : opened.error().code;
}
// A pack as a centre gone wrong might sign it.
base::Bytes signed_pack(People& people, v1::PackHeader const& header, base::ByteView content) {
  using namespace std::string_view_literals;
  v1::SealedPack pack;
  pack.set_header(header.SerializeAsString());
  pack.set_sealed(crypto::seal(people.device_box.public_key(), content));
  pack.set_signature(people.centre.sign("dga-pack-v1\0"sv,
                                        crypto::hash({pack.header()}).bytes() + crypto::hash({pack.sealed()}).bytes()));
  return pack.SerializeAsString();
}
v1::PackHeader header_of(base::Bytes const& bytes) {
  v1::SealedPack pack;
  v1::PackHeader header;
  REQUIRE(pack.ParseFromString(bytes));
  REQUIRE(header.ParseFromString(pack.header()));
  return header;
}

}  // namespace

TEST_CASE("a pack opens on the kiosk it was sealed for") {
  People people;
  auto const opened = open_pack(sealed(people, small_pack()), people.centre.public_key(), people.device_id,
                                people.device_box, std::nullopt);
  REQUIRE(opened.ok());
  CHECK(opened->plain == small_pack().SerializeAsString());
  CHECK(opened->header.class_id() == 5);
  CHECK(opened->pack.roster(0).participant() == 17);
}

TEST_CASE("a pack with any one bit changed is refused") {
  People people;
  auto const bytes = sealed(people, small_pack());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(outcome(people, test_wire::flipped(bytes, bit)).empty());
  }
}

TEST_CASE("a pack for another kiosk and one of another centre are told apart") {
  People people;
  auto const other = people.random->draw<base::DeviceId>();
  CHECK(outcome(people, seal_pack(small_pack(), other, people.device_box.public_key(), 1, {}, people.centre)) ==
        "pack.other_device");
  CHECK(outcome(people, seal_pack(small_pack(), people.device_id, people.device_box.public_key(), 1, {},
                                  people.root)) == "pack.bad_signature");
  CHECK(outcome(people, seal_pack(small_pack(), people.device_id, people.centre_box.public_key(), 1, {},
                                  people.centre)) == "pack.damaged");
}

TEST_CASE("an answer to another question is refused and a pack by file needs no question") {
  People people;
  auto const asked = people.random->draw<base::RequestNonce>();
  auto const other = people.random->draw<base::RequestNonce>();
  CHECK(outcome(people, sealed(people, small_pack(), asked.view()), asked).empty());
  CHECK(outcome(people, sealed(people, small_pack(), other.view()), asked) == "pack.other_answer");
  CHECK(outcome(people, sealed(people, small_pack()), asked) == "pack.other_answer");
  CHECK(outcome(people, sealed(people, small_pack(), asked.view())).empty());
}

TEST_CASE("a pack whose cover disagrees with its content is refused") {
  People people;
  auto const good = header_of(sealed(people, small_pack()));
  auto const content = compress(small_pack().SerializeAsString());
  auto const changed = [&](auto const& change) {
    auto header = good;
    change(header);
    return outcome(people, signed_pack(people, header, content));
  };
  CHECK(changed([](v1::PackHeader&) {}).empty());
  CHECK(changed([](v1::PackHeader& h) { h.set_pack_version(h.pack_version() + 1); }) == "pack.malformed");
  CHECK(changed([](v1::PackHeader& h) { h.set_class_id(6); }) == "pack.malformed");
  CHECK(changed([](v1::PackHeader& h) { h.set_version(2); }) == "pack.version");
  CHECK(changed([](v1::PackHeader& h) { h.set_plain_bytes(h.plain_bytes() - 1); }) == "pack.damaged");
  CHECK(changed([](v1::PackHeader& h) { h.set_plain_bytes(0xFFFFFFFF); }) == "pack.malformed");
}

TEST_CASE("what is no pack is refused as such") {
  People people;
  CHECK(outcome(people, "") == "pack.malformed");
  CHECK(outcome(people, "<html>log in to use this network</html>") == "pack.malformed");
}

TEST_CASE("a pack query verifies and each bit of it counts") {
  People people;
  v1::PackQuery query;
  query.set_device_id(people.device_id.bytes());
  query.set_have_version(12);
  query.set_nonce(people.random->draw<base::RequestNonce>().bytes());
  auto const bytes = sign_pack_query(query, people.device);
  auto const verified = verify_pack_query(bytes, people.lookup());
  REQUIRE(verified.ok());
  CHECK(verified->have_version() == 12);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(verify_pack_query(test_wire::flipped(bytes, bit), people.lookup()).ok());
  }
}
