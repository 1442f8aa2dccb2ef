#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sync/centre/context.h"

namespace dga::centre {

// What one frame would come to if the bundle were taken in.
struct CheckedFrame {
  std::uint8_t kind = 0;
  std::size_t at = 0, bytes = 0;  // in the file; of the payload
  std::string problem;            // code of the error it would be refused with; empty for none
  std::string what;               // in words
  std::string device, log;        // hex; empty where it names none
  std::uint64_t first_seq = 0;    // of a batch
  std::uint32_t count = 0;
  std::uint32_t new_records = 0;  // of them, not stored here yet
};
struct CheckedBundle {
  std::vector<CheckedFrame> frames;
  std::uint32_t damages = 0;
  bool cut = false;
};
// Does all that receive_bundle does before it stores: signatures, opening, decompressing, the chain; and looks whether
// the records are there already. Changes nothing. A device that only a certificate in the bundle names counts as known.
// Errors: refused "bundle.not_one", "bundle.too_large"; the store's. Thread: any.
[[nodiscard]] base::Result<CheckedBundle> check_bundle(Context const& context, base::ByteView bundle);
[[nodiscard]] nlohmann::ordered_json check_json(CheckedBundle const& checked);

}  // namespace dga::centre
