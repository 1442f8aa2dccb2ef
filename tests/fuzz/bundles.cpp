// A courier's file, and what its frames hold.
#include "sync/protocol/bundle.h"

#include "sync/protocol/certificate.h"
#include "sync/protocol/receipt.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/parties.h"
#include "tests/fuzz/targets.h"

namespace dga::fuzz {

void bundles(base::ByteView bytes) {
  Input input(bytes);
  base::Bytes file(input.rest());
  // Frames need a digest that no mutation finds: so the harness writes some of them, and then changes the file.
  if (!file.empty() && file.front() == '\0') {
    Input parts(base::ByteView(file).substr(1));
    std::vector<protocol::Frame> frames;
    for (auto count = parts.byte() % 4; count > 0; --count) {
      auto const kind = parts.byte();
      frames.push_back({kind, base::Bytes(parts.take(parts.byte()))});
    }
    auto written = protocol::write_bundle(frames);
    require(written.ok(), "small frames are written");
    auto const whole = protocol::read_bundle(*written);
    require(whole.ok() && whole->failures == 0 && !whole->cut && whole->frames.size() == frames.size(),
            "what was written is read");
    change(*written, parts);
    file = *written;
  }
  auto const read = protocol::read_bundle(file);
  if (!read.ok()) return;
  require(read->failures <= 64, "a reader gives up in time");
  for (auto const& frame : read->frames) {
    (void)protocol::verify_certificate(frame.payload, parties().centre.public_key());
    (void)protocol::verify_receipt(frame.payload, parties().centre.public_key());
  }
  require(protocol::write_bundle(read->frames).ok(), "whole frames can be handed on");
}

}  // namespace dga::fuzz
