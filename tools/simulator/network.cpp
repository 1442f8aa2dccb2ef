#include "tools/simulator/network.h"

#include <utility>

#include "sync/protocol/receipt.h"
#include "tools/simulator/centre.h"
#include "tools/simulator/kiosk.h"

namespace dga::simulator {
namespace {

constexpr std::uint64_t kTimeOutMs = 30'000;
constexpr std::uint64_t kMostOldReplies = 24;
// A copy of a request may turn up so much later.
constexpr std::uint64_t kLatestMs = 20 * 60'000;

base::Error no_answer(char const* code) { return base::unreachable(code, "asked over a simulated network", "nothing"); }

centre::Request for_centre(agent::Request const& request) {
  centre::Request asked;
  asked.method = request.method;
  asked.path = request.path;
  asked.content_type = request.content_type;
  asked.bearer = request.bearer;
  asked.body = request.body;
  return asked;
}

agent::Reply reply_of(centre::Response response) {
  agent::Reply reply;
  reply.status = response.status;
  reply.content_type = std::move(response.content_type);
  reply.body = std::move(response.body);
  return reply;
}

agent::Reply portal(Dice& dice) {
  agent::Reply reply;
  switch (dice.between(0, 3)) {
    case 0: reply.status = 302; break;
    case 1: reply.status = 511; break;
    case 2: reply.status = 404; break;
    default: reply.status = 200; break;
  }
  reply.content_type = "text/html";
  reply.body = "<html><body>Welcome to our wireless network</body></html>";
  return reply;
}

void cut(base::Bytes& body, Dice& dice) { body.resize(dice.place_in(body.size() + 1)); }
void flip(base::Bytes& body, Dice& dice) {
  if (body.empty()) return;
  auto& byte = body[dice.place_in(body.size())];
  byte = static_cast<char>(byte ^ static_cast<char>(1U << dice.between(0, 7)));
}

}  // namespace

base::Result<agent::Reply> Network::exchange(SimulatedKiosk const& from, agent::Request const& request) {
  ++exchanges_;
  if (from.doomed()) return no_answer("net.stopped");
  if (from.reach() == Reach::kCouriersOnly) return no_answer("net.no_dns");
  if (world_->settling()) {
    world_->pass(5);
    auto const reply = deliver(from, request);
    if (!reply) return no_answer("net.refused");
    return *reply;
  }
  auto const& plan = world_->plan();
  world_->pass(dice_.between(1, 400));
  if (from.doomed()) return no_answer("net.stopped");
  if (world_->now() < down_until_ms_) return no_answer("net.no_dns");
  if (dice_.chance(plan.portals)) return portal(dice_);
  if (dice_.chance(plan.late_copies)) deliver_late(request);
  if (dice_.chance(plan.lost_requests)) {
    world_->pass(kTimeOutMs);
    return no_answer("net.timeout");
  }
  if (dice_.chance(plan.too_large)) return agent::Reply{413, "text/plain", "too large", {}};
  if (dice_.chance(plan.failures))
    return agent::Reply{dice_.chance(500) ? 502 : 503, "text/plain", "busy",
                        std::chrono::seconds(dice_.between(0, 40))};

  auto sent = request;
  if (dice_.chance(plan.cut_requests)) cut(sent.body, dice_);
  if (dice_.chance(plan.flipped)) flip(sent.body, dice_);
  auto reply = deliver(from, sent);
  if (!reply) return no_answer("net.refused");
  if (dice_.chance(plan.duplicates)) deliver_twice(sent, *reply);
  old_replies_.push_back(*reply);
  if (old_replies_.size() > kMostOldReplies) old_replies_.pop_front();

  world_->pass(dice_.between(1, 400));
  if (from.doomed()) return no_answer("net.stopped");
  if (dice_.chance(plan.lost_replies)) {
    world_->pass(kTimeOutMs);
    return no_answer("net.timeout");
  }
  if (dice_.chance(plan.old_replies)) return old_replies_[dice_.place_in(old_replies_.size())];
  if (dice_.chance(plan.cut_replies)) cut(reply->body, dice_);
  if (dice_.chance(plan.flipped)) flip(reply->body, dice_);
  return *reply;
}

std::optional<agent::Reply> Network::deliver(SimulatedKiosk const& from, agent::Request const& request) {
  auto response = world_->centre().handle(for_centre(request));
  if (!response) return std::nullopt;
  world_->tell("{} -> {} ({} bytes): {} ({} bytes)", from.name(), request.path, request.body.size(), response->status,
               response->body.size());
  return reply_of(*std::move(response));
}

void Network::deliver_late(agent::Request request) {
  world_->later(dice_.between(1, kLatestMs), [this, request = std::move(request)] {
    auto response = world_->centre().handle(for_centre(request));
    if (!response) return;
    world_->tell("late copy -> {}: {}", request.path, response->status);
    old_replies_.push_back(reply_of(*std::move(response)));
    if (old_replies_.size() > kMostOldReplies) old_replies_.pop_front();
  });
}

// Nothing happened between the two: but for the time they are equal.
void Network::deliver_twice(agent::Request const& request, agent::Reply const& first) {
  auto const response = world_->centre().handle(for_centre(request));
  if (!response || first.status != 200) return;
  auto const& centre = world_->begin().keys.signing.public_key();
  auto before = protocol::verify_receipt(first.body, centre);
  if (!before.ok()) return;  // a pack
  auto after = protocol::verify_receipt(response->body, centre);
  if (!after.ok()) return world_->violated("receipts", "a question asked again got no receipt");
  before->set_centre_ms(0);
  after->set_centre_ms(0);
  before->clear_nonce();
  after->clear_nonce();
  if (before->SerializeAsString() != after->SerializeAsString())
    world_->violated("receipts", "a question asked again got another receipt: " + before->ShortDebugString() +
                                     " and then " + after->ShortDebugString());
}

}  // namespace dga::simulator
