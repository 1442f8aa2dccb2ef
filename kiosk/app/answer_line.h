#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kiosk/flow/state.h"

namespace dga::app {

// One line of the headless kiosk, with its line end: {"n":1,"result":"checked_in","participant":17,...}.
// `n` counts the scans from 1. Times are in the class's zone. Holds no name, phone or badge.
[[nodiscard]] std::string answer_line(std::uint64_t n, flow::Outcome const& outcome, std::string_view zone);

// When the record could not be kept: {"n":1,"result":"failed","error":"store.full"}. Nothing was recorded.
[[nodiscard]] std::string receipt_line(std::uint64_t n, flow::HandedReceipt const& receipt);
[[nodiscard]] std::string failure_line(std::uint64_t n, std::string_view code);

}  // namespace dga::app
