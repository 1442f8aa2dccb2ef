#include "kiosk/app/answer_line.h"

#include <nlohmann/json.hpp>

#include "shared/course/local_time.h"

namespace dga::app {

std::string answer_line(std::uint64_t n, flow::Outcome const& outcome, std::string_view zone) {
  nlohmann::ordered_json line;
  line["n"] = n;
  line["result"] = flow::name_of(outcome.verdict);
  if (outcome.participant != 0) {
    line["participant"] = outcome.participant;
    line["known"] = outcome.known;
    if (outcome.session != 0) line["session"] = outcome.session;
    if (outcome.seq != 0) line["seq"] = outcome.seq;
    line["standing"] = course::name_of(outcome.standing);
    line["attended"] = outcome.attended;
    line["of"] = outcome.n;
    if (outcome.at_ms != 0) line["at"] = course::write_instant(outcome.at_ms, zone);
    if (outcome.opens_at_ms) line["opens_at"] = course::write_instant(*outcome.opens_at_ms, zone);
  }
  return line.dump() + '\n';
}

std::string receipt_line(std::uint64_t n, flow::HandedReceipt const& receipt) {
  nlohmann::ordered_json line;
  line["n"] = n;
  line["result"] = "receipt";
  if (receipt.problem_code.empty()) {
    line["received_through"] = receipt.received_through;
    line["acknowledged"] = receipt.acknowledged;
    line["waiting"] = receipt.waiting;
  } else {
    line["error"] = receipt.problem_code;
  }
  return line.dump() + '\n';
}

std::string failure_line(std::uint64_t n, std::string_view code) {
  nlohmann::ordered_json line;
  line["n"] = n;
  line["result"] = "failed";
  line["error"] = code;
  return line.dump() + '\n';
}

}  // namespace dga::app
