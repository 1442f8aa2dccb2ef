#pragma once

#include <memory>
#include <vector>

#include "sync/agent/parcel.h"
#include "sync/protocol/bundle.h"
#include "tests/sync/agent/pretend.h"

namespace dga::test_agent {

// A kiosk that a courier visits: its log, and what a centre would sign for it.
struct Carried {
  Carried() {
    v1::DeviceCertificate certificate;
    certificate.set_device_id(outbox.shown.identity.device.bytes());
    pinned.centre = centre.public_key();
    pinned.box = centre_box.public_key();
    pinned.box_key_id = 1;
    pinned.certificate = protocol::sign_certificate(certificate, centre);
  }
  v1::Receipt receipt(std::uint64_t through, base::ByteView nonce = {}) {
    v1::Receipt receipt;
    receipt.set_version(1);
    receipt.set_device_id(outbox.shown.identity.device.bytes());
    receipt.set_log_id(outbox.shown.identity.log.bytes());
    receipt.set_centre_epoch(10);
    receipt.set_received_through(through);
    receipt.set_received_hash(outbox.hashes[through].bytes());
    receipt.set_nonce(base::Bytes(nonce));
    receipt.set_centre_ms(clock.wall_ms());
    return receipt;
  }
  // What the parcel asks of its log.
  static base::Bytes question_in(agent::Parcel const& parcel) { return question_in(parcel.bytes); }
  static base::Bytes question_in(base::ByteView bytes) {
    auto const content = protocol::read_bundle(bytes).value();
    for (auto const& frame : content.frames) {
      v1::SignedHeadQuery wrapped;
      v1::HeadQuery query;
      if (frame.kind == static_cast<std::uint8_t>(protocol::FrameKind::kSignedHeadQuery) &&
          wrapped.ParseFromString(frame.payload) && query.ParseFromString(wrapped.query()))
        return query.nonce();
    }
    return {};
  }
  base::Bytes bundle_of(std::vector<v1::Receipt> const& receipts) {
    std::vector<protocol::Frame> frames;
    for (auto const& each : receipts)
      frames.push_back(
          {static_cast<std::uint8_t>(protocol::FrameKind::kSignedReceipt), protocol::sign_receipt(each, centre)});
    return protocol::write_bundle(frames).value();
  }

  std::unique_ptr<base::Random> random = base::seeded_random(3);
  VirtualClock clock;
  crypto::SigningKey device = crypto::SigningKey::generate(*random);
  crypto::BoxKey device_box = crypto::BoxKey::generate(*random);
  crypto::SigningKey centre = crypto::SigningKey::generate(*random);
  crypto::BoxKey centre_box = crypto::BoxKey::generate(*random);
  MemoryOutbox outbox{device.public_key(), *random, clock};
  agent::Pinned pinned;
};

}  // namespace dga::test_agent
