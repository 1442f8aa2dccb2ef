#include "sync/protocol/enrolment.h"

#include <cctype>

#include "sync/protocol/certificate.h"
#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;
using test_wire::fixed;
using test_wire::People;

namespace {

struct Enrolling : People {
  EnrolmentTicket ticket{random->draw<EnrolmentCode>(),
                         fixed<decltype(EnrolmentTicket::centre_fingerprint)>(fingerprint(centre.public_key())),
                         "http://127.0.0.1:8080"};
  EnrolQuestion question =
      ask_enrolment(ticket.code, device.public_key(), device_box.public_key(), "1", "0.1.0", *random);

  v1::EnrolBody body() {
    v1::DeviceCertificate certificate;
    certificate.set_device_id(device_id.bytes());
    certificate.set_ed25519(device.public_key().bytes());
    certificate.set_x25519(device_box.public_key().bytes());
    certificate.set_name("1");
    v1::EnrolBody made;
    made.set_root_ed25519(root.public_key().bytes());
    made.set_centre_ed25519(centre.public_key().bytes());
    made.set_centre_x25519(centre_box.public_key().bytes());
    made.set_key_id(1);
    made.set_certificate(sign_certificate(certificate, centre));
    made.set_trust_list(trust_list());
    made.set_nonce(question.nonce.bytes());
    return made;
  }
  base::Bytes trust_list() {
    v1::TrustList list;
    list.set_version(1);
    return sign_trust_list(list, root);
  }
  std::string outcome(base::ByteView reply) {
    auto const accepted = accept_enrolment(reply, ticket, question.nonce, device.public_key(), device_box.public_key());
    return accepted.ok() ? "" : accepted.error().code;
  }
};

}  // namespace

TEST_CASE("a ticket is read back from its digits however they are grouped") {
  Enrolling people;
  auto const digits = write_ticket(people.ticket);
  CHECK(digits.find_first_not_of("0123456789") == std::string::npos);
  CHECK(digits.front() == '7');
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i)
    grouped += (i % 5 == 0 && i > 0 ? " " : "") + std::string(1, digits[i]);
  auto const read = read_ticket(grouped + "\n");
  REQUIRE(read.ok());
  CHECK(read->code == people.ticket.code);
  CHECK(read->centre_fingerprint == people.ticket.centre_fingerprint);
  CHECK(read->address == "http://127.0.0.1:8080");
}

TEST_CASE("a ticket with a wrong digit or without a usable address is refused") {
  Enrolling people;
  auto digits = write_ticket(people.ticket);
  digits[20] = digits[20] == '5' ? '6' : '5';
  CHECK(read_ticket(digits).error().code == "enrolment.bad_ticket");
  CHECK(read_ticket("").error().code == "enrolment.bad_ticket");
  for (auto const* address : {"", "centre.example", "http://a b", "ftp://x"}) {
    people.ticket.address = address;
    CHECK(read_ticket(write_ticket(people.ticket)).error().code == "enrolment.bad_ticket");
  }
}

TEST_CASE("the centre reads an enrolment by its code and by no other") {
  Enrolling people;
  CHECK(enrolment_code_id(people.question.bytes).value() == code_id(people.ticket.code));
  auto const request = read_enrolment(people.question.bytes, people.ticket.code);
  REQUIRE(request.ok());
  CHECK(request->name() == "1");
  CHECK(read_enrolment(people.question.bytes, people.random->draw<EnrolmentCode>()).error().code ==
        "enrolment.bad_proof");
  CHECK(read_enrolment("no request", people.ticket.code).error().code == "enrolment.malformed");
}

TEST_CASE("the code itself is never sent") {
  Enrolling people;
  CHECK(people.question.bytes.find(people.ticket.code.view()) == base::Bytes::npos);
}

TEST_CASE("the keys and the nonce of an enrolment stand under its proof") {
  Enrolling people;
  v1::EnrolRequest request;
  REQUIRE(request.ParseFromString(people.question.bytes));
  auto const refused_with = [&](auto const& change) {
    auto changed = request;
    change(changed);
    auto const read = read_enrolment(changed.SerializeAsString(), people.ticket.code);
    return read.ok() ? "" : read.error().code;
  };
  CHECK(refused_with([](v1::EnrolRequest&) {}).empty());
  CHECK(refused_with([](v1::EnrolRequest& r) { (*r.mutable_ed25519())[3] ^= 1; }) == "enrolment.bad_proof");
  CHECK(refused_with([](v1::EnrolRequest& r) { (*r.mutable_x25519())[3] ^= 1; }) == "enrolment.bad_proof");
  CHECK(refused_with([](v1::EnrolRequest& r) { (*r.mutable_nonce())[3] ^= 1; }) == "enrolment.bad_proof");
  CHECK(refused_with([](v1::EnrolRequest& r) { (*r.mutable_proof())[3] ^= 1; }) == "enrolment.bad_proof");
  CHECK(refused_with([](v1::EnrolRequest& r) { r.set_ed25519("short"); }) == "enrolment.malformed");
}

TEST_CASE("kiosk and centre compute the same six digits") {
  Enrolling people;
  auto const reply = answer_enrolment(people.body(), people.ticket.code, people.centre);
  auto const accepted = accept_enrolment(reply, people.ticket, people.question.nonce, people.device.public_key(),
                                         people.device_box.public_key());
  REQUIRE(accepted.ok());
  auto const request = read_enrolment(people.question.bytes, people.ticket.code);
  v1::EnrolReply parsed;
  REQUIRE(parsed.ParseFromString(reply));
  CHECK(accepted->body_bytes == parsed.body());
  CHECK(accepted->certificate.name() == "1");
  CHECK(accepted->six_digits < 1'000'000);
  CHECK(accepted->six_digits == comparison_digits(people.ticket.code, request->nonce(), people.device.public_key(),
                                                  people.device_box.public_key(), parsed.body()));
}

TEST_CASE("an enrolment answer with any one bit changed is refused") {
  Enrolling people;
  auto const reply = answer_enrolment(people.body(), people.ticket.code, people.centre);
  REQUIRE(people.outcome(reply).empty());
  for (std::size_t bit = 0; bit < reply.size() * 8; ++bit) {
    CAPTURE(bit);
    CHECK_FALSE(people.outcome(test_wire::flipped(reply, bit)).empty());
  }
}

TEST_CASE("each thing that may be wrong with an answer has its own name") {
  Enrolling people;
  auto const answered = [&](auto const& change) {
    auto body = people.body();
    change(body);
    return people.outcome(answer_enrolment(body, people.ticket.code, people.centre));
  };
  CHECK(people.outcome("<html>") == "enrolment.malformed");
  CHECK(people.outcome(answer_enrolment(people.body(), people.ticket.code, people.root)) == "enrolment.bad_signature");
  CHECK(people.outcome(answer_enrolment(people.body(), people.random->draw<EnrolmentCode>(), people.centre)) ==
        "enrolment.bad_proof");
  CHECK(answered([&](v1::EnrolBody& b) { b.set_centre_ed25519(people.root.public_key().bytes()); }) ==
        "enrolment.wrong_centre");
  CHECK(answered([&](v1::EnrolBody& b) { b.set_nonce(people.random->draw<base::RequestNonce>().bytes()); }) ==
        "enrolment.other_answer");
  CHECK(answered([&](v1::EnrolBody& b) { b.set_certificate(""); }) == "enrolment.other_keys");
  CHECK(answered([&](v1::EnrolBody& b) { b.set_trust_list(""); }) == "enrolment.bad_trust_list");
  CHECK(answered([&](v1::EnrolBody& b) { b.set_root_ed25519(people.centre.public_key().bytes()); }) ==
        "enrolment.bad_trust_list");
  CHECK(answered([&](v1::EnrolBody& b) { b.set_centre_x25519("short"); }) == "enrolment.malformed");
  people.device_box = crypto::BoxKey::generate(*people.random);
  auto const reply = answer_enrolment(people.body(), people.ticket.code, people.centre);
  people.device_box = crypto::BoxKey::generate(*people.random);
  CHECK(people.outcome(reply) == "enrolment.other_keys");
}

TEST_CASE("certificates and trust lists verify under their signer only") {
  Enrolling people;
  v1::DeviceCertificate certificate;
  REQUIRE(verify_certificate(people.body().certificate(), people.centre.public_key()).ok());
  CHECK(verify_certificate(people.body().certificate(), people.root.public_key()).error().code ==
        "certificate.bad_signature");
  CHECK(verify_certificate("", people.centre.public_key()).error().code == "certificate.malformed");
  certificate.set_ed25519(people.device.public_key().bytes());
  certificate.set_x25519(people.device_box.public_key().bytes());
  certificate.set_device_id(people.random->draw<base::DeviceId>().bytes());
  CHECK(verify_certificate(sign_certificate(certificate, people.centre), people.centre.public_key()).error().code ==
        "certificate.wrong_ids");
  CHECK(verify_trust_list(people.trust_list(), people.root.public_key())->version() == 1);
  CHECK(verify_trust_list(people.trust_list(), people.centre.public_key()).error().code == "trust.bad_signature");
}

TEST_CASE("the mark of a kiosk's keys differs with either of them, and is read as people type it") {
  Enrolling const people, others;
  auto const of = [](crypto::SigningKey const& signing, crypto::BoxKey const& box) {
    return keys_mark(signing.public_key().view(), box.public_key().view());
  };
  auto const random = base::seeded_random(9);
  auto const signing = crypto::SigningKey::generate(*random);
  auto const box = crypto::BoxKey::generate(*random);
  auto const mark = of(people.device, people.device_box);
  CHECK(mark.size() == 24);
  CHECK(mark == of(others.device, others.device_box));  // of the same keys
  CHECK(mark != of(signing, people.device_box));
  CHECK(mark != of(people.device, box));
  std::string typed;
  for (char c : mark) typed += c == '-' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK(is_keys_mark(typed, mark));
  CHECK_FALSE(is_keys_mark("", mark));
  CHECK_FALSE(is_keys_mark(mark.substr(0, 23), mark));
  CHECK_FALSE(is_keys_mark(mark + "0", mark));
}
