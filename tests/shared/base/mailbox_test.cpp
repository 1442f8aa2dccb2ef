#include "shared/base/mailbox.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <thread>

using namespace dga;
using namespace std::chrono_literals;

namespace {
bool put(base::Mailbox<int>& box, int value) { return box.try_send(value); }
}  // namespace

TEST_CASE("values come out in the order in which they went in, at most so many at once") {
  base::Mailbox<int> box(10);
  for (int i = 1; i <= 5; ++i) CHECK(put(box, i));
  CHECK(box.receive(2) == std::vector{1, 2});
  CHECK(box.try_receive() == 3);
  CHECK(box.receive(10) == std::vector{4, 5});
  CHECK_FALSE(box.try_receive());
}

TEST_CASE("a full box refuses and leaves the value with its sender") {
  base::Mailbox<std::unique_ptr<int>> box(1);
  auto first = std::make_unique<int>(1), second = std::make_unique<int>(2);
  CHECK(box.try_send(first));
  CHECK_FALSE(first);
  CHECK_FALSE(box.try_send(second));
  REQUIRE(second);
  CHECK(*second == 2);
  CHECK(**box.try_receive() == 1);
  CHECK(box.try_send(second));
}

TEST_CASE("a closed box takes nothing more and still gives what it holds") {
  base::Mailbox<int> box(10);
  CHECK(put(box, 1));
  CHECK_FALSE(box.closed());
  box.close();
  CHECK(box.closed());
  CHECK_FALSE(put(box, 2));
  CHECK_FALSE(box.send(3));
  CHECK(box.receive(10) == std::vector{1});
  CHECK(box.receive(10).empty());
}

TEST_CASE("waiting for a value ends by patience, by a stop, or by closing") {
  base::Mailbox<int> box(1);
  CHECK(box.receive_for(1, 1ms).empty());
  std::stop_source stop;
  stop.request_stop();
  CHECK(box.receive(1, stop.get_token()).empty());
  CHECK(box.receive_for(1, 1h, stop.get_token()).empty());
  // A stop or a close that comes while the receiver waits.
  std::jthread stopped([&](std::stop_token token) { CHECK(box.receive(1, token).empty()); });
  stopped.request_stop();
  stopped.join();
  std::jthread closed([&] { CHECK(box.receive(1).empty()); });
  box.close();
}

TEST_CASE("what waits is given though a stop was asked for") {
  base::Mailbox<int> box(2);
  CHECK(put(box, 7));
  std::stop_source stop;
  stop.request_stop();
  CHECK(box.receive(1, stop.get_token()) == std::vector{7});
}

TEST_CASE("a sender that may block waits for room and is let go when the box closes") {
  base::Mailbox<int> box(1);
  CHECK(put(box, 1));
  std::atomic<bool> sent{false};
  std::jthread sender([&] { sent = box.send(2); });
  CHECK(box.receive(1) == std::vector{1});
  CHECK(box.receive(1) == std::vector{2});
  sender.join();
  CHECK(sent);
  CHECK(put(box, 3));
  std::atomic<bool> refused{false};
  std::jthread late([&] { refused = !box.send(4); });
  box.close();
  late.join();
  CHECK(refused);
}

TEST_CASE("many senders and readers through a small box lose nothing and see nothing twice") {
  constexpr int kSenders = 4, kEach = 2000;
  base::Mailbox<int> box(3);
  std::vector<std::vector<int>> got(3);
  {
    std::vector<std::jthread> readers;
    for (auto& mine : got)
      readers.emplace_back([&box, &mine] {
        for (auto part = box.receive(5); !part.empty(); part = box.receive(5))
          mine.insert(mine.end(), part.begin(), part.end());
      });
    {
      std::vector<std::jthread> senders;
      for (int sender = 0; sender < kSenders; ++sender)
        senders.emplace_back([&box, sender] {
          for (int i = 0; i < kEach; ++i) CHECK(box.send(sender * kEach + i));
        });
    }
    box.close();
  }
  std::vector<int> all;
  for (auto const& mine : got) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  std::vector<int> expected(kSenders * kEach);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(all == expected);
}
