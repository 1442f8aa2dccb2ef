#include "sync/centre/store/postgresql/pool.h"

#include <utility>

namespace dga::centre::postgresql {

using base::Result;

Pool::Pool(Address address, std::size_t most, base::Random& random)
    : address_(std::move(address)), most_(most), random_(random) {}

Result<Pool::Lease> Pool::lease() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !idle_.empty() || open_ < most_; });
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(session));
    }
    ++open_;
  }
  auto opened = Session::connect(address_, random_);
  auto const introduced = opened.ok() ? (*opened)->introduce() : base::Done(opened.error());
  if (!introduced.ok()) {
    {
      std::lock_guard lock(mutex_);
      --open_;
    }
    returned_.notify_one();
    return introduced.error();
  }
  return Lease(*this, std::move(opened).value());
}

void Pool::drop_idle() {
  std::vector<std::unique_ptr<Session>> dropped;
  {
    std::lock_guard lock(mutex_);
    dropped.swap(idle_);
    open_ -= dropped.size();
  }
  returned_.notify_all();
}

void Pool::give_back(std::unique_ptr<Session> session) {
  {
    std::lock_guard lock(mutex_);
    if (session->usable()) {
      idle_.push_back(std::move(session));
    } else {
      --open_;
    }
  }
  returned_.notify_one();
}

}  // namespace dga::centre::postgresql
