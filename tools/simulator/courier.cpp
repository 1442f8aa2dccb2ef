#include "tools/simulator/courier.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "shared/text/digit_code.h"
#include "tools/simulator/centre.h"
#include "tools/simulator/kiosk.h"

namespace dga::simulator {
namespace {

constexpr std::uint64_t kLongestWayMs = 25 * 60'000;
constexpr std::size_t kMostOldAnswers = 8;
constexpr std::uint32_t kByPhone = 150;  // of 1,000 journeys home
constexpr char kReceiptPrefix = '8';     // protocol.md, "QR"
// A parcel holds batches of one log, and a restored centre may lack something of each.
constexpr int kMostJourneys = 12;

}  // namespace

base::Bytes Courier::carried(base::Bytes bytes) {
  auto const& plan = world_->plan();
  if (bytes.empty() || world_->settling()) return bytes;
  if (dice_.chance(plan.cut_requests)) bytes.resize(dice_.place_in(bytes.size()));
  if (dice_.chance(plan.flipped) && !bytes.empty()) bytes[dice_.place_in(bytes.size())] ^= 1;
  return bytes;
}

void Courier::call_at(SimulatedKiosk& kiosk) {
  auto const parcel = kiosk.hand_over();
  if (!parcel) return;
  auto const copies = 1 + dice_.between(0, 1) * dice_.between(0, 1);
  for (std::uint64_t copy = 0; copy < copies; ++copy) {
    if (dice_.chance(100)) continue;  // lost
    world_->later(dice_.between(1'000, kLongestWayMs),
                  [this, &kiosk, bytes = carried(*parcel)] { arrive(kiosk, bytes); });
  }
}

std::optional<base::Bytes> Courier::upload(SimulatedKiosk const& from, base::Bytes bundle) {
  centre::Request request;
  request.method = "POST";
  request.path = "/api/v1/bundles";
  request.content_type = "application/octet-stream";
  request.body = std::move(bundle);
  auto response = world_->centre().handle(request);
  if (!response) return std::nullopt;  // nobody there: the stick goes home again
  world_->tell("courier of kiosk {}: {} bytes, answered {}", from.name(), request.body.size(), response->status);
  if (response->status != 200) return std::nullopt;
  return std::move(response->body);
}

std::vector<base::Bytes> Courier::as_codes(base::Bytes const& answer) {
  centre::Request request;
  request.method = "POST";
  request.path = "/api/v1/bundles/codes";
  request.content_type = "application/octet-stream";
  request.body = answer;
  auto const response = world_->centre().handle(request);
  std::vector<base::Bytes> receipts;
  if (!response || response->status != 200) return receipts;
  auto const shown = nlohmann::json::parse(response->body);
  for (auto const& each : shown["receipts"])
    if (auto receipt = text::read_digit_code(kReceiptPrefix, each["digits"].get<std::string>()))
      receipts.push_back(*std::move(receipt));
  return receipts;
}

void Courier::arrive(SimulatedKiosk& from, base::Bytes bundle) {
  auto const newest = upload(from, std::move(bundle));
  if (!newest) return;
  old_answers_.push_back(*newest);
  if (old_answers_.size() > kMostOldAnswers) old_answers_.pop_front();
  auto const& answer = dice_.chance(800) ? old_answers_.back() : old_answers_[dice_.place_in(old_answers_.size())];
  auto const way_ms = dice_.between(1'000, kLongestWayMs);
  if (dice_.chance(kByPhone)) {
    for (auto const& receipt : as_codes(answer))
      world_->later(way_ms, [&from, bytes = carried(receipt)] { from.take_back(bytes); });
  } else {
    world_->later(way_ms, [&from, bytes = carried(answer)] { from.take_back(bytes); });
  }
}

bool Courier::carry_all(SimulatedKiosk& kiosk) {
  for (int journey = 0; journey < kMostJourneys; ++journey) {
    kiosk.sync_now();
    world_->pass(60'000);
    auto parcel = kiosk.hand_over();
    if (!parcel) continue;
    auto const answer = upload(kiosk, *std::move(parcel));
    if (!answer) continue;
    if (dice_.chance(kByPhone))
      for (auto const& receipt : as_codes(*answer)) kiosk.take_back(receipt);
    else
      kiosk.take_back(*answer);
    kiosk.sync_now();  // what a receipt asks for without a network: a child log
    world_->pass(1'000);
    if (kiosk.nothing_waits()) return true;
  }
  return false;
}

}  // namespace dga::simulator
