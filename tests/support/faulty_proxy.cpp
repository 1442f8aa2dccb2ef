#include "tests/support/faulty_proxy.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace dga::support {
namespace {

int loopback_listener() {
  int const listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 16) == 0);
  return listener;
}
int port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::string reply(std::string_view status, std::string_view headers, std::string_view body) {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, headers, body.size(), body);
}
constexpr std::string_view kPage = "<!DOCTYPE html><html><title>Guest network</title><form>Log in</form></html>";

std::string canned(Fault fault) {
  constexpr std::string_view kHtml = "Content-Type: text/html\r\n";
  switch (fault) {
    case Fault::kPortal: return reply("200 OK", kHtml, kPage);
    case Fault::kRedirect: return reply("302 Found", "Location: http://127.0.0.1:9/login\r\n", "");
    case Fault::kLogInFirst: return reply("511 Network Authentication Required", kHtml, kPage);
    case Fault::kBusy: return reply("503 Service Unavailable", "Retry-After: 0\r\n", "");
    case Fault::kTooLarge: return reply("413 Content Too Large", kHtml, "<html>too large</html>");
    case Fault::kNotFound: return reply("404 Not Found", kHtml, "<html>not here</html>");
    case Fault::kFailed: return reply("500 Internal Server Error", "", "failed");
    case Fault::kNothing: return "HTTP/1.1 204 No Content\r\n\r\n";
    case Fault::kNoHttp: return std::string("\x16\x03\x01\x00\r\n\xFF 900 \r\n\r\n", 17);
    case Fault::kNone:
    case Fault::kReplyCut:
    case Fault::kSwitchedOff:
    case Fault::kTwice:
    case Fault::kRepeated:
    case Fault::kOldAnswer:
    case Fault::kOtherStatus:
    case Fault::kReplyGarbled:
    case Fault::kReplyLength:
    case Fault::kPieces:
    case Fault::kUnheard:
    case Fault::kRequestCut:
    case Fault::kRequestGarbled:
    case Fault::kRequestLength:
    case Fault::kHeldBack:
    case Fault::kOldAnswerOnly:
    case Fault::kStrangersAnswer: break;
  }
  return {};
}

std::string garbled(std::string octets, Trouble const& trouble) {
  if (!octets.empty()) {
    auto& octet = octets[trouble.at % octets.size()];
    octet = static_cast<char>(octet ^ (1 << trouble.pick % 8));
  }
  return octets;
}

std::string with_status(std::string answer, std::uint32_t pick) {
  constexpr std::array<std::string_view, 6> kStatuses{"201", "302", "404", "413", "500", "503"};
  auto const space = answer.find(' ');
  if (space != std::string::npos) answer.replace(space + 1, 3, kStatuses[pick % kStatuses.size()]);
  return answer;
}

// Off by up to 40, either way.
std::string wrong_length(std::string const& message, Trouble const& trouble) {
  auto const body = body_of(message).size();
  auto const by = 1 + trouble.at % 40;
  return with_content_length(message, trouble.pick % 2 == 0 ? body + by : body - std::min<std::size_t>(body, by));
}

}  // namespace

std::string_view name_of(Fault fault) {
  constexpr std::array<std::string_view, kFaults> kNames{"none",
                                                         "reply cut",
                                                         "switched off",
                                                         "twice",
                                                         "repeated",
                                                         "old answer",
                                                         "other status",
                                                         "reply garbled",
                                                         "reply length",
                                                         "pieces",
                                                         "unheard",
                                                         "request cut",
                                                         "request garbled",
                                                         "request length",
                                                         "held back",
                                                         "old answer only",
                                                         "stranger's answer",
                                                         "portal",
                                                         "redirect",
                                                         "log in first",
                                                         "busy",
                                                         "too large",
                                                         "not found",
                                                         "failed",
                                                         "nothing",
                                                         "no HTTP"};
  return kNames[static_cast<std::size_t>(fault)];
}

FaultyProxy::FaultyProxy(int centre_port)
    : centre_port_(centre_port),
      listener_(loopback_listener()),
      address_("http://127.0.0.1:" + std::to_string(port_of(listener_.descriptor()))),
      met_(kFaults) {}

void FaultyProxy::begin(std::string stranger) {
  stranger_ = std::move(stranger);
  late_.clear();
  requests_.clear();
  answers_.clear();
  complaints_.clear();
}

void FaultyProxy::serve(pid_t program, std::vector<Trouble> plan) {
  program_ = program;
  plan_.assign(plan.begin(), plan.end());
  // glibc 2.36 declares pidfd_open for C only.
  Socket const ended(static_cast<int>(::syscall(SYS_pidfd_open, program, 0)));
  REQUIRE(ended.descriptor() >= 0);
  for (;;) {
    std::vector<pollfd> waits{{ended.descriptor(), POLLIN, 0}, {listener_.descriptor(), POLLIN, 0}};
    for (auto const& client : clients_) waits.push_back({client.socket.descriptor(), POLLIN, 0});
    constexpr int kLongestMs = 120'000;
    if (::poll(waits.data(), waits.size(), kLongestMs) == 0) FAIL("the program neither spoke nor ended");
    if (waits[0].revents != 0) break;
    auto const polled = clients_.size();
    if (waits[1].revents != 0) clients_.push_back({Socket(::accept(listener_.descriptor(), nullptr, nullptr)), {}});
    for (std::size_t at = 0; at < polled; ++at) {
      auto& client = clients_[at];
      if (waits[at + 2].revents == 0 || !read_some(client)) continue;
      Trouble trouble;
      if (!plan_.empty()) {
        trouble = plan_.front();
        plan_.pop_front();
      }
      exchange(client, std::exchange(client.received, {}), trouble);
    }
    std::erase_if(clients_, [](Client const& client) { return !client.open; });
  }
  clients_.clear();
  dangling_.clear();
}

bool FaultyProxy::read_some(Client& client) {
  auto const part = client.socket.receive();
  if (part.empty()) return client.open = false;
  client.received += part;
  auto const wanted = message_size(client.received);
  bool const whole = wanted && client.received.size() >= *wanted;
  return whole || (!plan_.empty() && plan_.front().fault == Fault::kUnheard);
}

void FaultyProxy::exchange(Client& client, std::string const& request, Trouble const& trouble) {
  ++met_[static_cast<std::size_t>(trouble.fault)];
  bool const whole = message_size(request) == request.size();
  if (whole) requests_.push_back(request);
  if (forge_) {
    if (auto const forged = forge_(request)) return say(client, *forged);
  }
  deliver_late();
  switch (trouble.fault) {
    case Fault::kNone:
    case Fault::kReplyCut:
    case Fault::kSwitchedOff:
    case Fault::kTwice:
    case Fault::kRepeated:
    case Fault::kOldAnswer:
    case Fault::kOtherStatus:
    case Fault::kReplyGarbled:
    case Fault::kReplyLength:
    case Fault::kPieces: return deliver_and_answer(client, request, trouble);
    case Fault::kRequestCut:
    case Fault::kRequestGarbled:
    case Fault::kRequestLength: return deliver_spoilt(client, request, trouble);
    case Fault::kUnheard:
      client.socket.reset();
      client.open = false;
      return;
    case Fault::kHeldBack:
      if (whole) late_.push_back({request, 1 + trouble.at % 4});
      return hang_up(client, trouble);
    case Fault::kOldAnswerOnly:
    case Fault::kStrangersAnswer:
    case Fault::kPortal:
    case Fault::kRedirect:
    case Fault::kLogInFirst:
    case Fault::kBusy:
    case Fault::kTooLarge:
    case Fault::kNotFound:
    case Fault::kFailed:
    case Fault::kNothing:
    case Fault::kNoHttp: return answer_alone(client, trouble);
  }
}

void FaultyProxy::deliver_and_answer(Client& client, std::string const& request, Trouble const& trouble) {
  auto const earlier = answers_;
  if (trouble.fault == Fault::kRepeated)
    for (std::size_t back = requests_.size() - 1; back > 0; --back)
      took(ask(requests_[back - 1]), "to a request that was repeated");
  std::string answer;
  if (trouble.fault == Fault::kTwice)
    answer = twice(request, trouble);
  else if (trouble.fault == Fault::kPieces)
    answer = in_pieces(request, trouble);
  else
    answer = took(ask(request), "");

  auto const beginning = std::string_view(answer).substr(0, trouble.at % (answer.size() + 1));
  if (trouble.fault == Fault::kSwitchedOff) {
    say(client, beginning);
    ::kill(program_, SIGKILL);
    return;
  }
  if (trouble.fault == Fault::kPieces) {
    std::size_t const piece = 1 + trouble.at % 7;
    for (std::size_t at = 0; at < answer.size(); at += piece) say(client, std::string_view(answer).substr(at, piece));
    return;
  }
  if (trouble.fault == Fault::kOldAnswer && !earlier.empty()) return say(client, earlier[trouble.at % earlier.size()]);
  if (trouble.fault == Fault::kOtherStatus) return say(client, with_status(answer, trouble.pick));
  if (trouble.fault == Fault::kReplyCut)
    say(client, beginning);
  else if (trouble.fault == Fault::kReplyGarbled)
    say(client, garbled(answer, trouble));
  else if (trouble.fault == Fault::kReplyLength)
    say(client, wrong_length(answer, trouble));
  else
    return say(client, answer);
  hang_up(client, trouble);
}

void FaultyProxy::deliver_spoilt(Client& client, std::string const& request, Trouble const& trouble) {
  auto const at = trouble.at % request.size();
  auto centre = Socket::connect(centre_port_);
  if (trouble.fault == Fault::kRequestCut) {
    centre.send(std::string_view(request).substr(0, at));
    if (trouble.pick % 3 == 0)
      centre.reset();
    else if (trouble.pick % 3 == 1)
      dangling_.push_back(std::move(centre));
    return hang_up(client, trouble);
  }
  centre.send(trouble.fault == Fault::kRequestGarbled ? garbled(request, trouble) : wrong_length(request, trouble));
  // The centre may wait for more than there is.
  centre.end();
  say(client, centre.receive_message());
  hang_up(client, trouble);
}

void FaultyProxy::answer_alone(Client& client, Trouble const& trouble) {
  if (trouble.fault == Fault::kStrangersAnswer) return say(client, stranger_);
  if (trouble.fault != Fault::kOldAnswerOnly) {
    say(client, canned(trouble.fault));
    if (trouble.fault == Fault::kNoHttp) hang_up(client, trouble);
    return;
  }
  if (answers_.empty()) return hang_up(client, trouble);
  say(client, answers_[trouble.at % answers_.size()]);
}

void FaultyProxy::say(Client& client, std::string_view octets) const {
  if (!client.socket.send(octets)) client.open = false;
}

void FaultyProxy::hang_up(Client& client, Trouble const& trouble) {
  if (trouble.pick % 2 == 0) client.socket.reset();
  client.open = false;
}

std::string FaultyProxy::in_pieces(std::string const& request, Trouble const& trouble) {
  auto const centre = Socket::connect(centre_port_);
  std::size_t const piece = 1 + trouble.pick % 7;
  for (std::size_t at = 0; at < request.size(); at += piece) centre.send(std::string_view(request).substr(at, piece));
  return took(centre.receive_message(), "to a request that came in pieces");
}

std::string FaultyProxy::twice(std::string const& request, Trouble const& trouble) {
  auto const half = trouble.at % request.size();
  auto const one = Socket::connect(centre_port_), other = Socket::connect(centre_port_);
  one.send(std::string_view(request).substr(0, half));
  other.send(request);
  one.send(std::string_view(request).substr(half));
  auto first = took(one.receive_message(), "to a request that came twice");
  auto second = took(other.receive_message(), "to a request that came twice");
  return trouble.pick % 2 == 0 ? first : second;
}

std::string FaultyProxy::took(std::string answer, std::string_view how) {
  if (message_size(answer) == answer.size())
    answers_.push_back(answer);
  else
    complaints_.push_back(fmt::format("no whole answer {}", how));
  return answer;
}

void FaultyProxy::deliver_late() {
  for (auto& late : late_)
    if (--late.exchanges == 0) took(ask(late.request), "to a request that came late");
  std::erase_if(late_, [](Late const& late) { return late.exchanges == 0; });
}

void FaultyProxy::release() {
  for (; !late_.empty(); late_.pop_back()) took(ask(late_.back().request), "to a request that came last");
}

std::string FaultyProxy::ask(std::string const& request) {
  auto const centre = Socket::connect(centre_port_);
  centre.send(request);
  return centre.receive_message();
}

}  // namespace dga::support
