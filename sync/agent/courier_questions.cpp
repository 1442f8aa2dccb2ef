#include "sync/agent/courier_questions.h"

#include <algorithm>

namespace dga::agent {
namespace {

// Each: its log (LE64), its nonce, the centre's time of the last answer to it (LE64, 0 for none).
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kAskedBytes = kNumberBytes + base::RequestNonce::kSize + kNumberBytes;

std::uint64_t number_at(base::ByteView octets) {
  std::uint64_t number = 0;
  for (std::size_t i = kNumberBytes; i-- > 0;) number = number << 8 | static_cast<std::uint8_t>(octets[i]);
  return number;
}

}  // namespace

CourierQuestions::CourierQuestions(base::ByteView kept) {
  for (; kept.size() >= kAskedBytes; kept.remove_prefix(kAskedBytes)) {
    auto const nonce = base::RequestNonce::from(kept.substr(kNumberBytes, base::RequestNonce::kSize));
    auto const answered = number_at(kept.substr(kNumberBytes + base::RequestNonce::kSize));
    asked_.push_back({static_cast<store::LogNumber>(number_at(kept)), *nonce, static_cast<std::int64_t>(answered)});
  }
}

base::Bytes CourierQuestions::bytes() const {
  base::Bytes bytes;
  for (auto const& each : asked_)
    bytes += base::le64(static_cast<std::uint64_t>(each.log)) + each.nonce.bytes() +
             base::le64(static_cast<std::uint64_t>(each.answered_ms));
  return bytes;
}

void CourierQuestions::ask(store::LogNumber log, base::RequestNonce const& nonce) {
  asked_.insert(asked_.begin(), {log, nonce, 0});
  std::size_t of_this_log = 0;
  std::erase_if(asked_, [&](Asked const& each) { return each.log == log && ++of_this_log > kMostQuestions; });
}

std::optional<std::int64_t> CourierQuestions::answered_ms(store::LogNumber log, base::ByteView nonce) const {
  for (auto const& each : asked_)
    if (each.log == log && each.nonce.view() == nonce) return each.answered_ms;
  return std::nullopt;
}

void CourierQuestions::answered(store::LogNumber log, base::ByteView nonce, std::int64_t centre_ms) {
  auto const found = std::find_if(asked_.begin(), asked_.end(),
                                  [&](Asked const& each) { return each.log == log && each.nonce.view() == nonce; });
  if (found == asked_.end()) return;
  found->answered_ms = centre_ms;
  asked_.erase(std::remove_if(std::next(found), asked_.end(), [&](Asked const& each) { return each.log == log; }),
               asked_.end());
}

}  // namespace dga::agent
