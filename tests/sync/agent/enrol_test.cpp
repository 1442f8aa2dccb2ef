#include "sync/agent/enrol.h"

#include "tests/support/must.h"
#include "tests/support/store_scratch.h"
#include "tests/sync/agent/pretend.h"

using namespace dga;
using namespace dga::agent;
using test::must;

namespace {

// A centre that enrols whoever knows the code, or says something else.
class EnrollingCentre final : public Transport {
 public:
  explicit EnrollingCentre(base::Random& random)
      : key(crypto::SigningKey::generate(random)),
        root(crypto::SigningKey::generate(random)),
        box(crypto::BoxKey::generate(random)),
        ticket{random.draw<protocol::EnrolmentCode>(), {}, "http://127.0.0.1:8080"} {
    ticket.centre_fingerprint = *decltype(ticket.centre_fingerprint)::from(protocol::fingerprint(key.public_key()));
  }
  base::Result<Reply> exchange(Request const& request, std::stop_token) override {
    CHECK(request.path == "/api/v1/enrol");
    if (instead) return *instead;
    auto const asked = must(protocol::read_enrolment(request.body, ticket.code));
    v1::DeviceCertificate certificate;
    certificate.set_device_id(crypto::device_id(*crypto::SigningPublic::from(asked.ed25519())).bytes());
    certificate.set_ed25519(asked.ed25519());
    certificate.set_x25519(asked.x25519());
    certificate.set_name(asked.name());
    v1::TrustList list;
    list.set_version(1);
    v1::EnrolBody body;
    body.set_root_ed25519(root.public_key().bytes());
    body.set_centre_ed25519(key.public_key().bytes());
    body.set_centre_x25519(box.public_key().bytes());
    body.set_key_id(4);
    body.set_certificate(protocol::sign_certificate(certificate, key));
    body.set_trust_list(protocol::sign_trust_list(list, root));
    body.set_nonce(asked.nonce());
    digits = protocol::comparison_digits(ticket.code, asked.nonce(), *crypto::SigningPublic::from(asked.ed25519()),
                                         *crypto::BoxPublic::from(asked.x25519()), body.SerializeAsString());
    return Reply{200, "application/octet-stream", protocol::answer_enrolment(body, ticket.code, key), {}};
  }

  crypto::SigningKey key, root;
  crypto::BoxKey box;
  protocol::EnrolmentTicket ticket;
  std::optional<base::Result<Reply>> instead;
  std::uint32_t digits = 0;
};

struct NewKiosk {
  test::StoreScratch scratch;
  test_agent::VirtualClock clock;
  std::unique_ptr<base::Random> random = base::seeded_random(9);
  store::OpenKiosk kiosk =
      must(store::create_kiosk(scratch / "kiosk", "passphrase", crypto::minimal_cost(), "1.0.0", clock, *random));
  EnrollingCentre centre{*random};

  base::Result<std::uint32_t> enrol(EnrollingCentre& at) {
    return agent::enrol(at, at.ticket, kiosk, "3", "1.0.0", clock, *random);
  }
};

}  // namespace

TEST_CASE("a kiosk that was enrolled knows its centre again and shows the centre's digits") {
  NewKiosk world;
  CHECK(read_pinned(world.kiosk.store).error().code == "kiosk.not_enrolled");
  CHECK(must(world.enrol(world.centre)) == world.centre.digits);
  auto const pinned = must(read_pinned(world.kiosk.store));
  CHECK(pinned.address == "http://127.0.0.1:8080");
  CHECK(pinned.name == "3");
  CHECK(pinned.centre == world.centre.key.public_key());
  CHECK(pinned.root == world.centre.root.public_key());
  CHECK(pinned.box == world.centre.box.public_key());
  CHECK(pinned.box_key_id == 4);
  CHECK(protocol::verify_certificate(pinned.certificate, pinned.centre)->ed25519() ==
        world.kiosk.signing.public_key().view());
}

TEST_CASE("an enrolment that fails leaves no trace") {
  NewKiosk world;
  auto const fails_with = [&](base::Result<Reply> instead) {
    world.centre.instead = std::move(instead);
    auto const result = world.enrol(world.centre);
    REQUIRE_FALSE(result.ok());
    CHECK(read_pinned(world.kiosk.store).error().code == "kiosk.not_enrolled");
    return result.error().code;
  };
  CHECK(fails_with(test_agent::page()) == "sync.portal");
  CHECK(fails_with(Reply{404, "application/json", "{}", {}}) == "enrolment.unknown_code");
  CHECK(fails_with(Reply{409, "application/json", "{}", {}}) == "enrolment.unknown_code");
  CHECK(fails_with(Reply{500, "", "", {}}) == "sync.centre_failed");
  CHECK(fails_with(base::unreachable("net.refused", "nobody there")) == "net.refused");
  world.centre.instead.reset();
  world.centre.ticket.centre_fingerprint = {};
  CHECK(world.enrol(world.centre).error().code == "enrolment.wrong_centre");
  CHECK(read_pinned(world.kiosk.store).error().code == "kiosk.not_enrolled");
}

TEST_CASE("another centre gets the whole log and the same one only what is new") {
  NewKiosk world;
  must(world.enrol(world.centre));
  store::SyncState state;
  state.centre_epoch = 9'000'000'000;
  state.received_through = 1;
  REQUIRE(world.kiosk.store.put_sync_state(state).ok());
  REQUIRE(world.kiosk.store.keep_outbound({1, 1, "sealed for the first centre"}).ok());

  must(world.enrol(world.centre));
  CHECK(must(world.kiosk.store.sync_state()).received_through == 1);
  CHECK(must(world.kiosk.store.outbound()).has_value());

  EnrollingCentre other(*world.random);
  must(world.enrol(other));
  CHECK(must(world.kiosk.store.sync_state()).received_through == 0);
  CHECK(must(world.kiosk.store.sync_state()).centre_epoch == 0);
  CHECK_FALSE(must(world.kiosk.store.outbound()).has_value());
  CHECK(must(read_pinned(world.kiosk.store)).centre == other.key.public_key());
}

TEST_CASE("a newer trust list of the root brings a newer box key and no other list does") {
  NewKiosk world;
  must(world.enrol(world.centre));
  auto pinned = must(read_pinned(world.kiosk.store));
  auto const newer = crypto::BoxKey::generate(*world.random);
  v1::TrustList list;
  list.set_version(2);
  auto* const key = list.add_keys();
  key->set_id(5);
  key->set_use(v1::CENTRE_BOX);
  key->set_public_key(newer.public_key().bytes());
  pinned.heed(protocol::sign_trust_list(list, world.centre.key));  // not the root
  CHECK(pinned.box_key_id == 4);
  pinned.heed("nonsense");
  CHECK(pinned.box_key_id == 4);
  pinned.heed(protocol::sign_trust_list(list, world.centre.root));
  CHECK(pinned.box_key_id == 5);
  CHECK(pinned.box == newer.public_key());
  list.mutable_keys(0)->set_id(6);
  list.mutable_keys(0)->set_public_key(world.centre.box.public_key().bytes());
  pinned.heed(protocol::sign_trust_list(list, world.centre.root));  // the same version again
  CHECK(pinned.box_key_id == 5);

  v1::ClassPack pack;
  pack.set_pack_version(1);
  list.set_version(3);
  pack.set_trust_list(protocol::sign_trust_list(list, world.centre.root));
  REQUIRE(world.kiosk.store.keep_pack(1, pack.SerializeAsString()).ok());
  list.mutable_keys(0)->set_public_key(newer.public_key().bytes());
  CHECK(must(read_pinned(world.kiosk.store)).box == world.centre.box.public_key());
}
