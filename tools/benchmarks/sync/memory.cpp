// What the centre keeps in memory while very many kiosks send as much as a batch may hold.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "tools/benchmarks/measure.h"
#include "tools/benchmarks/must.h"
#include "tools/benchmarks/sync/check_ins.h"
#include "tools/benchmarks/sync/drain.h"

namespace dga::benchmarks {
namespace {

constexpr std::size_t kConnections = 200;
constexpr std::size_t kDevices = 20;
constexpr std::size_t kBatchBytes = 256 * 1024;
constexpr double kGoalBytes = 200e6;
// Flat: after the warm-up, a tenth of the time, the second half's highest is at most so much above the first half's.
constexpr double kFlat = 1.05;
constexpr double kSayEverySeconds = 10;

// One connection, blocking.
class Caller {
 public:
  explicit Caller(std::uint16_t port) : port_(port) {}
  ~Caller() { hang_up(); }
  Caller(Caller const&) = delete;
  Caller& operator=(Caller const&) = delete;
  // The answer's status; 0 where the connection broke.
  int post(std::string const& path, std::string const& body) {
    if (socket_ < 0 && !call()) return 0;
    auto const head = fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        path, body.size());
    int const status = put(head) && put(body) ? read_answer() : 0;
    if (status == 0) hang_up();
    return status;
  }

 private:
  bool call() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  bool put(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  int read_answer() {
    std::string text;
    char part[8192];
    for (;;) {
      auto const end = text.find("\r\n\r\n");
      if (end != std::string::npos) {
        auto const at = text.find("Content-Length: ");
        auto const length = at < end ? std::strtoull(text.c_str() + at + 16, nullptr, 10) : 0;
        if (text.size() >= end + 4 + length) return std::atoi(text.c_str() + std::string_view("HTTP/1.1 ").size());
      }
      auto const got = ::recv(socket_, part, sizeof part, 0);
      if (got <= 0) return 0;
      text.append(part, static_cast<std::size_t>(got));
    }
  }

  std::uint16_t port_;
  int socket_ = -1;
};

// So often a connection sends a batch before it makes its log's next one, so that the centre's records grow all along.
constexpr int kTimesEach = 25;

struct Load {
  BareLog log;
  base::Bytes batch;
};

// A log of its own for every connection, in batches of about kBatchBytes: the first time a batch's rows are new, later
// they are there already and everything but their storing is done anew, as where receipts are lost.
struct Loads {
  std::uint32_t count = 0;  // check-ins in a batch
  std::vector<Load> all;
};
Loads make_loads(House const& house) {
  constexpr std::uint32_t kProbe = 4'000;
  // A batch holds 1 MiB before it is compressed, and so some 25,000 check-ins at most.
  constexpr std::uint32_t kMostCheckIns = 25'000;
  Loads loads;
  for (std::size_t i = 0; i < kConnections; ++i) {
    auto const& kiosk = house.kiosks()[i % kDevices];
    auto const log = [&] { return BareLog(kiosk.device, kiosk.signing, kiosk.pinned, kClass, 5'000 + i); };
    if (loads.count == 0)
      loads.count =
          std::min(static_cast<std::uint32_t>(kBatchBytes * kProbe / log().batch(kProbe).size()), kMostCheckIns);
    loads.all.push_back({log(), {}});
    loads.all.back().batch = loads.all.back().log.batch(loads.count);
  }
  return loads;
}

// Sends everybody's batches for the time given, in a process of its own so that the centre's memory is its own.
void measure(SyncPlan const& plan, Keeper keeper, nlohmann::ordered_json& report) {
  House house(plan.folder / "sync", keeper, plan.postgresql, kDevices);
  auto loads = make_loads(house);
  auto const round = house.copy(0);
  RunningCentre centre(round);
  auto const port = static_cast<std::uint16_t>(
      std::strtoul(centre.address().substr(centre.address().rfind(':') + 1).c_str(), nullptr, 10));
  double const idle = static_cast<double>(resident_bytes(centre.pid()));
  std::atomic<std::uint64_t> taken{0}, made{kConnections}, busy{0}, broken{0};
  std::vector<double> samples;
  {
    std::vector<std::jthread> callers;
    for (auto& load : loads.all)
      callers.emplace_back([&](std::stop_token const& stop) {
        Caller caller(port);
        auto const path = fmt::format("/api/v1/logs/{}/batches", load.log.id().hex());
        for (int times = 0; !stop.stop_requested();) {
          switch (caller.post(path, load.batch)) {
            case 200: ++taken; break;
            case 503:
              ++busy;
              ::poll(nullptr, 0, 100);
              continue;
            default:
              ++broken;
              ::poll(nullptr, 0, 100);
              continue;
          }
          if (++times % kTimesEach != 0) continue;
          load.batch = load.log.batch(loads.count);
          ++made;
        }
      });
    double const began = wall_seconds();
    double say_at = kSayEverySeconds;
    for (double at = 0; at < plan.seconds; at = wall_seconds() - began) {
      ::poll(nullptr, 0, 500);
      samples.push_back(static_cast<double>(resident_bytes(centre.pid())));
      if (at < say_at) continue;
      // A run that is broken off has told what it saw.
      fmt::print("  {:>5.0f} s: {:>6.1f} MB resident, {} batches\n", at, samples.back() / 1e6, taken.load());
      std::fflush(stdout);
      say_at = at + kSayEverySeconds;
    }
    for (auto& caller : callers) caller.request_stop();
  }
  auto const peak = static_cast<double>(peak_resident_bytes(centre.pid()));
  auto const cost = centre.stop();
  auto const warm = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 10);
  auto const middle = warm + (samples.end() - warm) / 2;
  double const first_half = *std::max_element(warm, middle), second_half = *std::max_element(middle, samples.end());
  bool const flat = second_half <= first_half * kFlat;
  fmt::print(
      "{}: {} connections, batches of {} bytes, {} s: {} taken in, {} of them new with {} records each, {} told to "
      "wait, "
      "{} broken\n",
      name_of(keeper), kConnections, loads.all.front().batch.size(), plan.seconds, taken.load(), made.load(),
      loads.count, busy.load(), broken.load());
  fmt::print(
      "  MB resident: idle {:.1f}; peak {:.1f} (goal {:.0f}); after the warm-up at most {:.1f}, in the second half "
      "{:.1f}: {} (goal: at most {} x); cpu {:.1f} s\n",
      idle / 1e6, peak / 1e6, kGoalBytes / 1e6, first_half / 1e6, second_half / 1e6, flat ? "flat" : "NOT FLAT", kFlat,
      cost.processor_seconds);
  std::fflush(stdout);
  report[fmt::format("memory, {}", name_of(keeper))] = {{"seconds", plan.seconds},
                                                        {"taken", taken.load()},
                                                        {"new", made.load()},
                                                        {"records_each", loads.count},
                                                        {"busy", busy.load()},
                                                        {"broken", broken.load()},
                                                        {"idle_bytes", idle},
                                                        {"resident_bytes", samples},
                                                        {"peak_bytes", peak},
                                                        {"first_half_bytes", first_half},
                                                        {"second_half_bytes", second_half},
                                                        {"flat", flat}};
}

}  // namespace

void measure_memory(SyncPlan const& plan, nlohmann::ordered_json& report) {
  measure(plan, Keeper::kSqlite, report);
  if (!plan.postgresql.empty()) measure(plan, Keeper::kPostgresql, report);
}

}  // namespace dga::benchmarks
