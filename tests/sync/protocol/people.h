#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "shared/base/bytes.h"
#include "shared/base/random.h"
#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "shared/crypto/keys.h"
#include "sync/protocol/batch.h"

// Who takes part in the wire's tests: a kiosk with a log, and a centre, all from one seed.
namespace dga::test_wire {

inline nlohmann::json vectors() {
  std::ifstream file(std::string(DGA_SOURCE_DIR) + "/tests/vectors/protocol.json");
  REQUIRE(file.good());
  return nlohmann::json::parse(file);
}
inline base::Bytes bytes_of(nlohmann::json const& hex) { return *base::from_hex(hex.get<std::string>()); }

template <typename FixedBytes>
FixedBytes fixed(base::ByteView bytes) {
  auto const value = FixedBytes::from(bytes);
  REQUIRE(value.has_value());
  return *value;
}

struct People {
  std::unique_ptr<base::Random> random = base::seeded_random(7);
  crypto::SigningKey device = crypto::SigningKey::generate(*random);
  crypto::BoxKey device_box = crypto::BoxKey::generate(*random);
  crypto::SigningKey centre = crypto::SigningKey::generate(*random);
  crypto::BoxKey centre_box = crypto::BoxKey::generate(*random);
  crypto::SigningKey root = crypto::SigningKey::generate(*random);
  base::LogSalt salt = random->draw<base::LogSalt>();
  base::DeviceId device_id = crypto::device_id(device.public_key());
  base::LogId log = crypto::log_id(device_id, salt);

  // Finds the kiosk's key, and nobody else's.
  [[nodiscard]] protocol::DeviceKeyLookup lookup() const {
    return [this](base::DeviceId const& wanted) -> std::optional<crypto::SigningPublic> {
      if (wanted != device_id) return std::nullopt;
      return device.public_key();
    };
  }
  // A log from record 1 on.
  [[nodiscard]] protocol::Stretch stretch(std::vector<base::Bytes> records) const {
    protocol::Stretch made;
    made.device = device_id;
    made.log = log;
    made.salt = salt;
    made.first_seq = 1;
    made.prev_hash = crypto::chain_start(log);
    made.head_hash = made.prev_hash;
    std::uint64_t seq = 0;
    for (auto const& record : records)
      made.head_hash = crypto::chain_next(made.head_hash, ++seq, crypto::hash({record}));
    made.records = std::move(records);
    made.log_head_seq = seq;
    made.log_head_hash = made.head_hash;
    return made;
  }
  [[nodiscard]] base::Bytes sealed(std::vector<base::Bytes> records) {
    auto batch = protocol::seal_batch(stretch(std::move(records)), 1, centre_box.public_key(), device, *random);
    REQUIRE(batch.ok());
    return *batch;
  }
  // Signs what a hostile kiosk might: any header over any content.
  [[nodiscard]] base::Bytes signed_batch(v1::BatchHeader const& header, base::ByteView content) const {
    v1::SealedBatch batch;
    batch.set_header(header.SerializeAsString());
    batch.set_sealed(crypto::seal(centre_box.public_key(), content));
    using namespace std::string_view_literals;
    batch.set_signature(device.sign("dga-batch-v1\0"sv,
                                    crypto::hash({batch.header()}).bytes() + crypto::hash({batch.sealed()}).bytes()));
    return batch.SerializeAsString();
  }
};

// The same bytes with one bit the other way.
inline base::Bytes flipped(base::Bytes bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

}  // namespace dga::test_wire
