#include "tests/faults/kiosk_day.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "shared/base/random.h"
#include "shared/crypto/chain.h"
#include "tests/support/store_sql.h"

namespace dga::test {
namespace {

// Of the settings that come and change during the day.
constexpr char const* kNames[] = {"name.0", "name.1", "name.2"};

}  // namespace

bool is_long() {
  auto const* const asked = std::getenv("DGA_LONG");
  return asked && std::string_view(asked) == "1";
}

std::vector<Step> plan_day(std::uint64_t seed, std::size_t steps) {
  using Kind = Step::Kind;
  auto random = base::seeded_random(seed);
  std::vector<Step> day;
  bool sending = false;
  while (day.size() < steps) {
    auto const drawn = random->below(40);
    if (drawn < 20) {
      day.push_back({Kind::kAppend, 1});
    } else if (drawn < 24) {
      day.push_back({Kind::kAppend, 2 + random->below(6)});
    } else if (drawn == 24) {
      day.push_back({Kind::kAppend, 60});  // more than the small page cache holds
    } else if (drawn < 29) {
      day.push_back(sending ? Step{Kind::kDrop} : Step{Kind::kOutbound, 200 + random->below(9000)});
      if (sending) day.push_back({Kind::kSync});
      sending = !sending;
    } else if (drawn < 33) {
      day.push_back({Kind::kSetting, 1 + random->below(300)});
    } else if (drawn == 33) {
      day.push_back({Kind::kPack, 10'000 + random->below(90'000)});
    } else if (drawn < 37) {
      day.push_back({Kind::kSync});
    } else {
      day.push_back({Kind::kCheckpoint});
    }
  }
  return day;
}

std::vector<Step> plan_forked_day(std::uint64_t seed, std::size_t steps) {
  std::vector<Step> day;
  for (auto const& step : plan_day(seed, steps)) {
    day.push_back(step);
    if (day.size() % 12 == 4) day.push_back({Step::Kind::kPackApplied, 5'000 + day.size() * 300});
    if (day.size() % 12 == 9) day.push_back({Step::Kind::kChild});
  }
  return day;
}

std::vector<Step> plan_fifty(std::size_t pack_bytes) {
  using Kind = Step::Kind;
  std::vector<Step> day;
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) day.push_back({Kind::kAppend, 1});
    day.push_back({Kind::kAppend, 5});
    day.push_back({Kind::kOutbound, 3000});
    if (i % 2 == 0) day.push_back({Kind::kCheckpoint});
    day.push_back({Kind::kSync});
    day.push_back({Kind::kDrop});
    day.push_back({Kind::kSetting, 40});
    if (i == 1) day.push_back({Kind::kPackApplied, 9'000});
    if (i % 2 == 1) day.push_back({Kind::kChild});
  }
  day.push_back({Kind::kPack, pack_bytes});
  day.push_back({Kind::kCheckpoint});
  return day;
}

KioskDay::KioskDay(std::uint64_t seed) {
  auto random = base::seeded_random(seed);
  identity_.device = random->draw<base::DeviceId>();
  identity_.salt = random->draw<base::LogSalt>();
  identity_.log = crypto::log_id(identity_.device, identity_.salt);
  StoreScratch scratch;
  {
    auto store = store::KioskStore::create(scratch.path(), key(), identity_, "1", clock);
    if (!store.ok()) FAIL(base::describe(store.error()));
    must(adopt(*store));
  }
  files_["kiosk.db"] = file_content(scratch / "kiosk.db");
}

base::Done KioskDay::adopt(store::KioskStore& store) {
  records_.clear();
  KioskContent found;
  for (auto const& log : store.logs()) {
    TRY_DO(store.replay(log.number, 1, [&](store::StoredRecord const& record) -> base::Result<bool> {
      remember(log.number, record);
      return true;
    }));
    if (log.number > 1) found.closed.push_back(found.records);
    found.records = records_.back().size();
  }
  TRY(found.sync, store.sync_state());
  TRY(found.outbound, store.outbound());
  TRY(found.pack_version, store.pack_version());
  TRY(auto pack, store.pack());
  found.pack = pack.value_or("");
  for (auto const* name : kNames) {
    TRY(auto kept, store.setting(name));
    if (kept) found.settings[name] = *kept;
  }
  acknowledged_ = std::move(found);
  attempted_.clear();
  return {};
}

void KioskDay::remember(store::LogNumber log, store::StoredRecord record) {
  records_.resize(std::max(records_.size(), static_cast<std::size_t>(log)));
  records_[static_cast<std::size_t>(log) - 1].push_back(std::move(record));
}

base::Done KioskDay::act(store::KioskStore& store, Step const& step) {
  ++drawn_;
  clock.wall += 1000;
  clock.mono += 1000;
  KioskContent after = acknowledged_;
  auto const done = act(store, step, after);
  if (done.ok()) {
    acknowledged_ = std::move(after);
    attempted_.clear();
  } else {
    attempted_.push_back(std::move(after));
  }
  return done;
}

base::Done KioskDay::act(store::KioskStore& store, Step const& step, KioskContent& after) {
  using Kind = Step::Kind;
  auto const letter = static_cast<char>('a' + drawn_ % 26);
  switch (step.kind) {
    case Kind::kAppend: {
      std::vector<v1::Record> drafts(step.amount);
      for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (drawn_ % 11 == 3 && i == 0)
          drafts[i].mutable_kiosk_event()->set_detail(std::string(700 + drawn_ % 9 * 800, letter));
        else
          drafts[i].mutable_check_in()->set_participant(drawn_ * 100 + i);
      }
      after.records += step.amount;
      TRY(auto stored, called([&] { return store.append(std::move(drafts), clock); }));
      for (auto& record : stored) remember(store.logs().back().number, std::move(record));
      break;
    }
    case Kind::kCheckpoint: TRY_DO(store.database().checkpoint()); break;
    case Kind::kRoom: TRY_DO(store.make_room()); break;
    case Kind::kScrub: TRY_DO(store.scrub_log()); break;
    case Kind::kSync:
      after.sync.received_through = after.records;
      after.sync.durable_through = after.records / 2;
      after.sync.last_receipt_ms = clock.wall;
      TRY_DO(called([&] { return store.put_sync_state(after.sync); }));
      break;
    case Kind::kOutbound:
      after.outbound = store::Outbound{after.records, 3, base::Bytes(step.amount, letter)};
      TRY_DO(called([&] { return store.keep_outbound(*after.outbound); }));
      break;
    case Kind::kDrop:
      after.outbound.reset();
      TRY_DO(called([&] { return store.drop_outbound(); }));
      break;
    case Kind::kPack:
      ++after.pack_version;
      after.pack = base::Bytes(step.amount, letter);
      TRY_DO(called([&] { return store.keep_pack(after.pack_version, after.pack); }));
      break;
    case Kind::kPackApplied:
    case Kind::kPackApart: {
      ++after.pack_version;
      after.pack = base::Bytes(step.amount, letter);
      after.records += 1;
      auto const& beside = after.settings[kNames[0]] = std::to_string(after.pack_version);
      std::vector<v1::Record> drafts(1);
      drafts[0].mutable_kiosk_event()->set_kind(v1::KioskEvent::PACK_APPLIED);
      std::function<base::Done()> const with = [&]() -> base::Done {
        TRY_DO(store.keep_pack(after.pack_version, after.pack));
        return store.put_setting(kNames[0], beside);
      };
      bool const apart = step.kind == Kind::kPackApart;
      auto const within = apart ? std::function<base::Done()>() : with;
      if (apart) TRY_DO(called(with));
      TRY(auto stored, called([&] { return store.append(std::move(drafts), clock, within); }));
      remember(store.logs().back().number, std::move(stored.front()));
      break;
    }
    case Kind::kChild: {
      auto const salt = base::seeded_random(drawn_)->draw<base::LogSalt>();
      after.closed.push_back(after.records);
      after.records = 1;
      after.sync.received_through = after.sync.durable_through = 0;
      after.outbound.reset();
      auto const& beside = after.settings[kNames[1]] = base::Bytes(1, letter);
      std::function<base::Done()> const with = [&] { return store.put_setting(kNames[1], beside); };
      TRY_DO(called([&] { return store.open_child(salt, "1", clock, with); }));
      // Known by its hash, which covers it: to read it here could fail.
      remember(store.logs().back().number, {.seq = 1, .bytes = {}, .hash = store.head().hash, .digest = {}});
      break;
    }
    case Kind::kSetting: {
      auto const name = std::string(kNames[drawn_ % 3]);
      after.settings[name] = base::Bytes(step.amount, letter);
      TRY_DO(called([&] { return store.put_setting(name, after.settings[name]); }));
      break;
    }
  }
  return {};
}

std::string KioskDay::settle(store::KioskStore& store) {
  auto what = difference(store, acknowledged_);
  auto const is_there = [&](KioskContent const& content) { return difference(store, content).empty(); };
  if (!what.empty() && std::none_of(attempted_.begin(), attempted_.end(), is_there)) return what;
  auto const adopted = adopt(store);
  return adopted.ok() ? std::string() : base::describe(adopted.error());
}

std::string KioskDay::difference(store::KioskStore& store, KioskContent const& expected) const {
  if (store.logs().size() != expected.closed.size() + 1)
    return fmt::format("{} logs, not {}", store.logs().size(), expected.closed.size() + 1);
  auto const sync = store.sync_state();
  if (!sync.ok()) return base::describe(sync.error());
  if (sync->received_through != expected.sync.received_through ||
      sync->durable_through != expected.sync.durable_through || sync->last_receipt_ms != expected.sync.last_receipt_ms)
    return "another sync state";
  auto const outbound = store.outbound();
  if (!outbound.ok()) return base::describe(outbound.error());
  if (outbound->has_value() != expected.outbound.has_value() ||
      (expected.outbound && ((*outbound)->sealed_batch != expected.outbound->sealed_batch ||
                             (*outbound)->first_seq != expected.outbound->first_seq)))
    return "another outbound batch";
  auto const pack = store.pack();
  if (!pack.ok()) return base::describe(pack.error());
  auto const version = store.pack_version();
  if (!version.ok()) return base::describe(version.error());
  if (*version != expected.pack_version || pack->value_or("") != expected.pack) return "another pack";
  for (auto const* name : kNames) {
    auto const value = store.setting(name);
    if (!value.ok()) return base::describe(value.error());
    auto const wanted = expected.settings.find(name);
    if (value->has_value() != (wanted != expected.settings.end()) || (*value && **value != wanted->second))
      return fmt::format("another setting {}", name);
  }
  for (auto const& log : store.logs()) {
    auto const place = static_cast<std::size_t>(log.number) - 1;
    auto const records = place < expected.closed.size() ? expected.closed[place] : expected.records;
    static std::vector<store::StoredRecord> const none;
    if (auto what = difference(store, log.number, place < records_.size() ? records_[place] : none, records);
        !what.empty())
      return what;
  }
  return {};
}

std::string KioskDay::difference(store::KioskStore& store, store::LogNumber log,
                                 std::vector<store::StoredRecord> const& written, std::size_t expected) {
  auto const held = store.logs()[static_cast<std::size_t>(log) - 1].head.seq;
  if (held != expected) return fmt::format("{} records in log {}, not {}", held, log, expected);
  std::size_t same = 0;
  auto const replayed = store.replay(log, 1, [&](store::StoredRecord const& found) -> base::Result<bool> {
    auto const& as_written = same < written.size() ? written[same] : found;
    bool const same_bytes =
        as_written.bytes.empty() || (found.bytes == as_written.bytes && found.digest == as_written.digest);
    if (found.seq != as_written.seq || found.hash != as_written.hash || !same_bytes || found.erased) return false;
    ++same;
    return true;
  });
  if (!replayed.ok()) return base::describe(replayed.error());
  if (same != expected) return fmt::format("record {} of log {} is another one", same + 1, log);
  if (same > written.size())
    if (auto const whole = store.check_chain(log, written.empty() ? 1 : written.size()); !whole.ok())
      return base::describe(whole.error());
  return {};
}

}  // namespace dga::test
