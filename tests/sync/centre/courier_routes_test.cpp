#include <regex>
#include <set>

#include "shared/text/digit_code.h"
#include "sync/protocol/bundle.h"
#include "tests/sync/centre/kiosk.h"

namespace {

using namespace dga;
using support::House;
using support::Kiosk;

base::Bytes bundle_of(std::vector<base::Bytes> const& receipts) {
  std::vector<protocol::Frame> frames;
  for (auto const& receipt : receipts)
    frames.push_back({static_cast<std::uint8_t>(protocol::FrameKind::kSignedReceipt), receipt});
  return protocol::write_bundle(frames).value();
}

nlohmann::json codes(House const& house, base::Bytes const& bundle) {
  return House::json_of(house.ask("POST", "/api/v1/bundles/codes", bundle, "application/octet-stream"),
                        200)["receipts"];
}

struct Hall {
  Hall() {
    house.demo_class();
    house.roster(1, 5);
    kiosk.enrol(1, "Cửa 1");
    for (std::uint64_t i = 1; i <= 3; ++i) kiosk.check_in(i);
  }
  base::Bytes receipt(std::uint64_t first, std::uint64_t last) {
    auto const answer = kiosk.post(kiosk.batch(first, last));
    REQUIRE(answer.status == 200);
    return answer.body;
  }
  House house;
  Kiosk kiosk{house};
};

}  // namespace

TEST_CASE("the courier's page comes in the browser's language, with a policy that lets nothing in from elsewhere") {
  House const house;
  centre::Request request;
  request.method = "GET";
  request.path = "/courier";
  request.accept_language = "en-GB,en;q=0.8";
  auto const english = house.centre->handle(request);
  CHECK(english.status == 200);
  CHECK(english.content_type == "text/html; charset=utf-8");
  CHECK(english.body.find("<html lang=\"en\">") != std::string::npos);
  CHECK(english.headers.at("Content-Security-Policy").starts_with("default-src 'none'"));
  request.query["lang"] = "vi";
  auto const vietnamese = house.centre->handle(request);
  CHECK(vietnamese.body.find("Nộp gói dữ liệu") != std::string::npos);

  // Everything that the page names is served, and nothing of it stands in the page itself.
  std::regex const named("(?:src|href)=\"(/[a-z.]+)\"");
  std::set<std::string> addresses;
  for (auto at = std::sregex_iterator(english.body.begin(), english.body.end(), named); at != std::sregex_iterator();
       ++at)
    addresses.insert((*at)[1].str());
  CHECK(addresses == std::set<std::string>{"/page.css", "/courier.js"});
  for (auto const& address : addresses) CHECK_FALSE(house.ask("GET", address).body.empty());
  for (auto const* inside : {"<style", " style=", "<script>", " onclick", "http://", "https://"})
    CHECK(english.body.find(inside) == std::string::npos);
  CHECK(house.ask("GET", "/vi.json").status == 404);
}

TEST_CASE("a receipt's code is short, is signed, and says what the receipt says") {
  Hall hall;
  // A hundred quarantined records, whose list would fit into no code.
  for (int i = 0; i < 100; ++i) hall.kiosk.check_in(1, 1, 1, true);
  for (int i = 0; i < 100; ++i) hall.kiosk.check_in(1, 99, 1);
  auto const whole = hall.receipt(1, hall.kiosk.head());
  auto const found = codes(hall.house, bundle_of({whole}));
  REQUIRE(found.size() == 1);
  CHECK(found[0]["kiosk"] == "Cửa 1");
  CHECK(found[0]["received_through"] == hall.kiosk.head());
  CHECK(found[0]["quarantined"] == 100);
  CHECK(found[0]["missing_from"] == 0);

  auto const digits = found[0]["digits"].get<std::string>();
  CHECK(digits.size() <= 500);
  auto const octets = text::read_digit_code('8', digits);
  REQUIRE(octets.has_value());
  auto const centre_key = hall.house.keys().signing.public_key();
  auto const coded = protocol::verify_receipt(*octets, centre_key);
  REQUIRE(coded.ok());
  auto expected = protocol::verify_receipt(whole, centre_key).value();
  CHECK(expected.quarantined_size() == 100);
  expected.clear_quarantined();
  CHECK(coded->SerializeAsString() == expected.SerializeAsString());
  CHECK(found[0]["svg"].get<std::string>().starts_with("<svg"));
}

TEST_CASE("a log has one code, of the newest of its receipts, in whatever order they stand") {
  Hall hall;
  auto const early = hall.receipt(1, 2), late = hall.receipt(3, 4);
  for (auto const& bundle : {bundle_of({early, late}), bundle_of({late, early})}) {
    auto const found = codes(hall.house, bundle);
    REQUIRE(found.size() == 1);
    CHECK(found[0]["received_through"] == 4);
  }
}

TEST_CASE("a gap is told by where it begins") {
  Hall hall;
  auto const found = codes(hall.house, bundle_of({hall.receipt(3, 4)}));
  REQUIRE(found.size() == 1);
  CHECK(found[0]["received_through"] == 0);
  CHECK(found[0]["missing_from"] == 1);
  // The answer to a head query wants what comes next, whether there is any or not; nothing is missing then.
  auto const before = hall.receipt(1, 2);
  auto const asked = hall.house.device("/api/v1/logs/" + hall.kiosk.log().hex() + "/head", hall.kiosk.head_query());
  auto const after = codes(hall.house, bundle_of({before, asked.body}));
  CHECK(after[0]["received_through"] == 4);
  CHECK(after[0]["missing_from"] == 0);
}

TEST_CASE("nothing is signed anew that this centre has not signed before") {
  Hall hall;
  auto const good = hall.receipt(1, 4);
  auto receipt = protocol::verify_receipt(good, hall.house.keys().signing.public_key()).value();
  receipt.set_received_through(1'000'000);
  auto const stranger = crypto::SigningKey::generate(*hall.house.random);
  auto broken = good;
  broken.back() = static_cast<char>(broken.back() ^ 1);
  auto bundle = bundle_of({protocol::sign_receipt(receipt, stranger), broken, "", "no receipt"});
  CHECK(codes(hall.house, bundle).empty());
  CHECK(codes(hall.house, bundle_of({broken, good})).size() == 1);  // the check can fail

  auto const none = hall.house.ask("POST", "/api/v1/bundles/codes", "holiday", "application/octet-stream");
  CHECK(House::error_code(none) == "bundle.not_one");
  auto const large = hall.house.ask("POST", "/api/v1/bundles/codes", base::Bytes(8 * 1024 * 1024 + 1, 'x'));
  CHECK(large.status == 413);
}
