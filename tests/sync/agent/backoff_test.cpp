#include "sync/agent/backoff.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace dga;
using namespace std::chrono_literals;
using agent::Backoff;

namespace {

// Always draws the largest or the smallest number that may come.
class Extreme final : public base::Random {
 public:
  explicit Extreme(std::uint8_t octet) : octet_(octet) {}
  void fill(void* into, std::size_t size) override { std::fill_n(static_cast<std::uint8_t*>(into), size, octet_); }

 private:
  std::uint8_t octet_;
};

}  // namespace

TEST_CASE("waits are drawn from a span that doubles from one second to five minutes") {
  auto random = base::seeded_random(5);
  Backoff backoff(*random);
  auto span = 1000ms;
  for (int failure = 0; failure < 20; ++failure) {
    auto const wait = backoff.after_failure(std::nullopt);
    CHECK(wait >= 0ms);
    CHECK(wait <= span);
    span = std::min<std::chrono::milliseconds>(span * 2, 5min);
  }
}

TEST_CASE("the jitter is full: waits fill the whole span and not a part of it") {
  auto random = base::seeded_random(6);
  auto least = 10'000ms, most = 0ms;
  for (int i = 0; i < 2000; ++i) {
    Backoff backoff(*random);
    auto const wait = backoff.after_failure(std::nullopt);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  CHECK(least < 10ms);
  CHECK(most > 990ms);
  CHECK(most <= 1000ms);
}

TEST_CASE("a success makes the next failure a first one") {
  Extreme random(0x0F);
  Backoff fresh(random), used(random);
  for (int i = 0; i < 8; ++i) (void)used.after_failure(std::nullopt);
  used.succeeded();
  CHECK(used.after_failure(std::nullopt) == fresh.after_failure(std::nullopt));
}

TEST_CASE("Retry-After is waited out and a silly one is not believed") {
  auto random = base::seeded_random(7);
  Backoff backoff(*random);
  auto const wait = backoff.after_failure(40s);
  CHECK(wait >= 40s);
  CHECK(wait <= 41s);
  CHECK(backoff.after_failure(100'000'000s) <= 1h + 2s);
  CHECK(backoff.after_failure(-5s) <= 4s);
}
