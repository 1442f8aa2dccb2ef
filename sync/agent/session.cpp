#include "sync/agent/session.h"

#include <algorithm>
#include <utility>

#include "sync/agent/answer.h"
#include "sync/agent/cutting.h"
#include "sync/protocol/pack.h"

namespace dga::agent {
namespace {

template <typename... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Match(Cases...) -> Match<Cases...>;  // clang 14, which builds the fuzzers, cannot tell by itself

}  // namespace

Session::Session(SessionParts parts) : parts_(std::move(parts)), machine_(parts_.random) { parts_.outbox.work_on(1); }

void Session::work_on(store::LogNumber log) {
  parts_.outbox.work_on(log);
  counted_through_ = 0;
  machine_.moved();
}

void Session::open_child() {
  auto const opened = parts_.outbox.open_child(parts_.random.draw<base::LogSalt>());
  if (!opened.ok()) fail(opened.error());
}

std::optional<base::Error> Session::problem() const {
  // A revoked kiosk is refused its class pack, too: the reason is what its reader needs.
  if (!revoked_ || machine_.stuck()) return machine_.problem();
  return base::refused("sync.revoked",
                       "sent what was recorded, and the centre keeps it apart because this kiosk is revoked",
                       "bring the kiosk to the coordinator");
}

namespace {

// The pause after a failure. Where the back-off drew none at all, the machine would go on at once: so does the next
// turn.
Rest rest_of(Step const& step, std::uint64_t now_ms) {
  auto const* rest = std::get_if<Rest>(&step);
  return rest ? *rest : Rest{Rest::Why::kBackOff, now_ms};
}

}  // namespace

std::optional<Rest> Session::turn(std::stop_token stop) {
  auto const now = parts_.clock.mono_ms();
  if (stop.stop_requested()) return Rest{Rest::Why::kStopped, now};
  auto const view = parts_.outbox.view();
  if (!view.ok()) {
    fail(view.error());
    return rest_of(machine_.next({}, now), now);
  }
  waiting_ = view->waiting_in_all;
  received_through_ = view->sync.received_through;
  pack_bytes_ = view->pack_bytes;
  revoked_ = view->sync.revoked;
  budget_ = view->budget;
  auto const kept = parts_.outbox.outbound();
  if (!kept.ok()) {
    fail(kept.error());
    return rest_of(machine_.next({}, now), now);
  }
  Standing standing;
  standing.received_through = view->sync.received_through;
  standing.waiting = view->waiting;
  standing.time_sample_due = view->time_sample_due && !parts_.clock.simulated();
  standing.bytes_left = bytes_left();
  standing.bytes_allowed = bytes_allowed();
  if (budget_) standing.bytes_a_day = budget_->most_bytes;
  standing.pack_bytes = view->pack_bytes;
  standing.log = view->log;
  standing.newest = view->newest;
  standing.forked = view->sync.fork_at != 0;
  if (kept->has_value())
    standing.kept = Standing::Kept{(*kept)->first_seq, (*kept)->count, (*kept)->sealed_batch.size()};

  auto const step = machine_.next(standing, now);
  if (auto const* rest = std::get_if<Rest>(&step)) {
    streak_ = {};
    return *rest;
  }
  perform(step, *view, stop);
  return std::nullopt;
}

void Session::perform(Step const& step, Outbox::View const& view, std::stop_token stop) {
  std::visit(
      Match{[&](AskHead const&) { ask_head(view, stop); },
            [&](PresentCertificate const&) { present_certificate(stop); }, [&](OpenChild const&) { open_child(); },
            [&](WorkOn const& on) { work_on(on.log); }, [&](WriteTimeSample const& sample) { write(sample); },
            [&](FetchPack const&) { fetch_pack(view, stop); }, [&](CutBatch const& batch) { cut(batch, view); },
            [&](SendKept const&) { send_kept(view, stop); }, [&](DropKept const&) { drop_kept(); }, [](Rest const&) {}},
      step);
}

void Session::fail(base::Error problem, Machine::Then then) {
  machine_.failed(std::move(problem), parts_.clock.mono_ms(), std::nullopt, then);
}
void Session::fail(base::Error problem, Reply const& reply, Machine::Then then) {
  machine_.failed(std::move(problem), parts_.clock.mono_ms(), reply.retry_after, then);
}

base::Result<Session::Exchanged> Session::exchange(std::string path, base::Bytes body, std::stop_token stop) {
  Request request;
  request.path = std::move(path);
  request.body = std::move(body);
  auto const sent_ms = parts_.clock.mono_ms();
  auto const up = request.path.size() + request.body.size() + kExchangeBytes;
  auto answered = parts_.transport.exchange(request, std::move(stop));
  // What failed may have been paid for all the same.
  count(up, answered.ok() ? answered->body.size() : 0);
  TRY(auto reply, std::move(answered));
  auto const received_ms = parts_.clock.mono_ms();
  round_trip_ms_ = static_cast<std::uint32_t>(received_ms - sent_ms);
  return Exchanged{std::move(reply), sent_ms, received_ms};
}

std::optional<std::uint64_t> Session::bytes_left() const {
  std::optional<std::uint64_t> left;
  if (budget_) left = budget_->left();
  if (!parts_.most_bytes) return left;
  auto const used = tally_.bytes_up + tally_.bytes_down;
  auto const own = *parts_.most_bytes > used ? *parts_.most_bytes - used : 0;
  return std::min(left.value_or(own), own);
}

std::uint64_t Session::bytes_allowed() const {
  return std::min(budget_ ? budget_->most_bytes : UINT64_MAX, parts_.most_bytes.value_or(UINT64_MAX));
}

void Session::count(std::uint64_t up, std::uint64_t down) {
  tally_.bytes_up += up;
  tally_.bytes_down += down;
  // Also while no limit holds: where there once was one, somebody may set it again later in the day.
  if (auto const spent = parts_.outbox.spend(up + down); !spent.ok()) fail(spent.error());
}

std::optional<Pace> Session::pace() const {
  if (streak_.batches < 2 || streak_.last_ms <= streak_.began_ms) return std::nullopt;
  auto const per_second = std::max<std::uint64_t>(streak_.records * 1000 / (streak_.last_ms - streak_.began_ms), 1);
  return Pace{static_cast<std::uint32_t>(std::min<std::uint64_t>(per_second, UINT32_MAX)),
              static_cast<std::uint32_t>(std::min<std::uint64_t>(waiting_ / per_second, UINT32_MAX))};
}

void Session::ask_head(Outbox::View const& view, std::stop_token stop) {
  auto const nonce = parts_.random.draw<base::RequestNonce>();
  auto const query = head_question(parts_.outbox, view, nonce);
  if (!query.ok()) return fail(query.error());
  auto const exchanged = exchange("/api/v1/logs/" + view.identity.log.hex() + "/head",
                                  protocol::sign_head_query(*query, parts_.signing), std::move(stop));
  if (!exchanged.ok()) return fail(exchanged.error());

  auto answer = read_answer(exchanged->reply, parts_.pinned.centre);
  switch (answer.meaning) {
    case Answer::Meaning::kUnknownDevice:
      return machine_.head_unknown(std::move(answer.problem), parts_.clock.mono_ms());
    case Answer::Meaning::kTooLarge:
    case Answer::Meaning::kFailure: return fail(std::move(answer.problem), exchanged->reply, Machine::Then::kAskHead);
    case Answer::Meaning::kReceipt: break;
  }
  auto const settled = settle_receipt(view, answer.receipt, nonce.view(), 0);
  if (!settled.ok()) return fail(settled.error(), Machine::Then::kAskHead);
  if (answer.receipt.nonce() != nonce.view())
    return fail(base::unreachable("sync.stale_answer", "asked the centre and got the answer to an earlier question",
                                  "nothing; the kiosk asks again by itself"),
                Machine::Then::kAskHead);
  v1::TimeSample sample;
  sample.set_mono_sent(exchanged->sent_ms);
  sample.set_mono_received(exchanged->received_ms);
  sample.set_centre_ms(answer.receipt.centre_ms());
  machine_.head_answered(parts_.clock.mono_ms(), std::move(sample));
}

void Session::present_certificate(std::stop_token stop) {
  auto const exchanged = exchange("/api/v1/devices", parts_.pinned.certificate, std::move(stop));
  if (!exchanged.ok()) return fail(exchanged.error());
  auto const status = exchanged->reply.status;
  if (status < 200 || status >= 300)
    return fail(problem_of(exchanged->reply), exchanged->reply, Machine::Then::kAskHead);
  machine_.certificate_presented();
}

void Session::write(WriteTimeSample const& step) {
  v1::Record draft;
  *draft.mutable_time_sample() = step.sample;
  if (auto const written = parts_.outbox.record(std::move(draft)); !written.ok()) fail(written.error());
}

void Session::fetch_pack(Outbox::View const& view, std::stop_token stop) {
  auto const nonce = parts_.random.draw<base::RequestNonce>();
  v1::PackQuery query;
  query.set_device_id(view.identity.device.bytes());
  query.set_have_version(view.pack_version);
  query.set_nonce(nonce.bytes());
  auto const exchanged = exchange("/api/v1/packs", protocol::sign_pack_query(query, parts_.signing), std::move(stop));
  if (!exchanged.ok()) return machine_.pack_settled(exchanged.error());
  auto const taken = take_pack(view, exchanged->reply, nonce);
  machine_.pack_settled(taken.ok() ? std::nullopt : std::optional(taken.error()));
}

base::Done Session::take_pack(Outbox::View const& view, Reply const& reply, base::RequestNonce const& nonce) {
  constexpr int kNothingNewer = 304;
  if (reply.status == kNothingNewer) return {};
  if (reply.status != 200) return problem_of(reply);
  auto const opened = protocol::open_pack(reply.body, parts_.pinned.centre, view.identity.device, parts_.box, nonce);
  if (!opened.ok()) return opened.error().code == "pack.malformed" ? problem_of(reply) : opened.error();
  auto const version = opened->header.pack_version();
  if (version < view.pack_version)
    return base::refused("pack.older",
                         "got class pack " + std::to_string(version) + ", which is older than the one in use",
                         "nothing; the newer pack stays in use");
  parts_.pinned.heed(opened->pack.trust_list());
  if (version == view.pack_version) return {};
  return parts_.outbox.apply_pack(version, opened->plain, reply.body.size());
}

base::Result<store::SyncState> Session::settle_receipt(Outbox::View const& view, v1::Receipt const& receipt,
                                                       base::ByteView nonce, std::uint64_t batch_first_seq) {
  TRY(auto const settled, parts_.outbox.settle(receipt, Question{base::Bytes(nonce), batch_first_seq}));
  if (view.log > 1 && settled.new_epoch) machine_.new_epoch();
  tally_.acknowledged += settled.acknowledged;
  return settled.state;
}

SyncOutcome sync_once(SessionParts parts, std::stop_token stop) {
  auto& outbox = parts.outbox;
  Session session(std::move(parts));
  while (!session.turn(stop)) {}
  SyncOutcome outcome{session.tally(), session.waiting(), session.problem()};
  if (auto const view = outbox.view(); view.ok()) outcome.waiting = view->waiting_in_all;
  if (stop.stop_requested() && !outcome.problem)
    outcome.problem =
        base::unreachable("net.stopped", "stopped sending before everything had gone", "send again; nothing is lost");
  return outcome;
}

}  // namespace dga::agent
