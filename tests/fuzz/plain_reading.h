#pragma once

#include <vector>

#include "tests/fuzz/couriers.h"
#include "tests/fuzz/endpoint.h"

namespace dga::fuzz {

// What a bundle's octets say, found without the reader that is tested: frames by their own arithmetic, signatures by
// libsodium alone, the couriers' own records from their logs. Only of a batch that somebody else made with a courier's
// key the records are what the reader finds: nobody else knows them.
struct PlainReading {
  // A batch under the good signature of one of the couriers' kiosks.
  struct Batch {
    base::LogId log;
    base::DeviceId device;
    base::Digest id;        // H(payload)
    base::Digest contents;  // H of what is signed: another wrapping of the same batch has the same
    base::Digest prev_hash;
    std::vector<Standing::Row> rows;  // none where it does not open
  };
  std::vector<Batch> anywhere;           // also inside of other frames, and behind any damage
  std::vector<Batch> before_any_damage;  // one frame after the other from the file's beginning, known kiosks' only
  std::set<base::DeviceId> certified;    // anywhere, under the centre's signature
};
[[nodiscard]] PlainReading read_plainly(base::ByteView bundle);

// What a centre must have stored of these: whatever hangs together from a log's beginning.
[[nodiscard]] std::set<Standing::Row> must_stand(std::vector<PlainReading::Batch> const& batches);

// Of the couriers' own batches, as they were sealed: PlainReading::Batch::contents.
[[nodiscard]] bool is_genuine(PlainReading::Batch const& batch);

}  // namespace dga::fuzz
