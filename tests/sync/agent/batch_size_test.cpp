#include "sync/agent/batch_size.h"

#include <doctest/doctest.h>

using namespace dga::agent;
using namespace std::chrono_literals;

TEST_CASE("batches grow on a quick network and stop at 256 KiB") {
  BatchSize size;
  for (int i = 0; i < 20; ++i) size.arrived(size.target(), 50ms);
  CHECK(size.target() == kMostBatchBytes);
}

TEST_CASE("batches shrink on a slow network and stop at 8 KiB") {
  BatchSize size;
  for (int i = 0; i < 20; ++i) size.arrived(size.target(), 60s);
  CHECK(size.target() == kLeastBatchBytes);
}

TEST_CASE("batches settle where one takes two seconds") {
  BatchSize size;
  constexpr double kBytesPerMs = 20;
  for (int i = 0; i < 20; ++i)
    size.arrived(size.target(),
                 std::chrono::milliseconds(static_cast<long>(static_cast<double>(size.target()) / kBytesPerMs)));
  CHECK(size.target() > 38'000);
  CHECK(size.target() < 42'000);
}

TEST_CASE("a batch that had little to carry teaches nothing about speed") {
  BatchSize size;
  size.arrived(500, 1ms);
  CHECK(size.target() == kFirstBatchBytes);
}

TEST_CASE("after a 413 batches stay below half of what was refused for a while") {
  BatchSize size;
  size.too_large(30'000);
  CHECK(size.target() == 15'000);
  for (int i = 0; i < 20; ++i) size.arrived(size.target(), 1ms);
  CHECK(size.target() == 15'000);
  size.too_large(6'000);
  CHECK(size.target() == 3'000);
  for (int i = 0; i < kBatchesBelowCeiling - 1; ++i) size.arrived(size.target(), 1ms);
  CHECK(size.target() == 3'000);
  size.arrived(size.target(), 1ms);
  CHECK(size.target() == 6'000);
  for (int i = 0; i < 20 * kBatchesBelowCeiling; ++i) size.arrived(size.target(), 1ms);
  CHECK(size.target() == kMostBatchBytes);
}

TEST_CASE("more records are taken where they compress well and never more than a batch may hold") {
  BatchSize size;
  CHECK(size.plain_target() == size.target());
  size.sealed(90'000, 30'000);
  CHECK(size.plain_target() == 3 * size.target());
  for (int i = 0; i < 20; ++i) size.arrived(size.target(), 1ms);
  size.sealed(1'000'000, 10);
  CHECK(size.plain_target() < 1024 * 1024 - 100'000);
}
