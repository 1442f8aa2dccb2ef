#include "kiosk/input/pipe_scanner.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>

#include "kiosk/input/scan_lines.h"
#include "shared/base/log.h"

namespace dga::input {
namespace {

class PipeScanner : public Scanner {
 public:
  PipeScanner(int pipe, int stop, DeliverScan deliver) : pipe_(pipe), stop_(stop), deliver_(std::move(deliver)) {
    thread_ = std::thread([this] { read_all(); });
  }
  ~PipeScanner() override {
    std::uint64_t const one = 1;
    if (::write(stop_, &one, sizeof one) < 0) base::log(base::LogLevel::kWarning, "scanner.stop_failed");
    thread_.join();
    ::close(pipe_);
    ::close(stop_);
  }
  PipeScanner(PipeScanner const&) = delete;
  PipeScanner& operator=(PipeScanner const&) = delete;

 private:
  void read_all() {
    ScanLines lines;
    std::array<char, 4'096> buffer;
    for (;;) {
      std::array<pollfd, 2> waiting{pollfd{pipe_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
      if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
      if (waiting[1].revents != 0) return;
      if (waiting[0].revents == 0) continue;
      ssize_t const got = ::read(pipe_, buffer.data(), buffer.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) {
        if (got < 0) base::log(base::LogLevel::kError, "scanner.failed", {{"reason", std::strerror(errno)}});
        (void)deliver_all(lines.finish());
        return;
      }
      if (!deliver_all(lines.feed({buffer.data(), static_cast<std::size_t>(got)}))) return;
    }
  }

  bool deliver_all(std::vector<Scan> scans) {
    for (Scan& scan : scans)
      if (!deliver_(std::move(scan))) return false;
    return true;
  }

  int pipe_, stop_;
  DeliverScan deliver_;
  std::thread thread_;
};

}  // namespace

base::Result<std::unique_ptr<Scanner>> open_pipe_scanner(std::filesystem::path const& path, DeliverScan deliver) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    return base::refused("scanner.not_found", "there is no scanner pipe at " + path.string(),
                         "make one with: mkfifo " + path.string());
  // Opened for both directions a named pipe has no end: it waits for its next writer.
  int const direction = S_ISFIFO(found.st_mode) ? O_RDWR : O_RDONLY;
  int const pipe = ::open(path.c_str(), direction | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  int const stop = ::eventfd(0, EFD_CLOEXEC);
  if (pipe < 0 || stop < 0) {
    std::string const reason = std::strerror(errno);
    if (pipe >= 0) ::close(pipe);
    if (stop >= 0) ::close(stop);
    return base::storage("scanner.failed", "opening the scanner at " + path.string() + " failed: " + reason,
                         "check the path and who may read it");
  }
  return std::unique_ptr<Scanner>(std::make_unique<PipeScanner>(pipe, stop, std::move(deliver)));
}

}  // namespace dga::input
