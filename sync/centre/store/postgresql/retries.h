#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "shared/base/random.h"
#include "sync/centre/store/postgresql/failure.h"

namespace dga::centre::postgresql {

using Pause = std::function<void(std::chrono::milliseconds)>;

// How often a unit of work is run again, and after how long: doubled each time up to a limit, and of that a random part
// (full jitter), so that those who met once do not meet again.
class Retries {
 public:
  explicit Retries(base::Random& random) : random_(random) {}

  // Nothing once it is enough.
  [[nodiscard]] std::optional<std::chrono::milliseconds> after(Failure failure);

 private:
  std::chrono::milliseconds some_of(std::chrono::milliseconds first, int times, std::chrono::milliseconds most);

  base::Random& random_;
  int conflicts_ = 0, duplicates_ = 0, losses_ = 0;
};

}  // namespace dga::centre::postgresql
