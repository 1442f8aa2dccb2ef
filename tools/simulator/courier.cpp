#include "tools/simulator/courier.h"

#include <utility>

#include "tools/simulator/centre.h"
#include "tools/simulator/kiosk.h"

namespace dga::simulator {
namespace {

constexpr std::uint64_t kLongestWayMs = 25 * 60'000;
constexpr std::size_t kMostOldAnswers = 8;

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

void Courier::arrive(SimulatedKiosk& from, base::Bytes bundle) {
  centre::Request request;
  request.method = "POST";
  request.path = "/api/v1/bundles";
  request.content_type = "application/octet-stream";
  request.body = std::move(bundle);
  auto const response = world_->centre().handle(request);
  if (!response) return;  // nobody there: the stick goes home again
  world_->tell("courier of kiosk {}: {} bytes, answered {}", from.name(), request.body.size(), response->status);
  if (response->status != 200) return;
  old_answers_.push_back(response->body);
  if (old_answers_.size() > kMostOldAnswers) old_answers_.pop_front();
  auto const& answer = dice_.chance(800) ? old_answers_.back() : old_answers_[dice_.place_in(old_answers_.size())];
  world_->later(dice_.between(1'000, kLongestWayMs), [&from, bytes = carried(answer)] { from.take_back(bytes); });
}

}  // namespace dga::simulator
