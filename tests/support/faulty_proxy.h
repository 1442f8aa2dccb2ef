#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/http_octets.h"

namespace dga::support {

// What a network does to one exchange: a request of the kiosk's and the answer to it.
enum class Fault : std::uint8_t {
  kNone,
  // The request comes to the centre.
  kReplyCut,      // of the answer only the first octets come back, perhaps none
  kSwitchedOff,   // the same, the connection stays open, and then the kiosk loses its power
  kTwice,         // it comes on two connections at once
  kRepeated,      // and before it everything that was sent so far, once more
  kOldAnswer,     // the kiosk gets the answer to an earlier request
  kOtherStatus,   // the answer comes under another status
  kReplyGarbled,  // one bit of the answer is another
  kReplyLength,   // the answer's Content-Length is wrong
  kPieces,        // a few octets at a time, both ways
  // It does not, or only in part, or later.
  kUnheard,          // the connection is reset while the request still comes
  kRequestCut,       // the centre gets its first octets
  kRequestGarbled,   // one bit is another
  kRequestLength,    // its Content-Length is wrong
  kHeldBack,         // nobody answers; some exchanges later it comes to the centre after all
  kOldAnswerOnly,    // the kiosk gets the answer to an earlier request
  kStrangersAnswer,  // the centre's true answer to another kiosk's log
  kPortal,
  kRedirect,
  kLogInFirst,  // 511
  kBusy,        // 503, Retry-After: 0
  kTooLarge,
  kNotFound,
  kFailed,   // 500
  kNothing,  // 204
  kNoHttp,   // octets that are no HTTP
};
inline constexpr int kFaults = static_cast<int>(Fault::kNoHttp) + 1;
[[nodiscard]] std::string_view name_of(Fault fault);

struct Trouble {
  Fault fault = Fault::kNone;
  std::uint32_t at = 0;    // which octet, taken modulo their number
  std::uint32_t pick = 0;  // which of the fault's ways, which earlier answer
};

// A proxy before a centre on loopback that does to each exchange what it is told. One thread, the test's: nothing moves
// but while a program runs under serve(), so a schedule does the same whenever it is run.
class FaultyProxy {
 public:
  explicit FaultyProxy(int centre_port);
  FaultyProxy(FaultyProxy const&) = delete;
  FaultyProxy& operator=(FaultyProxy const&) = delete;
  [[nodiscard]] std::string const& address() const { return address_; }

  // Forgets what it has seen and what it holds back. `stranger`: an answer to somebody else's request.
  void begin(std::string stranger);
  // Passes on what `program` and the centre say until `program` ends; its exchanges meet `plan` in order, those beyond
  // its end nothing.
  void serve(pid_t program, std::vector<Trouble> plan);
  // What is still held back comes to the centre.
  void release();

  // Every whole request that the kiosk made since begin(), in order, whatever became of it.
  [[nodiscard]] std::vector<std::string> const& requests() const { return requests_; }
  // Answers of the centre, in order.
  [[nodiscard]] std::vector<std::string> const& answers() const { return answers_; }
  // What the centre owes: an answer to a whole request. In words; empty when all is well.
  [[nodiscard]] std::vector<std::string> const& complaints() const { return complaints_; }
  // Exchanges that met each fault, ever.
  [[nodiscard]] std::vector<int> const& met() const { return met_; }

  // For negative controls: an answer that `forge` gives to a request goes back, and the centre hears nothing of it.
  void forge_with(std::function<std::optional<std::string>(std::string const& request)> forge) { forge_ = forge; }

  // A request straight to the centre, and its answer.
  [[nodiscard]] std::string ask(std::string const& request);

 private:
  struct Client {
    Socket socket;
    std::string received;
    bool open = true;
  };
  struct Late {
    std::string request;
    std::uint32_t exchanges = 0;  // until it comes
  };
  // Reads what came; true when there is a whole request, or all that the next fault lets come.
  bool read_some(Client& client);
  void exchange(Client& client, std::string const& request, Trouble const& trouble);
  void deliver_and_answer(Client& client, std::string const& request, Trouble const& trouble);
  void deliver_spoilt(Client& client, std::string const& request, Trouble const& trouble);
  void answer_alone(Client& client, Trouble const& trouble);
  void say(Client& client, std::string_view octets) const;
  static void hang_up(Client& client, Trouble const& trouble);
  [[nodiscard]] std::string in_pieces(std::string const& request, Trouble const& trouble);
  [[nodiscard]] std::string twice(std::string const& request, Trouble const& trouble);
  std::string took(std::string answer, std::string_view how);
  void deliver_late();

  int centre_port_;
  Socket listener_;
  std::string address_;
  pid_t program_ = -1;
  std::deque<Trouble> plan_;
  std::deque<Client> clients_;
  std::vector<Late> late_;
  std::vector<Socket> dangling_;  // half-sent requests that nobody ends before the round does
  std::string stranger_;
  std::function<std::optional<std::string>(std::string const&)> forge_;
  std::vector<std::string> requests_, answers_, complaints_;
  std::vector<int> met_;
};

}  // namespace dga::support
