#include "tests/fuzz/seeds.h"

#include <nlohmann/json.hpp>

#include "shared/course/demo.h"
#include "shared/crypto/slots.h"
#include "shared/text/badge.h"
#include "sync/protocol/batch.h"
#include "sync/protocol/enrolment.h"
#include "sync/protocol/pack.h"
#include "sync/protocol/receipt.h"
#include "tests/fuzz/couriers.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/kiosk.h"
#include "tests/fuzz/scratch.h"

namespace dga::fuzz {
namespace {

std::string const kAsItComes(1, '\0');
std::string choose(int how) { return std::string(1, static_cast<char>(how)); }
// One octet changed at a place: input.h has the grammar.
std::string turned(std::uint32_t place, char octet) {
  return {'\0', static_cast<char>(place), static_cast<char>(place >> 8), static_cast<char>(place >> 16), '\0', octet};
}
std::string copied(std::uint32_t to, std::uint32_t from, int stretches) {
  return {'\6',
          static_cast<char>(to),
          static_cast<char>(to >> 8),
          static_cast<char>(to >> 16),
          static_cast<char>(from),
          static_cast<char>(from >> 8),
          static_cast<char>(from >> 16),
          static_cast<char>(stretches)};
}
std::string cut(std::uint32_t at) {
  return {'\7', static_cast<char>(at), static_cast<char>(at >> 8), static_cast<char>(at >> 16)};
}

nlohmann::json vectors(std::string const& source, char const* name) {
  auto const text = content_of(source + "/tests/vectors/" + name);
  require(!text.empty(), "the vectors are there");
  return nlohmann::json::parse(text);
}

void add_store(std::vector<Seed>& seeds) {
  for (auto const* target : {"pages", "write_ahead_logs", "journals"}) {
    seeds.push_back({target, "untouched", choose(1)});
    seeds.push_back({target, "nothing", kAsItComes});
    for (int how : {1, 2, 3, 4}) {
      auto const name = std::to_string(how);
      seeds.push_back({target, "octet-" + name, choose(how) + turned(100, '\x11')});
      seeds.push_back({target, "far-octet-" + name, choose(how) + turned(9'000, '\x40') + turned(20, '\1')});
      seeds.push_back({target, "copy-" + name, choose(how) + copied(4096, 8192, 64)});
      seeds.push_back({target, "cut-" + name, choose(how) + cut(9'000)});
    }
  }
  seeds.push_back({"pages", "reserve", choose(2) + turned(20, '\x08')});
  seeds.push_back({"write_ahead_logs", "commit-taken-back", choose(4) + turned(32 + 7, '\3')});
  seeds.push_back({"slots", "untouched", choose(1)});
  seeds.push_back({"slots", "costs-more", choose(1) + turned(22, '\1')});
  seeds.push_back({"slots", "cut", choose(1) + cut(50)});
  auto const random = base::seeded_random(3);
  auto const file = crypto::wrap_with_passphrase(parties().master, parties().log, 0, "one two three",
                                                 crypto::minimal_cost(), *random);
  seeds.push_back({"slots", "as-it-comes", kAsItComes + *file});
}

void add_records(std::vector<Seed>& seeds) {
  v1::RecordList list;
  std::uint64_t seq = 0;
  for (auto record : every_kind()) {
    record.set_seq(++seq);
    record.mutable_at()->set_wall_ms(StandingClock::kNow);
    record.mutable_at()->set_boot(1);
    record.mutable_at()->set_mono_ms(60'000);
    auto const bytes = record.SerializeAsString();
    seeds.push_back({"records", "kind-" + std::to_string(record.fact_case()), bytes});
    if (list.records_size() < 3) list.add_records(bytes);
  }
  seeds.push_back({"batches", "list", choose(2) + list.SerializeAsString()});
  auto& erased = *list.add_erased();
  erased.set_seq(2);
  erased.set_digest(std::string(32, 'e'));
  seeds.push_back({"batches", "erased", choose(2) + list.SerializeAsString()});
  seeds.push_back({"batches", "list-as-it-comes", choose(3) + list.SerializeAsString()});
  v1::BatchHeader header;
  header.set_version(1);
  header.set_device_id(parties().device_id.bytes());
  header.set_log_id(parties().log.bytes());
  header.set_log_salt(parties().salt.bytes());
  header.set_first_seq(1);
  header.set_count(1);
  header.set_prev_hash(std::string(32, 'p'));
  header.set_head_hash(std::string(32, 'h'));
  header.set_log_head_seq(1);
  header.set_log_head_hash(std::string(32, 'h'));
  header.set_nonce(std::string(16, 'n'));
  auto const bytes = header.SerializeAsString();
  seeds.push_back({"batches", "header", choose(1) + choose(static_cast<int>(bytes.size())) + bytes + "plain"});
}

void add_wire(std::vector<Seed>& seeds, std::string const& source) {
  auto const wire = vectors(source, "protocol.json");
  auto const bytes = [](nlohmann::json const& hex) { return *base::from_hex(hex.get<std::string>()); };
  seeds.push_back({"receipts", "vector", kAsItComes + bytes(wire.at("receipt"))});
  seeds.push_back({"receipts", "head-vector", kAsItComes + bytes(wire.at("head_query"))});
  seeds.push_back({"enrolments", "certificate", kAsItComes + bytes(wire.at("certificate"))});
  seeds.push_back({"bundles", "vector", bytes(wire.at("bundle"))});
  seeds.push_back({"bundles", "written", std::string("\0\2\1\4abcd\5\2ef", 12) + turned(9, '\1')});

  v1::Receipt receipt;
  receipt.set_version(protocol::kReceiptVersion);
  receipt.set_device_id(parties().device_id.bytes());
  receipt.set_log_id(parties().log.bytes());
  receipt.set_centre_epoch(3);
  receipt.set_received_through(15);
  receipt.set_received_hash(std::string(32, 'r'));
  receipt.set_durable_through(12);
  for (int choices : {0, 3, 7})
    seeds.push_back({"receipts", "signed-" + std::to_string(choices),
                     choose(1) + choose(choices) + choose(0) + receipt.SerializeAsString()});
  v1::HeadQuery query;
  query.set_head_seq(20);
  query.set_head_hash(std::string(32, 'h'));
  query.set_nonce(std::string(16, 'n'));
  query.add_points()->set_hash(std::string(32, 'h'));
  seeds.push_back({"receipts", "query", choose(2) + query.SerializeAsString()});

  v1::EnrolBody body;
  body.set_key_id(1);
  v1::TrustList list;
  list.set_version(1);
  list.add_keys()->set_public_key(std::string(32, 'k'));
  body.set_trust_list(list.SerializeAsString());
  seeds.push_back({"enrolments", "whole", choose(2) + choose(63) + body.SerializeAsString()});
  seeds.push_back({"enrolments", "other-centre", choose(1) + choose(0) + body.SerializeAsString()});

  auto const pack = small_pack().SerializeAsString();
  seeds.push_back({"packs", "small", choose(2) + pack});
  seeds.push_back({"packs", "as-it-comes", kAsItComes + pack});
  v1::PackHeader header;
  header.set_version(1);
  header.set_device_id(parties().device_id.bytes());
  header.set_plain_bytes(5);
  auto const cover = header.SerializeAsString();
  seeds.push_back({"packs", "header", choose(1) + choose(static_cast<int>(cover.size())) + cover + "plain"});
}

// Whole parcels of three kiosks, two of them in one file, and one whose end is missing.
void add_parcels(std::vector<Seed>& seeds) {
  constexpr std::array kOf{"known", "stranger", "clone"};
  for (std::size_t i = 0; i < kOf.size(); ++i) seeds.push_back({"imports", kOf[i], couriers().file(i)});
  auto both = couriers().parcels[0];
  both.insert(both.end(), couriers().parcels[1].begin(), couriers().parcels[1].end());
  auto const written = protocol::write_bundle(both);
  require(written.ok(), "two parcels are one file");
  seeds.push_back({"imports", "two-kiosks", *written});
  seeds.push_back({"imports", "cut", couriers().file(0).substr(0, 900)});
}

void add_texts(std::vector<Seed>& seeds, std::string const& source) {
  auto const badge = text::write_badge({101, crypto::badge_tag(std::string(32, 'k'), 101)});
  seeds.push_back({"scans", "badge", std::string("\0\3", 2) + badge});
  seeds.push_back({"scans", "badge-to-check", std::string("\1\3", 2) + badge.substr(0, 17)});
  seeds.push_back({"scans", "lines", std::string("\0\2", 2) + badge + "\r\n\n" + badge.substr(5) + "\n12"});
  auto const cards = vectors(source, "citizen_cards.json");
  for (std::size_t i = 0; i < 3; ++i)
    seeds.push_back(
        {"scans", "card-" + std::to_string(i), std::string("\0\3", 2) + cards[i].at("scan").get<std::string>()});
  seeds.push_back({"scans", "ticket", std::string("\2\3", 2) + std::string(32, 'c') + "http://127.0.0.1:8470"});
  seeds.push_back({"scans", "phone", std::string("\0\3", 2) + "+84 (0)903 123 456"});

  seeds.push_back({"rosters", "demo", course::demo_roster_csv(5, 1)});
  seeds.push_back({"rosters", "quoted", "STT;Họ và tên;Số điện thoại\n1;\"Người \"\"một\"\"\";0903123456\n"});
  seeds.push_back({"rosters", "utf16", std::string("\xFF\xFEN\0a\0m\0e\0\n\0A\0\n\0", 16)});
  seeds.push_back({"class_files", "demo", content_of(source + "/assets/demo/class.json")});
  auto const all_forms = vectors(source, "forms.json").at("forms");
  for (std::size_t i = 0; i < all_forms.size(); ++i)
    seeds.push_back({"forms", "form-" + std::to_string(i), all_forms[i].dump()});
}

}  // namespace

std::vector<Seed> make_seeds(std::string const& source) {
  std::vector<Seed> seeds;
  add_store(seeds);
  add_records(seeds);
  add_wire(seeds, source);
  add_parcels(seeds);
  add_texts(seeds, source);
  return seeds;
}

}  // namespace dga::fuzz
