#include "kiosk/headless.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

#include "kiosk/app/answer_line.h"
#include "kiosk/app/phone_thread.h"
#include "kiosk/app/store_thread.h"
#include "kiosk/app/sync_thread.h"
#include "kiosk/flow/flow.h"
#include "kiosk/input/scan_lines.h"
#include "shared/base/log.h"
#include "shared/base/mailbox.h"

namespace dga::app {
namespace {

// Scans given to the store and not answered yet. With as many in flight input is read no further.
constexpr std::size_t kMostInFlight = 2'048;
// Other news of the store thread between two looks: counts every two seconds, a new class now and then.
constexpr std::size_t kMostNews = 64;
// A pipe that poll() calls writable takes this much without making us wait (POSIX, PIPE_BUF).
constexpr std::size_t kMostWritten = 4'096;

// Events from the store thread, and a descriptor that poll() can wait on.
class Answers {
 public:
  Answers() : ready_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Answers() { ::close(ready_); }
  Answers(Answers const&) = delete;
  Answers& operator=(Answers const&) = delete;

  void put(std::vector<flow::Event> events) {
    for (flow::Event& one : events) {
      // Counts are told again; of answers there is never more than one for each that is in flight.
      bool const counts = std::holds_alternative<flow::event::CountsChanged>(one);
      if (!waiting_.try_send(one) && !counts) base::log(base::LogLevel::kError, "headless.answer_lost");
    }
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(ready_, &one, sizeof one);
  }
  [[nodiscard]] std::optional<flow::Event> take() { return waiting_.try_receive(); }
  void clear_descriptor() {
    std::uint64_t count = 0;
    [[maybe_unused]] auto const read = ::read(ready_, &count, sizeof count);
  }
  [[nodiscard]] int descriptor() const { return ready_; }

 private:
  int ready_;
  base::Mailbox<flow::Event> waiting_{kMostInFlight + kMostNews};
};

class Door {
 public:
  Door(int input, std::string zone, StopSignals const& signals, StoreThread& store, PhoneThread& phone,
       Answers& answers, SyncThread* sync)
      : input_(input),
        zone_(std::move(zone)),
        signals_(&signals),
        store_(&store),
        phone_(&phone),
        answers_(&answers),
        sync_(sync) {}

  int run() {
    while (!done()) {
      bool const may_read = !input_ended_ && scans_.empty();
      std::array<pollfd, 4> waiting{
          pollfd{signals_->descriptor(), POLLIN, 0}, pollfd{answers_->descriptor(), POLLIN, 0},
          pollfd{may_read ? input_ : -1, POLLIN, 0}, pollfd{out_.empty() ? -1 : STDOUT_FILENO, POLLOUT, 0}};
      if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return fail("waiting for scans", errno);
      if (waiting[0].revents != 0 && signals_->take()) stop_asked();
      if (waiting[1].revents != 0) settle();
      if (waiting[2].revents != 0) read();
      if (waiting[3].revents != 0) write();
      give();
    }
    return code_;
  }

 private:
  [[nodiscard]] bool done() const { return input_ended_ && scans_.empty() && in_flight_ == 0 && out_.empty(); }

  void stop_asked() {
    if (std::exchange(input_ended_, true)) out_closed_ = true;  // asked twice: nobody reads, and somebody is in a hurry
    if (out_closed_) out_.clear();
  }

  int fail(std::string_view doing, int error) {
    base::log(base::LogLevel::kError, "headless.failed",
              {{"doing", std::string(doing)}, {"reason", std::strerror(error)}});
    return 1;
  }

  void read() {
    std::array<char, 65'536> buffer;
    ssize_t const got = ::read(input_, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got < 0) code_ = fail("reading scans", errno);
    auto scans = got > 0 ? lines_.feed({buffer.data(), static_cast<std::size_t>(got)}) : lines_.finish();
    if (got <= 0) input_ended_ = true;
    for (auto& scan : scans) scans_.push_back(std::move(scan.text));
  }

  // As many as there is room for; the store thread takes them all into one commit.
  void give() {
    while (!scans_.empty() && in_flight_ < kMostInFlight && !settling_) {
      if (auto receipt = flow::receipt_in(scans_.front())) {
        if (in_flight_ > 0) return;  // answers come in the order of the scans
        phone_->settle(*std::move(receipt));
        scans_.pop_front();
        ++in_flight_;
        settling_ = true;
        return;
      }
      Ask one = ask::Serve{desk::ByScan{std::move(scans_.front())}};
      if (!store_->try_ask(one)) {
        scans_.front() = std::move(std::get<desk::ByScan>(std::get<ask::Serve>(one).visit).text);
        return;  // its next answer brings us back
      }
      scans_.pop_front();
      ++in_flight_;
    }
  }

  void settle() {
    answers_->clear_descriptor();
    while (auto const event = answers_->take()) {
      if (auto const* settled = std::get_if<flow::event::Settled>(&*event)) {
        --in_flight_;
        say(answer_line(++answered_, settled->outcome, zone_));
      } else if (auto const* failed = std::get_if<flow::event::StoreFailed>(&*event)) {
        --in_flight_;
        bool const damaged = failed->code == "store.damaged" || failed->code == "store.chain";
        code_ = damaged ? 3 : std::max(code_, 1);
        if (damaged) {
          input_ended_ = true;  // nothing more may be built on it
          scans_.clear();
        }
        say(failure_line(++answered_, failed->code));
      } else if (auto const* handed = std::get_if<flow::event::ReceiptHanded>(&*event)) {
        --in_flight_;
        settling_ = false;
        say(receipt_line(++answered_, handed->receipt));
      } else if (auto const* counts = std::get_if<flow::event::CountsChanged>(&*event); counts && sync_) {
        sync_->recorded(counts->recorded);
      }
    }
    if (!out_.empty()) write();
  }

  void say(std::string const& line) {
    if (!out_closed_) out_ += line;
  }

  void write() {
    pollfd ready{STDOUT_FILENO, POLLOUT, 0};
    while (!out_.empty() && ::poll(&ready, 1, 0) > 0) {
      ssize_t const written = ::write(STDOUT_FILENO, out_.data(), std::min(out_.size(), kMostWritten));
      if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (written < 0) {
        // Nobody listens any more: what is in flight is still recorded, and that is the end.
        if (errno != EPIPE) code_ = fail("writing answers", errno);
        out_closed_ = input_ended_ = true;
        out_.clear();
        scans_.clear();
        return;
      }
      out_.erase(0, static_cast<std::size_t>(written));
    }
  }

  int input_;
  std::string zone_;
  StopSignals const* signals_;
  StoreThread* store_;
  PhoneThread* phone_;
  Answers* answers_;
  SyncThread* sync_;  // none when offline
  input::ScanLines lines_;
  std::deque<std::string> scans_;
  std::string out_;
  std::size_t in_flight_ = 0;
  std::uint64_t answered_ = 0;
  bool settling_ = false;  // a receipt that was scanned: what comes after it waits
  bool input_ended_ = false, out_closed_ = false;
  int code_ = 0;
};

// Standard input, or the pipe that was named (opened for both directions it has no end).
int open_input(Options const& options) {
  if (!options.scanner_pipe) return STDIN_FILENO;
  struct stat found {};
  bool const fifo = ::stat(options.scanner_pipe->c_str(), &found) == 0 && S_ISFIFO(found.st_mode);
  return ::open(options.scanner_pipe->c_str(), (fifo ? O_RDWR : O_RDONLY) | O_CLOEXEC);
}

}  // namespace

int run_headless(Options const& options, std::unique_ptr<Kiosk> kiosk, base::Clock const& clock,
                 MakeTransport make_transport, StopSignals const& signals) {
  int const input = open_input(options);
  if (input < 0) {
    base::log(base::LogLevel::kError, "scanner.not_found",
              {{"path", options.scanner_pipe->string()}, {"reason", std::strerror(errno)}});
    return 1;
  }
  std::string const zone = kiosk->desk().zone();
  Answers answers;
  StoreThread store(options.data, std::move(kiosk), clock,
                    [&answers](std::vector<flow::Event> events) { answers.put(std::move(events)); });
  auto tell = [&answers](flow::Event event) {
    std::vector<flow::Event> one;
    one.push_back(std::move(event));
    answers.put(std::move(one));
  };
  PhoneThread phone({options.centre, options.phone_address, std::move(tell)}, store, clock);
  std::optional<SyncThread> sync;
  if (!options.offline)
    sync.emplace(SyncThread::Plan{options.centre, std::move(make_transport), [](flow::SyncView const&) {}}, store,
                 clock);
  int const code = Door(input, zone, signals, store, phone, answers, sync ? &*sync : nullptr).run();
  if (input != STDIN_FILENO) ::close(input);
  return code;
}

}  // namespace dga::app
