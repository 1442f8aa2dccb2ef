#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sync/centre/context.h"

namespace dga::centre {

// How much of one bundle is looked at. What lies beyond is a heap of crumbs, whose kiosk sends it again.
struct BundleCaps {
  // Different ones; each costs a signature and a transaction. A kiosk's three days are some 60 frames, 64 MiB of whole
  // ones are 256.
  std::size_t batches = 4096;
  // Different ones; a kiosk asks one a parcel. Before they are answered they are nobody's yet, and must not fill the
  // memory.
  std::size_t questions = 1024;
};

// What was found in a courier's bundle.
struct BundleTaken {
  base::Bytes answer;           // a bundle: receipts, and class packs for the kiosks it came from
  std::uint32_t batches = 0;    // that verified and were answered; one batch twice counts once, whatever is around it
  std::uint32_t questions = 0;  // head queries, likewise
  std::uint32_t devices = 0;    // certificates of this centre's
  std::uint32_t refused = 0;    // frames that are not what a kiosk known here signed
  std::uint32_t unknown = 0;    // frames of kinds that are none of a centre's business, or not known yet
  std::set<std::uint64_t> classes_too_large;  // whose packs fit no frame: they are not in the answer
  std::uint32_t damages = 0;                  // places that could not be read
  bool cut = false;                           // the end is missing
  bool gave_up = false;  // too much was damaged or refused, or more than BundleCaps: some was not looked at
};
// The same for whoever handed it in, as the answer's header Dga-Bundle: "batches=3 ... gave_up=0
// classes_too_large=1,2"; names and their order stay, new ones come behind.
[[nodiscard]] std::string bundle_header(BundleTaken const& taken);

// A bundle in, receipts out; what they say is durable. Each frame stands for itself: it is taken in as if it had come
// over the network, by a kiosk known here or one whose certificate of this centre's lies in the bundle, and nothing
// else of the bundle is stored. Answers the last receipt of each log and branch, every refusal by receipt, and one to
// each head query, made after all batches; then the newest class pack of each active kiosk that was heard.
// Holds what enters, what leaves and one frame. Errors: refused "bundle.not_one", "bundle.too_large",
// "bundle.nothing_verified" (its `what` has the first frame's reason); the store's: then all of it is sent again.
// Thread: any.
[[nodiscard]] base::Result<BundleTaken> receive_bundle(Context const& context, base::ByteView bundle,
                                                       BundleCaps const& caps = {});

}  // namespace dga::centre
