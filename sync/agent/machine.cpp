#include "sync/agent/machine.h"
#include "shared/base/planted.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sync/agent/budget.h"

namespace dga::agent {
namespace {

std::string kilobytes(std::uint64_t bytes) { return std::to_string(bytes / 1000) + " kB"; }

}  // namespace

Step Machine::next(Standing const& standing, std::uint64_t now_ms) {
  if (now_ms < not_before_ms_) return Rest{Rest::Why::kBackOff, not_before_ms_};
  // Before anything more is recorded on the branch.
  if (standing.forked && standing.log == standing.newest) return OpenChild{};
  counted_ = standing.bytes_left.has_value();
  bool const spent =
      counted_ && (*standing.bytes_left < kLeastBudgetBytes || standing.bytes_allowed < kLeastDailyBytes);
  if (spent && (standing.waiting > 0 || !head_known_)) return budget_spent(standing, kLeastDailyBytes, now_ms);
  if (!head_known_) {
    if (certificate_due_) return PresentCertificate{};
    return AskHead{};
  }
  // Before batches are cut, so that the records it dates travel with it.
  if (auto sample = std::exchange(sample_, std::nullopt); sample && standing.time_sample_due)
    return WriteTimeSample{*std::move(sample)};
  // Where bytes are counted what was recorded goes first, unless only a pack can bring the key to seal it for.
  if (!pack_settled_ && (!counted_ || new_seal_wanted_)) return FetchPack{};
  return next_batch(standing, now_ms);
}

Step Machine::next_batch(Standing const& standing, std::uint64_t now_ms) {
  if (standing.kept) {
    auto const& kept = *standing.kept;
    bool const acknowledged = kept.first_seq + kept.count - 1 <= standing.received_through;
    // In a new epoch the centre may lack what goes before it; that must be sent first, and there is one place to keep a
    // batch.
    bool const out_of_reach =
        base::kPlantedBug != base::PlantedBug::kSendsOutOfReach && kept.first_seq > standing.received_through + 1;
    if (acknowledged || out_of_reach || cut_anew_) return DropKept{};
    if (counted_ && kept.bytes + kExchangeBytes > *standing.bytes_left)
      return budget_spent(standing, kLeastBudgetBytes + kept.bytes + kExchangeBytes, now_ms);
    return SendKept{};
  }
  if (standing.waiting > 0) return cut(standing);
  if (!pack_settled_) {
    auto const needed = std::max(kPackBudgetBytes, standing.pack_bytes + kExchangeBytes);
    if (*standing.bytes_left >= needed) return FetchPack{};
    skip_pack(standing, needed);
  }
  works();
  if (base::kPlantedBug != base::PlantedBug::kChildStaysHome && standing.log < standing.newest)
    return WorkOn{standing.log + 1};
  if (now_ms < look_again_ms_) return Rest{Rest::Why::kUpToDate, look_again_ms_};
  head_known_ = pack_settled_ = false;
  if (standing.log > 1) return WorkOn{1};
  return AskHead{};
}

void Machine::moved() {
  head_known_ = certificate_due_ = cut_anew_ = new_seal_wanted_ = false;
  sample_.reset();  // it speaks for the log that it answered for
}

Step Machine::cut(Standing const& standing) const {
  CutBatch step{standing.received_through + 1, size_.plain_target(), size_.target()};
  if (!counted_) return step;
  step.most_bytes = static_cast<std::size_t>(*standing.bytes_left - kExchangeBytes);
  if (step.sealed_bytes <= step.most_bytes) return step;
  step.plain_bytes = step.plain_bytes / step.sealed_bytes * step.most_bytes;
  step.sealed_bytes = step.most_bytes;
  return step;
}

void Machine::skip_pack(Standing const& standing, std::uint64_t needed) {
  pack_settled_ = true;
  // What is asked before it takes its share of every day.
  if (standing.bytes_a_day < needed + kLeastBudgetBytes)
    pack_problem_ =
        base::unreachable("sync.budget_pack",
                          "did not ask for a class pack: one may take about " + kilobytes(needed + 999) +
                              ", and the limit on data allows " + kilobytes(standing.bytes_a_day) + " a day",
                          "raise the limit; waiting does not help");
  else if (pack_problem_ && pack_problem_->code == "sync.budget_pack")
    pack_problem_.reset();
}

Rest Machine::budget_spent(Standing const& standing, std::uint64_t needed, std::uint64_t now_ms) {
  if (standing.bytes_allowed < needed)
    problem_ = base::unreachable("sync.budget_too_small",
                                 "held back what waits: sending needs at least about " + kilobytes(needed + 999) +
                                     ", and the limit on data allows " + kilobytes(standing.bytes_allowed),
                                 "raise the limit; waiting does not help");
  else
    problem_ = base::unreachable("sync.budget", "held back what waits: the limit on data is used up",
                                 "raise the limit; one for the day ends at midnight");
  return {Rest::Why::kBackOff, now_ms + static_cast<std::uint64_t>(kLookAgain.count())};
}

void Machine::works() {
  backoff_.succeeded();
  problem_.reset();
}

void Machine::head_answered(std::uint64_t now_ms, std::optional<v1::TimeSample> sample) {
  head_known_ = true;
  certificate_due_ = certificate_shown_ = false;
  sample_ = std::move(sample);
  look_again_ms_ = now_ms + static_cast<std::uint64_t>(kLookAgain.count()) * (counted_ ? 6 : 1);
}

void Machine::head_unknown(base::Error problem, std::uint64_t now_ms) {
  if (certificate_shown_) return failed(std::move(problem), now_ms);
  certificate_due_ = true;
}

void Machine::certificate_presented() {
  certificate_due_ = false;
  certificate_shown_ = true;
}

void Machine::pack_settled(std::optional<base::Error> problem) {
  pack_settled_ = true;
  pack_problem_ = std::move(problem);
}

void Machine::batch_arrived(std::size_t sealed_bytes, std::chrono::milliseconds took) {
  size_.arrived(sealed_bytes, took);
  new_seal_wanted_ = false;
  works();
}

void Machine::batch_too_large(std::size_t sealed_bytes, std::uint32_t count, base::Error problem,
                              std::uint64_t now_ms) {
  size_.too_large(sealed_bytes);
  if (count <= 1) return failed(std::move(problem), now_ms);
  cut_anew_ = true;
}

void Machine::batch_wants_new_seal(base::Error problem, std::uint64_t now_ms) {
  cut_anew_ = true;
  if (std::exchange(new_seal_wanted_, true)) return failed(std::move(problem), now_ms, std::nullopt, Then::kAskHead);
  head_known_ = pack_settled_ = false;
}

void Machine::failed(base::Error problem, std::uint64_t now_ms, std::optional<std::chrono::seconds> retry_after,
                     Then then) {
  problem_ = std::move(problem);
  not_before_ms_ = now_ms + static_cast<std::uint64_t>(backoff_.after_failure(retry_after).count());
  certificate_due_ = certificate_shown_ = false;
  if (then == Then::kAskHead) head_known_ = pack_settled_ = false;
}

void Machine::hurry() {
  not_before_ms_ = 0;
  look_again_ms_ = 0;
}

}  // namespace dga::agent
