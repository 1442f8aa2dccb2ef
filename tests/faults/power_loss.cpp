#include "tests/faults/power_loss.h"

#include <algorithm>
#include <cstring>

namespace dga::faults {
namespace {

constexpr std::size_t kSector = 512;

// The disk as it surely is, and what may or may not have arrived on top, in order.
class Crashing {
 public:
  explicit Crashing(Files durable) : durable_(std::move(durable)) {}

  void go_on(Operation const& operation) {
    switch (operation.kind) {
      case Operation::Kind::kMark: marked_ = operation.offset; return;
      case Operation::Kind::kSync:
        // A file's sync brings its own writes, and its birth: the folder is synced with a new file.
        for (auto const& pending : pending_)
          if (pending.file == operation.file) apply(durable_, pending);
        std::erase_if(pending_, [&](Operation const& pending) { return pending.file == operation.file; });
        return;
      case Operation::Kind::kCreate:
      case Operation::Kind::kWrite:
      case Operation::Kind::kTruncate:
      case Operation::Kind::kDelete: pending_.push_back(operation); return;
    }
  }

  [[nodiscard]] std::uint64_t marked() const { return marked_; }
  [[nodiscard]] bool settled() const { return pending_.empty(); }

  [[nodiscard]] Files image(Loss loss, base::Random& random) const {
    Files files = durable_;
    for (auto const& pending : pending_) {
      switch (loss) {
        case Loss::kKept: apply(files, pending); break;
        case Loss::kDropped: break;
        case Loss::kReordered:
          if (random.below(2) == 0) apply(files, pending);
          break;
        case Loss::kTorn: apply_torn(files, pending, random); break;
      }
    }
    return files;
  }

 private:
  static void put(std::string& content, std::uint64_t offset, std::string_view data) {
    if (content.size() < offset + data.size()) content.resize(offset + data.size(), '\0');
    std::memcpy(content.data() + offset, data.data(), data.size());
  }
  static void apply(Files& files, Operation const& operation) {
    switch (operation.kind) {
      case Operation::Kind::kCreate: files[operation.file]; break;
      case Operation::Kind::kWrite: put(files[operation.file], operation.offset, operation.data); break;
      case Operation::Kind::kTruncate: files[operation.file].resize(operation.offset, '\0'); break;
      case Operation::Kind::kDelete: files.erase(operation.file); break;
      case Operation::Kind::kSync:
      case Operation::Kind::kMark: break;
    }
  }
  static void apply_torn(Files& files, Operation const& operation, base::Random& random) {
    if (operation.kind != Operation::Kind::kWrite) {
      if (random.below(2) == 0) apply(files, operation);
      return;
    }
    // Sectors lie at multiples of 512 of the file, wherever a write begins.
    for (std::size_t at = 0; at < operation.data.size();) {
      auto const place = operation.offset + at;
      auto const length = std::min<std::size_t>(kSector - place % kSector, operation.data.size() - at);
      if (random.below(2) == 0) put(files[operation.file], place, std::string_view(operation.data).substr(at, length));
      at += length;
    }
  }

  Files durable_;
  std::vector<Operation> pending_;
  std::uint64_t marked_ = 0;
};

}  // namespace

std::size_t cut_power_everywhere(Files const& before, std::vector<Operation> const& operations, std::uint32_t variants,
                                 base::Random& random, std::function<void(Image const&)> const& each) {
  Crashing disk(before);
  std::size_t images = 0;
  auto show = [&](std::size_t operation, Loss loss) {
    each({disk.image(loss, random), disk.marked(), operation, loss});
    ++images;
  };
  for (std::size_t done = 0; done <= operations.size(); ++done) {
    if (done > 0) disk.go_on(operations[done - 1]);
    show(done, Loss::kKept);
    if (disk.settled()) continue;
    show(done, Loss::kDropped);
    for (std::uint32_t variant = 0; variant < variants; ++variant) {
      show(done, Loss::kReordered);
      show(done, Loss::kTorn);
    }
  }
  return images;
}

}  // namespace dga::faults
