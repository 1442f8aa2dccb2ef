#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "shared/crypto/chain.h"
#include "shared/crypto/hash.h"
#include "shared/crypto/keys.h"
#include "shared/records/record.pb.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/certificate.h"
#include "sync/protocol/enrolment.h"
#include "sync/protocol/pack.h"
#include "sync/protocol/receipt.h"
#include "tests/sync/centre/house.h"

namespace dga::support {

// A kiosk in memory: keys, a log, and the messages it would send. A copy of it is a clone.
class Kiosk {
 public:
  explicit Kiosk(House& house, std::uint64_t seed = 7)
      : house_(&house),
        random_(base::seeded_random(seed)),
        signing_(crypto::SigningKey::generate(*random_)),
        box_(crypto::BoxKey::generate(*random_)),
        device_(crypto::device_id(signing_.public_key())),
        salt_(random_->draw<base::LogSalt>()),
        log_(crypto::log_id(device_, salt_)) {
    hashes_.push_back(crypto::chain_start(log_));
    v1::Record opened;
    opened.mutable_log_opened()->set_device_id(device_.bytes());
    opened.mutable_log_opened()->set_log_salt(salt_.bytes());
    add(opened);
  }

  // Enrolled for a class and confirmed, as a coordinator does it.
  void enrol(std::uint64_t class_id = 1, std::string const& name = "1") {
    auto const made = house_->post("/api/v1/enrolment-codes",
                                   {{"name", name}, {"class", class_id}, {"address", "http://127.0.0.1:8080"}}, 201);
    auto const enrolled = ask_enrolment(made["ticket"]);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06u", enrolled.six_digits);
    auto const code_id = made["code_id"].get<std::string>();
    CHECK(house_->post("/api/v1/enrolments/" + code_id + "/confirm", {{"digits", digits}})["device"] == device_.hex());
  }
  protocol::Enrolled ask_enrolment(std::string const& digits) {
    auto const ticket = protocol::read_ticket(digits).value();
    auto const question = enrolment_question(digits);
    auto const reply = house_->device("/api/v1/enrol", question.bytes);
    REQUIRE_MESSAGE(reply.status == 200, reply.body);
    auto enrolled =
        protocol::accept_enrolment(reply.body, ticket, question.nonce, signing_.public_key(), box_.public_key());
    REQUIRE_MESSAGE(enrolled.ok(), enrolled.error().what);
    certificate = enrolled->body.certificate();
    return std::move(enrolled).value();
  }
  protocol::EnrolQuestion enrolment_question(std::string const& digits) {
    auto const ticket = protocol::read_ticket(digits).value();
    return protocol::ask_enrolment(ticket.code, signing_.public_key(), box_.public_key(), "kiosk", "0.1.0", *random_);
  }

  // A certificate as an enrolment would have given, without one: what a centre forgot in a restore.
  void certify() {
    v1::DeviceCertificate body;
    body.set_device_id(device_.bytes());
    body.set_ed25519(signing_.public_key().bytes());
    body.set_x25519(box_.public_key().bytes());
    body.set_name("kiosk");
    body.set_key_id(1);
    certificate = protocol::sign_certificate(body, house_->keys().signing);
  }

  // Appends a record: seq and stamp are set here, unless `keep_seq`.
  void add(v1::Record record, bool simulated = false) {
    record.set_seq(hashes_.size());
    record.mutable_at()->set_wall_ms(house_->clock.wall_ms());
    record.mutable_at()->set_boot(1);
    record.mutable_at()->set_mono_ms(house_->clock.mono_ms());
    record.mutable_at()->set_simulated(simulated);
    add_bytes(record.SerializeAsString());
  }
  void add_bytes(base::Bytes bytes) {
    auto const seq = hashes_.size();
    hashes_.push_back(crypto::chain_next(hashes_.back(), seq, crypto::hash({bytes})));
    records_.push_back(std::move(bytes));
  }
  void check_in(std::uint64_t participant, std::uint32_t session = 1, std::uint64_t class_id = 1,
                bool simulated = false) {
    v1::Record record;
    record.set_class_id(class_id);
    record.mutable_check_in()->set_participant(participant);
    record.mutable_check_in()->set_session(session);
    record.mutable_check_in()->set_method(v1::BADGE);
    add(record, simulated);
  }
  void void_record(base::LogId const& log, std::uint64_t seq, std::uint32_t staff = 1) {
    v1::Record record;
    record.set_class_id(1);
    record.set_staff(staff);
    record.mutable_void_()->set_log_id(log.bytes());
    record.mutable_void_()->set_seq(seq);
    record.mutable_void_()->set_reason("by mistake");
    add(record);
  }

  std::uint64_t head() const { return records_.size(); }
  base::Digest hash_at(std::uint64_t seq) const { return hashes_[seq]; }
  base::Bytes batch(std::uint64_t first, std::uint64_t last, std::uint32_t key_id = 1,
                    std::function<void(v1::BatchHeader&)> const& change = {}) {
    protocol::Stretch stretch;
    stretch.device = device_;
    stretch.log = log_;
    stretch.salt = salt_;
    stretch.first_seq = first;
    stretch.records.assign(records_.begin() + static_cast<std::ptrdiff_t>(first) - 1,
                           records_.begin() + static_cast<std::ptrdiff_t>(last));
    stretch.prev_hash = hashes_[first - 1];
    stretch.head_hash = hashes_[last];
    stretch.log_head_seq = head();
    stretch.log_head_hash = hashes_.back();
    auto sealed =
        protocol::seal_batch(stretch, key_id, house_->keys().boxes.at(1).public_key(), signing_, *random_).value();
    return change ? sealed_anew(sealed, change) : sealed;
  }
  // The answer's receipt, checked under the centre's key.
  v1::Receipt receipt_of(centre::Response const& response) const {
    REQUIRE_MESSAGE(response.status == 200, response.body);
    auto receipt = protocol::verify_receipt(response.body, house_->keys().signing.public_key());
    REQUIRE_MESSAGE(receipt.ok(), receipt.error().what);
    CHECK(receipt->log_id() == log_.view());
    return std::move(receipt).value();
  }
  centre::Response post(base::Bytes const& batch) const {
    return house_->device("/api/v1/logs/" + log_.hex() + "/batches", batch);
  }
  v1::Receipt send(std::uint64_t first, std::uint64_t last) { return receipt_of(post(batch(first, last))); }
  v1::Receipt send_all() { return send(1, head()); }
  v1::Receipt ask_head() { return receipt_of(house_->device("/api/v1/logs/" + log_.hex() + "/head", head_query())); }
  base::Bytes head_query() {
    v1::HeadQuery query;
    query.set_device_id(device_.bytes());
    query.set_log_id(log_.bytes());
    query.set_log_salt(salt_.bytes());
    query.set_head_seq(head());
    query.set_head_hash(hashes_.back().bytes());
    query.set_nonce(random_->draw<base::RequestNonce>().bytes());
    for (auto const place : protocol::head_query_places(head())) {
      auto* point = query.add_points();
      point->set_seq(place);
      point->set_hash(hashes_[place].bytes());
    }
    return protocol::sign_head_query(query, signing_);
  }
  centre::Response ask_pack(std::uint64_t class_id, std::uint64_t have_version) {
    v1::PackQuery query;
    query.set_device_id(device_.bytes());
    query.set_class_id(class_id);
    query.set_have_version(have_version);
    pack_nonce_ = random_->draw<base::RequestNonce>();
    query.set_nonce(pack_nonce_.bytes());
    return house_->device("/api/v1/packs", protocol::sign_pack_query(query, signing_));
  }
  v1::ClassPack pack(std::uint64_t class_id = 1, std::uint64_t have_version = 0) {
    auto const response = ask_pack(class_id, have_version);
    REQUIRE_MESSAGE(response.status == 200, response.body);
    auto opened = protocol::open_pack(response.body, house_->keys().signing.public_key(), device_, box_, pack_nonce_);
    REQUIRE_MESSAGE(opened.ok(), opened.error().what);
    return std::move(opened->pack);
  }
  // A restored copy: the log as it was at `head`.
  void forget_after(std::uint64_t head) {
    records_.resize(head);
    hashes_.resize(head + 1);
  }

  void take_new_box_key() { box_ = crypto::BoxKey::generate(*random_); }

  base::DeviceId const& device() const { return device_; }
  base::LogId const& log() const { return log_; }
  // As `dga kiosk status` shows it.
  std::string mark() const { return protocol::keys_mark(signing_.public_key().view(), box_.public_key().view()); }
  base::Bytes certificate;

 private:
  base::Bytes sealed_anew(base::Bytes const& sealed, std::function<void(v1::BatchHeader&)> const& change) const {
    using namespace std::string_view_literals;
    v1::SealedBatch batch;
    v1::BatchHeader header;
    REQUIRE(batch.ParseFromString(sealed));
    REQUIRE(header.ParseFromString(batch.header()));
    change(header);
    batch.set_header(header.SerializeAsString());
    batch.set_signature(signing_.sign("dga-batch-v1\0"sv,
                                      crypto::hash({batch.header()}).bytes() + crypto::hash({batch.sealed()}).bytes()));
    return batch.SerializeAsString();
  }

  House* house_;
  std::shared_ptr<base::Random> random_;
  crypto::SigningKey signing_;
  crypto::BoxKey box_;
  base::DeviceId device_;
  base::LogSalt salt_;
  base::LogId log_;
  std::vector<base::Digest> hashes_;  // h(0) ... h(head)
  std::vector<base::Bytes> records_;
  base::RequestNonce pack_nonce_;
};

}  // namespace dga::support
