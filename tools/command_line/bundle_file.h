#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "shared/base/result.h"
#include "sync/protocol/bundle.h"

namespace dga::command_line {

// What a frame says of itself; nothing of it is verified.
struct ToldFrame {
  std::uint8_t kind = 0;
  std::size_t at = 0, bytes = 0;  // in the file; of the payload
  std::string device, log;        // hex; empty where it names none
  std::uint64_t first_seq = 0;    // of a batch; of a receipt received_through
  std::uint64_t last_seq = 0;
  std::string refused;  // of a receipt: why the batch was not taken
};
struct ToldBundle {
  std::vector<ToldFrame> frames;
  std::size_t bytes = 0;
  std::uint32_t damages = 0;
  bool cut = false;
};
// Reads without any key. Refused "bundle.not_one", "bundle.too_large".
[[nodiscard]] base::Result<ToldBundle> tell_bundle(base::ByteView bytes);
[[nodiscard]] nlohmann::ordered_json told_json(ToldBundle const& told);
[[nodiscard]] std::string told_lines(ToldBundle const& told);
// "sealed batch", "receipt", ... or "kind 200".
[[nodiscard]] std::string kind_name(std::uint8_t kind);

// The file's bytes; errors name it.
[[nodiscard]] base::Result<base::Bytes> read_bundle_file(std::filesystem::path const& file);
// Damaged "bundle.damaged" where part of the file could not be read: what could be has been dealt with.
[[nodiscard]] base::Done whole(std::filesystem::path const& file, std::uint32_t damages, bool cut);

}  // namespace dga::command_line
