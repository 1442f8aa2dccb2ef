#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "shared/base/random.h"
#include "sync/centre/store/postgresql/session.h"

namespace dga::centre::postgresql {

// Connections that are opened when they are needed and kept while they are sound. Who asks for one more than `most`
// waits. Thread: any.
class Pool {
 public:
  Pool(Address address, std::size_t most, base::Random& random);

  // A session for as long as this lives; goes back if it is still usable.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Session> session) : pool_(&pool), session_(std::move(session)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (session_) pool_->give_back(std::move(session_));
    }
    Session& operator*() { return *session_; }
    Session* operator->() { return session_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Session> session_;
  };
  // Error "store.unreachable".
  [[nodiscard]] base::Result<Lease> lease();
  // After one connection was lost: the others that lie idle went the same way.
  void drop_idle();

 private:
  void give_back(std::unique_ptr<Session> session);

  Address const address_;
  std::size_t const most_;
  base::Random& random_;
  std::mutex mutex_;  // for moments: never while anything goes over the network
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Session>> idle_;
  std::size_t open_ = 0;  // idle or leased
};

}  // namespace dga::centre::postgresql
