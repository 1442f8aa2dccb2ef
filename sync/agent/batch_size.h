#pragma once

#include <chrono>
#include <cstddef>

namespace dga::agent {

inline constexpr std::size_t kLeastBatchBytes = 8 * 1024;
inline constexpr std::size_t kMostBatchBytes = 256 * 1024;
inline constexpr std::size_t kFirstBatchBytes = 32 * 1024;
// A limit that was met by a 413 is tried again after so many batches: at most one in 32 is cut twice.
inline constexpr int kBatchesBelowCeiling = 32;
// One batch should take about this long: short enough to lose little where a network comes and goes.
inline constexpr std::chrono::milliseconds kBatchAim = std::chrono::seconds(2);

// How large the next batch should be on the wire, and how many bytes of records that is likely to take.
class BatchSize {
 public:
  // Bytes of a sealed batch to aim at.
  [[nodiscard]] std::size_t target() const { return target_; }
  // Bytes of records that lately became that many when compressed; at most what a batch may hold.
  [[nodiscard]] std::size_t plain_target() const;

  // A batch was sealed: what compression made of it.
  void sealed(std::size_t plain_bytes, std::size_t sealed_bytes);
  // It arrived: towards kBatchAim, at most twice or half as large at a time.
  void arrived(std::size_t sealed_bytes, std::chrono::milliseconds took);
  // It did not, for want of time: the next one is cut half as large.
  void too_slow();
  // It was refused for its size (413): batches stay below half of it, until so many have arrived that a larger one is
  // worth a try: a proxy's limit stays, another network has another one.
  void too_large(std::size_t sealed_bytes);

 private:
  void aim_at(std::size_t bytes);

  std::size_t target_ = kFirstBatchBytes;
  std::size_t ceiling_ = kMostBatchBytes;
  int arrived_at_ceiling_ = 0;
  double plain_per_sealed_ = 1;
};

}  // namespace dga::agent
