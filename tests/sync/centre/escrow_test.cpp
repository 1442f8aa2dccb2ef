// With the keys that "dga centre keys export" prints, a reader that was written from the protocol's page alone opens
// and verifies what kiosks sealed.
#include <fstream>
#include <sstream>

#include "sync/protocol/bundle.h"
#include "tests/sync/centre/kiosk.h"

using namespace dga;
using protocol::Frame;
using protocol::FrameKind;
using support::bin;
using support::Ended;
using support::House;
using support::Kiosk;

namespace {

struct Escrow : House {
  Escrow() {
    demo_class();
    roster(1, 30);
    kiosk.enrol(1, "Cửa A");
    for (std::uint64_t person = 1; person <= 20; ++person) kiosk.check_in(person);
    centre.reset();
  }
  Kiosk kiosk{*this};
  std::string keys_file = beside("keys.json"), bundle_file = beside("courier.dgab");

  Ended export_keys(std::vector<std::string> more, std::string const& input = {}) const {
    std::vector<std::string> arguments{bin("dga"), "centre", "keys", "export", "--data", path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return support::run(arguments, input);
  }
  void keep_keys() const {
    auto const exported = export_keys({"--yes"});
    REQUIRE_MESSAGE(exported.exit_code == 0, exported.err);
    std::ofstream(keys_file) << exported.out;
  }
  static Frame frame(FrameKind kind, base::Bytes payload) {
    return {static_cast<std::uint8_t>(kind), std::move(payload)};
  }
  std::vector<Frame> frames() {
    return {frame(FrameKind::kSignedCertificate, kiosk.certificate),
            frame(FrameKind::kSignedHeadQuery, kiosk.head_query()), frame(FrameKind::kSealedBatch, kiosk.batch(1, 8)),
            frame(FrameKind::kSealedBatch, kiosk.batch(9, kiosk.head()))};
  }
  Ended read(std::vector<Frame> const& all) const {
    std::ofstream(bundle_file, std::ios::binary) << protocol::write_bundle(all).value();
    return support::run({std::string(DGA_SOURCE_DIR) + "/tests/independent/reader.py", keys_file, bundle_file});
  }
};

}  // namespace

TEST_CASE_FIXTURE(Escrow, "an independent reader opens a bundle with the escrowed keys and finds every record") {
  keep_keys();
  auto const ended = read(frames());
  REQUIRE_MESSAGE(ended.exit_code == 0, ended.err);
  std::istringstream lines(ended.out);
  std::vector<nlohmann::json> records, batches;
  nlohmann::json certificate, head;
  for (std::string line; std::getline(lines, line);) {
    auto const told = nlohmann::json::parse(line);
    if (told.contains("certificate")) certificate = told;
    if (told.contains("head")) head = told;
    if (told.contains("batch")) batches.push_back(told);
    if (told.contains("seq")) records.push_back(told);
  }
  CHECK(certificate["certificate"] == kiosk.device().hex());
  CHECK(certificate["name"] == "Cửa A");
  CHECK(head["head"] == kiosk.head());
  REQUIRE(batches.size() == 2);
  CHECK(batches[1]["head_hash"] == kiosk.hash_at(kiosk.head()).hex());
  REQUIRE(records.size() == 21);
  CHECK(records[0]["kind"] == "log_opened");
  for (std::size_t at = 1; at < records.size(); ++at) {
    CHECK(records[at]["seq"] == at + 1);
    CHECK(records[at]["log"] == kiosk.log().hex());
    CHECK(records[at]["kind"] == "check_in");
    CHECK(records[at]["participant"] == at);
  }
}

TEST_CASE_FIXTURE(Escrow, "the independent reader refuses what is forged, cut or another centre's") {
  keep_keys();
  auto const refuses = [&](std::vector<Frame> const& all, char const* reason) {
    auto const ended = read(all);
    CHECK(ended.exit_code == 1);
    CHECK_MESSAGE(ended.err.find(reason) != std::string::npos, ended.err);
  };
  auto all = frames();
  refuses({all[2]}, "without a certificate");
  auto changed = all;
  changed[2].payload.back() = static_cast<char>(changed[2].payload.back() ^ 1);
  refuses(changed, "signature of a batch");
  changed = all;
  // A batch whose device signed a header that does not fit its contents.
  changed[2].payload =
      kiosk.batch(1, 8, 1, [&](v1::BatchHeader& header) { header.set_head_hash(kiosk.hash_at(7).bytes()); });
  refuses(changed, "chain");
  changed[2].payload = kiosk.batch(1, 8, 1, [](v1::BatchHeader& header) { header.set_plain_bytes(1); });
  refuses(changed, "another size");
  changed[2].payload = kiosk.batch(1, 8, 7);
  refuses(changed, "not exported");
  changed = all;
  changed[0].payload.back() = static_cast<char>(changed[0].payload.back() ^ 1);
  refuses(changed, "signature of a certificate");
}

TEST_CASE_FIXTURE(Escrow, "keys are exported only after a warning and a word, and to standard output alone") {
  auto const silent = export_keys({});
  CHECK(silent.exit_code == 1);
  CHECK(silent.out.empty());
  CHECK(silent.err.find("secret keys") != std::string::npos);
  CHECK(export_keys({}, "yes\n").out.empty());
  auto const typed = export_keys({}, "EXPORT\n");
  CHECK(typed.exit_code == 0);
  auto const told = nlohmann::json::parse(typed.out);
  CHECK(typed.err.find(told["centre_signing"]["secret"].get<std::string>()) == std::string::npos);
  auto const own = keys();
  CHECK(told["centre_signing"]["public"] == own.signing.public_key().hex());
  CHECK(told["centre_box"][0]["public"] == own.boxes.at(1).public_key().hex());
  CHECK(told["root"]["public"] == own.root.hex());
  CHECK_FALSE(told["root"].contains("secret"));
  CHECK(told["database"]["secret"] == base::to_hex(own.database.view()));
}
