// Whatever a log holds and wherever it is cut, batches bring exactly it, or nothing.
#include "sync/protocol/batch.h"
#include "tests/support/properties.h"
#include "tests/sync/protocol/people.h"

using namespace dga;
using namespace dga::protocol;
using test_wire::People;

namespace {

struct Place {
  base::Bytes bytes;
  bool erased = false;
};
rc::Gen<std::vector<Place>> any_log() {
  return rc::gen::nonEmpty(rc::gen::container<std::vector<Place>>(rc::gen::exec([] {
    Place place;
    place.bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    if (*rc::gen::inRange(0, 20) == 0) place.bytes.append(20'000, 'x');
    place.erased = *rc::gen::inRange(0, 5) == 0;
    return place;
  })));
}

// The places first .. last of a log (from 1), as a kiosk cuts them.
Stretch cut(People const& people, std::vector<Place> const& log, std::size_t first, std::size_t last) {
  auto stretch = people.stretch({});
  stretch.first_seq = first;
  auto hash = crypto::chain_start(people.log);
  for (std::size_t seq = 1; seq <= log.size(); ++seq) {
    if (seq == first) stretch.prev_hash = hash;
    auto const& place = log[seq - 1];
    auto const digest = crypto::hash({place.bytes});
    hash = crypto::chain_next(hash, seq, digest);
    if (seq >= first && seq <= last) {
      if (place.erased)
        stretch.erased.emplace_back(seq, digest);
      else
        stretch.records.push_back(place.bytes);
    }
    if (seq == last) stretch.head_hash = hash;
  }
  stretch.log_head_seq = log.size();
  stretch.log_head_hash = hash;
  return stretch;
}

}  // namespace

TEST_CASE("a log cut anywhere arrives as it stands, batch after batch on one chain") {
  CHECK(test::holds("a log in batches", 300, 40, [] {
    People people;
    auto const log = *any_log();
    auto hash = crypto::chain_start(people.log);
    std::size_t next = 1;
    while (next <= log.size()) {
      auto const last = *rc::gen::inRange(next, log.size() + 1);
      auto const sealed =
          seal_batch(cut(people, log, next, last), 1, people.centre_box.public_key(), people.device, *people.random);
      RC_ASSERT(sealed.ok());
      auto const verified = verify_batch(*sealed, people.lookup());
      RC_ASSERT(verified.ok());
      RC_ASSERT(verified->prev_hash == hash);
      auto const opened = open_batch(*verified, people.centre_box);
      RC_ASSERT(opened.ok());
      RC_ASSERT(opened->size() == last - next + 1);
      for (auto const& record : *opened) {
        auto const& place = log[next - 1];
        RC_ASSERT(record.seq == next++);
        RC_ASSERT(record.bytes.has_value() == !place.erased);
        if (record.bytes) RC_ASSERT(*record.bytes == place.bytes);
        RC_ASSERT(record.digest == crypto::hash({place.bytes}));
      }
      hash = verified->head_hash;
    }
  }));
}

TEST_CASE("a batch with any octet changed, cut or added is refused") {
  CHECK(test::holds("a batch changed", 1'000, 20, [] {
    People people;
    auto const log = *any_log();
    auto const sealed =
        seal_batch(cut(people, log, 1, log.size()), 1, people.centre_box.public_key(), people.device, *people.random);
    RC_ASSERT(sealed.ok());
    auto changed = *sealed;
    auto const at = *rc::gen::inRange<std::size_t>(0, changed.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0: changed[at] = static_cast<char>(changed[at] ^ *rc::gen::inRange(1, 256)); break;
      case 1: changed.resize(at); break;
      default: changed.insert(at, 1, static_cast<char>(*rc::gen::inRange(0, 256))); break;
    }
    RC_PRE(changed != *sealed);
    auto const verified = verify_batch(changed, people.lookup());
    // What Protocol Buffers read as the same message is the same batch.
    if (!verified.ok()) return;
    auto const original = verify_batch(*sealed, people.lookup());
    RC_ASSERT(verified->header.SerializeAsString() == original->header.SerializeAsString());
    RC_ASSERT(verified->sealed == original->sealed);
  }));
}
