#pragma once

#include "shared/crypto/hash.h"
#include "tests/golden/content.h"

// What a golden centre holds from schema 3 on, beside content.h: something in every table. As there, never changed.
namespace dga::golden {

inline constexpr std::uint64_t kForkAt = 130;

template <typename Id>
Id number_id(std::uint8_t number) {
  Id made;
  made.octets.fill(number);
  return made;
}

inline std::vector<centre::DeviceRow> devices() {
  std::vector<centre::DeviceRow> all;
  for (std::uint8_t state = 1; state <= 5; ++state)
    all.push_back({number_id<base::DeviceId>(state), base::Bytes(32, 'e'), base::Bytes(32, 'x'),
                   "Door " + std::to_string(state), static_cast<centre::DeviceState>(state), kWallMs + state});
  return all;
}
inline centre::CodeRow code() {
  return {base::Bytes(8, 'i'),
          base::Bytes(16, 'c'),
          "Door 1",
          1,
          kWallMs,
          centre::CodeState::kAnswered,
          2,
          123'456,
          number_id<base::DeviceId>(1),
          "request",
          "a reply"};
}
inline std::vector<centre::FormRow> forms() {
  return {{crypto::hash({"{\"v\":1}"}), "feedback", "{\"v\":1}", false},
          {crypto::hash({"{\"v\":2}"}), "feedback", "{\"v\":2}", true}};
}
inline std::vector<centre::LogRow> fork_rows() {
  std::vector<centre::LogRow> rows;
  for (std::uint64_t seq = kForkAt; seq < kForkAt + 3; ++seq)
    rows.push_back({seq, crypto::hash({"fork" + std::to_string(seq)}), "of the clone", crypto::hash({"of the clone"}),
                    seq == kForkAt ? 12U : 0U});
  return rows;
}
inline centre::ParkedBatch parked() {
  return {crypto::hash({"parked"}), identity().log, identity().device,   500, 7,
          crypto::hash({"before"}), true,           "a batch that waits"};
}

inline base::Done write_content_3(centre::Tables& tables) {
  auto const log = identity().log;
  for (auto const& device : devices()) TRY_DO(tables.devices.put_device(device));
  TRY_DO(tables.devices.assign(number_id<base::DeviceId>(2), 1, kWallMs));
  TRY_DO(tables.devices.put_code(code()));
  for (auto const& form : forms()) TRY_DO(tables.classes.put_form(1, form));
  TRY_DO(tables.classes.add_staff(1, {4, "Trainer 4", 2, "a hash"}));
  TRY_DO(tables.classes.put_pack_version(1, {crypto::hash({"pack"}), 77, kWallMs}));
  TRY_DO(tables.logs.append(log, 1, fork_rows()));
  TRY_DO(tables.logs.put_branch(log, {1, 0, kForkAt, kForkAt + 2, fork_rows().back().hash}));
  TRY_DO(tables.logs.park(parked()));
  TRY_DO(tables.logs.note_head(log, {900, crypto::hash({"head"}), 1, kForkAt}));
  return tables.durability.note_backed_up(log, {0, 100});
}

}  // namespace dga::golden
