#include "tests/fuzz/couriers.h"

#include <sodium.h>

#include "shared/crypto/hash.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/receipt.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kiosk.h"
#include "tests/support/check_in.h"

namespace dga::fuzz {
namespace {

using test::check_in;

// While one of these lives, what libsodium draws is the same in every run: sealing takes its randomness from nowhere
// else, and seeds that lie in the tree must be those that are made.
class KnownChance {
 public:
  KnownChance() {
    drawn() = 0;
    set(&implementation_);
  }
  ~KnownChance() { set(&randombytes_sysrandom_implementation); }
  KnownChance(KnownChance const&) = delete;
  KnownChance& operator=(KnownChance const&) = delete;

 private:
  static void set(randombytes_implementation* implementation) {
    require(randombytes_set_implementation(implementation) == 0, "libsodium takes its randomness from elsewhere");
  }
  static std::uint64_t& drawn() {
    static std::uint64_t count = 0;
    return count;
  }
  static void fill(void* buffer, std::size_t size) {
    auto const count = ++drawn();
    std::array<unsigned char, randombytes_SEEDBYTES> seed{};
    for (std::size_t i = 0; i < sizeof count; ++i) seed[i] = static_cast<unsigned char>(count >> (8 * i));
    randombytes_buf_deterministic(buffer, size, seed.data());
  }
  static std::uint32_t word() {
    std::uint32_t drawn_word = 0;
    fill(&drawn_word, sizeof drawn_word);
    return drawn_word;
  }
  randombytes_implementation implementation_{[] { return "known"; }, word, nullptr, nullptr, fill, nullptr};
};

centre::CentreKeys centre_keys() {
  auto const& its = parties();
  centre::CentreKeys keys{known_key('d'),       1, its.centre, 1, {}, 1, crypto::SigningKey::from_seed(known_key('z')),
                          its.root.public_key()};
  keys.boxes.emplace(keys.box_id, its.centre_box);
  return keys;
}

// A clone's log goes another way after the third record.
std::vector<v1::Record> facts_of_clone() {
  auto facts = every_kind();
  facts.resize(2);
  for (std::uint64_t person = 101; person < 107; ++person) facts.push_back(check_in(person));
  return facts;
}

std::vector<protocol::Frame> parcel_of(Sender const& sender, crypto::BoxPublic const& centre) {
  using protocol::FrameKind;
  auto const frame = [](FrameKind kind, base::Bytes payload) {
    return protocol::Frame{static_cast<std::uint8_t>(kind), std::move(payload)};
  };
  auto const third = sender.head() / 3;
  return {frame(FrameKind::kSignedCertificate, sender.certificate),
          frame(FrameKind::kSignedHeadQuery, sender.head_query()),
          frame(FrameKind::kSealedBatch, sender.batch(1, third, centre)),
          frame(FrameKind::kSealedBatch, sender.batch(third + 1, 2 * third, centre)),
          frame(FrameKind::kSealedBatch, sender.batch(2 * third + 1, sender.head(), centre))};
}

}  // namespace

Sender::Sender(char letter, std::vector<v1::Record> const& facts, crypto::SigningKey const& centre)
    : signing(crypto::SigningKey::from_seed(known_key(letter))),
      box(crypto::BoxKey::from_seed(known_key(letter))),
      device(crypto::device_id(signing.public_key())),
      salt(*base::LogSalt::from(std::string(16, letter))),
      log(crypto::log_id(device, salt)) {
  hashes.push_back(crypto::chain_start(log));
  v1::Record opened;
  opened.mutable_log_opened()->set_device_id(device.bytes());
  opened.mutable_log_opened()->set_log_salt(salt.bytes());
  std::vector<v1::Record> all{opened};
  all.insert(all.end(), facts.begin(), facts.end());
  for (auto& record : all) {
    record.set_seq(hashes.size());
    record.mutable_at()->set_wall_ms(StandingClock::kNow);
    record.mutable_at()->set_boot(1);
    record.mutable_at()->set_mono_ms(60'000);
    records.push_back(record.SerializeAsString());
    hashes.push_back(crypto::chain_next(hashes.back(), hashes.size(), crypto::hash({records.back()})));
  }
  v1::DeviceCertificate body;
  body.set_device_id(device.bytes());
  body.set_ed25519(signing.public_key().bytes());
  body.set_x25519(box.public_key().bytes());
  body.set_name(std::string(1, letter));
  body.set_issued_ms(static_cast<std::uint64_t>(StandingClock::kNow));
  body.set_key_id(1);
  certificate = protocol::sign_certificate(body, centre);
}

base::Bytes Sender::batch(std::uint64_t first, std::uint64_t last, crypto::BoxPublic const& centre) const {
  protocol::Stretch stretch;
  stretch.device = device;
  stretch.log = log;
  stretch.salt = salt;
  stretch.first_seq = first;
  for (auto seq = first; seq <= last; ++seq) stretch.records.push_back(records[seq - 1]);
  stretch.prev_hash = hashes[first - 1];
  stretch.head_hash = hashes[last];
  stretch.log_head_seq = head();
  stretch.log_head_hash = hashes.back();
  auto const random = base::seeded_random(first);
  auto sealed = protocol::seal_batch(stretch, 1, centre, signing, *random);
  require(sealed.ok(), "a sender's batch is sealed");
  return std::move(sealed).value();
}

base::Bytes Sender::head_query() const {
  v1::HeadQuery query;
  query.set_device_id(device.bytes());
  query.set_log_id(log.bytes());
  query.set_log_salt(salt.bytes());
  query.set_head_seq(head());
  query.set_head_hash(hashes.back().bytes());
  query.set_nonce(std::string(16, 'n'));
  for (auto const place : protocol::head_query_places(head())) {
    auto& point = *query.add_points();
    point.set_seq(place);
    point.set_hash(hashes[place].bytes());
  }
  return protocol::sign_head_query(query, signing);
}

Couriers::Couriers()
    : keys(centre_keys()),
      known('1', every_kind(), keys.signing),
      stranger('2', every_kind(), keys.signing),
      clone('1', facts_of_clone(), keys.signing) {
  KnownChance const chance;
  auto const& centre = keys.boxes.at(1).public_key();
  for (auto const* sender : {&known, &stranger, &clone}) parcels.push_back(parcel_of(*sender, centre));
}

base::Bytes Couriers::file(std::size_t parcel) const {
  auto written = protocol::write_bundle(parcels[parcel]);
  require(written.ok(), "a parcel is written");
  return std::move(written).value();
}

Sender const* Couriers::sender(base::DeviceId const& device) const {
  return device == known.device ? &known : device == stranger.device ? &stranger : nullptr;
}

Couriers const& couriers() {
  static Couriers const made;
  return made;
}

}  // namespace dga::fuzz
