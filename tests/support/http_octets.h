#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// HTTP/1.1 messages as octets on blocking sockets of loopback: for harnesses that must send what no library would.
namespace dga::support {

// Length of the message that `octets` begin with, as its Content-Length says; nothing while its head has not ended.
[[nodiscard]] std::optional<std::size_t> message_size(std::string_view octets);
// From the request's or reply's first line to the blank line, that included.
[[nodiscard]] std::size_t head_size(std::string_view message);
[[nodiscard]] std::string_view body_of(std::string_view message);
// "/api/v1/..." of a request.
[[nodiscard]] std::string_view target_of(std::string_view request);
[[nodiscard]] int status_of(std::string_view reply);
// The same message with another number there.
[[nodiscard]] std::string with_content_length(std::string_view message, std::size_t length);

// A connection to a port of loopback, or one that was accepted. Waits at most 20 s for the other side: nothing that is
// well takes as long.
class Socket {
 public:
  static Socket connect(int port);
  explicit Socket(int descriptor);
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  Socket(Socket const&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  // False when the other side is gone.
  bool send(std::string_view octets) const;
  // The next octets; empty at the end, or where the other side is gone or silent.
  [[nodiscard]] std::string receive() const;
  // A whole message, or what came of one before the end.
  [[nodiscard]] std::string receive_message() const;
  void close();
  // With an RST.
  void reset();
  // No more will be sent; the other direction stays open.
  void end() const;

 private:
  int descriptor_ = -1;
};

}  // namespace dga::support
