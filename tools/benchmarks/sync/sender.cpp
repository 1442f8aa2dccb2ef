#include "tools/benchmarks/sync/sender.h"

#include <sys/prctl.h>

#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "shared/store/kiosk_folder.h"
#include "sync/agent/session.h"
#include "sync/agent/store_outbox.h"
#include "sync/agent/transports/https.h"
#include "tools/benchmarks/measure.h"
#include "tools/benchmarks/must.h"
#include "tools/benchmarks/sync/house.h"

namespace dga::benchmarks {
namespace {

using nlohmann::json;

class Counting final : public agent::Transport {
 public:
  explicit Counting(std::unique_ptr<agent::Transport> inner) : inner_(std::move(inner)) {}
  base::Result<agent::Reply> exchange(agent::Request const& request, std::stop_token stop) override {
    ++requests;
    up += request.body.size();
    if (request.path.ends_with("/batches")) {
      ++batches;
      batches_up += request.body.size();
    }
    auto reply = inner_->exchange(request, std::move(stop));
    if (reply.ok()) down += reply->body.size();
    return reply;
  }
  std::uint64_t requests = 0, up = 0, down = 0, batches = 0, batches_up = 0;

 private:
  std::unique_ptr<agent::Transport> inner_;
};

// One kiosk and all that its agent needs.
struct Kiosk {
  Kiosk(std::filesystem::path const& folder, std::string const& centre)
      : open(must(store::open_kiosk(folder, kPassphrase))),
        pinned(must(agent::read_pinned(open.store))),
        clock(base::system_clock()),
        random(base::system_random()),
        outbox(open.store, *clock),
        transport(must(agent::https_transport(centre))) {}
  void send() { outcome = agent::sync_once({outbox, transport, *clock, *random, pinned, open.signing, open.box}); }
  store::OpenKiosk open;
  agent::Pinned pinned;
  std::unique_ptr<base::Clock> clock;
  std::unique_ptr<base::Random> random;
  agent::StoreOutbox outbox;
  Counting transport;
  agent::SyncOutcome outcome;
};

}  // namespace

int send(std::string const& centre, std::vector<std::filesystem::path> const& folders) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  agent::set_up_network_threads();
  std::vector<std::unique_ptr<Kiosk>> kiosks;
  for (auto const& folder : folders) kiosks.push_back(std::make_unique<Kiosk>(folder, centre));
  std::cout << "ready" << std::endl;
  std::string line;
  std::getline(std::cin, line);

  double const began = wall_seconds(), processors = processor_seconds();
  {
    std::vector<std::jthread> threads;
    for (auto& kiosk : kiosks) threads.emplace_back([&kiosk] { kiosk->send(); });
  }
  json said{{"seconds", wall_seconds() - began}, {"processor_seconds", processor_seconds() - processors}};
  Sent sum;
  for (auto const& kiosk : kiosks) {
    if (kiosk->outcome.problem) must(base::Done(*kiosk->outcome.problem));
    sum.acknowledged += kiosk->outcome.tally.acknowledged;
    sum.waiting += kiosk->outcome.waiting;
    sum.requests += kiosk->transport.requests;
    sum.bodies_up += kiosk->transport.up;
    sum.bodies_down += kiosk->transport.down;
    sum.batches += kiosk->transport.batches;
    sum.batches_up += kiosk->transport.batches_up;
  }
  said.update({{"acknowledged", sum.acknowledged},
               {"waiting", sum.waiting},
               {"requests", sum.requests},
               {"bodies_up", sum.bodies_up},
               {"bodies_down", sum.bodies_down},
               {"batches", sum.batches},
               {"batches_up", sum.batches_up}});
  std::cout << said.dump() << std::endl;
  return 0;
}

Sent read_sent(std::string const& line) {
  auto const said = json::parse(line, nullptr, false);
  if (!said.is_object()) must(base::Done(base::storage("bench.sender", "the sender broke off")));
  return {said.at("seconds"),     said.at("processor_seconds"), said.at("acknowledged"),
          said.at("waiting"),     said.at("requests"),          said.at("bodies_up"),
          said.at("bodies_down"), said.at("batches"),           said.at("batches_up")};
}

}  // namespace dga::benchmarks
