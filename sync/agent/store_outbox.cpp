#include "sync/agent/store_outbox.h"

#include <algorithm>
#include <charconv>

#include "shared/base/version.h"
#include "shared/records/pack.pb.h"
#include "sync/agent/courier_questions.h"

namespace dga::agent {
namespace {

// When the last time sample of this log was written: the count of the boot, a space, monotonic milliseconds.
constexpr std::string_view kLastSample = "sync.time_sample";

// What the last class pack took to come down, in decimal.
constexpr std::string_view kPackBytes = "pack.sealed_bytes";

// What couriers were given to ask (courier_questions.h). Under "courier.questions" an older layout may lie: it named no
// log.
constexpr std::string_view kQuestions = "courier.asked";

// When the centre signed the last word about a log that was taken, by its clock, in decimal: this and the log's number.
constexpr std::string_view kCentreTime = "sync.centre_ms.";

std::uint64_t number_in(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string sample_mark(std::uint32_t boot, std::uint64_t mono_ms) {
  return std::to_string(boot) + ' ' + std::to_string(mono_ms);
}

base::Result<bool> sample_due(store::KioskStore& store, base::Clock const& clock) {
  TRY(auto const last, store.setting(kLastSample));
  if (!last) return true;
  auto const space = last->find(' ');
  if (space == base::Bytes::npos || number_in(last->substr(0, space)) != store.next_boot(clock)) return true;
  auto const written_ms = number_in(last->substr(space + 1));
  return clock.mono_ms() >= written_ms + static_cast<std::uint64_t>(kTimeSampleEvery.count());
}

bool differ_in_facts_only(base::ByteView before, base::ByteView after) {
  auto const without_facts = [](base::ByteView bytes) -> std::optional<base::Bytes> {
    v1::ClassPack pack;
    if (!pack.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
    pack.clear_pack_version();
    pack.clear_made_ms();
    pack.clear_facts();
    return pack.SerializeAsString();
  };
  auto const old_part = without_facts(before);
  return old_part && old_part == without_facts(after);
}

}  // namespace

base::Result<store::HeldLog const*> StoreOutbox::held() const {
  auto const place = static_cast<std::size_t>(log()) - 1;
  if (place < store_->logs().size()) return &store_->logs()[place];
  return base::refused("store.no_log", "this kiosk has no log " + std::to_string(log()), "Name one that it has");
}

base::Result<Outbox::View> StoreOutbox::view() {
  View view;
  view.newest = store_->logs().back().number;
  view.log = log();
  TRY(auto const* const chosen, held());
  view.identity = chosen->identity;
  view.head = chosen->head;
  TRY(view.sync, store_->sync_state(view.log));
  TRY(view.waiting_in_all, store_->waiting());
  bool const closed = view.log != view.newest;
  if (closed) {
    view.waiting = view.head.seq - std::min(view.head.seq, view.sync.received_through);
  } else {
    TRY(view.waiting, store_->waiting(view.log));
  }
  TRY(view.pack_version, store_->pack_version());
  TRY(auto const pack_bytes, store_->setting(kPackBytes));
  if (pack_bytes) view.pack_bytes = number_in(*pack_bytes);
  TRY(view.budget, read_budget(*store_, *clock_));
  if (!closed) {
    TRY(view.time_sample_due, sample_due(*store_, *clock_));
  }
  return view;
}

base::Done StoreOutbox::open_child(base::LogSalt const& salt) {
  // A sample speaks for its own branch only: the child is due one of its own.
  return store_->open_child(salt, base::kProductVersion, *clock_, [&] { return store_->put_setting(kLastSample, ""); });
}

base::Result<std::vector<store::StoredRecord>> StoreOutbox::records(std::uint64_t from_seq, std::size_t most_count,
                                                                    std::size_t most_bytes) {
  std::vector<store::StoredRecord> found;
  std::size_t bytes = 0;
  TRY_DO(store_->replay(log(), from_seq, [&](store::StoredRecord const& record) -> base::Result<bool> {
    bytes += record.bytes.size();
    if (!found.empty() && bytes > most_bytes) return false;
    found.push_back(record);
    return found.size() < most_count;
  }));
  return found;
}

base::Done StoreOutbox::apply_pack(std::uint64_t version, base::Bytes const& class_pack, std::uint64_t sealed_bytes) {
  TRY(auto const before, store_->pack());
  std::vector<v1::Record> drafts;
  // Every kiosk's sync changes what the others' packs know of who was where. A record of that would itself have to be
  // synced, and say nothing: each record names the pack that it was made under.
  if (!before || !differ_in_facts_only(*before, class_pack)) {
    auto& draft = drafts.emplace_back();
    draft.set_pack_version(version);
    draft.mutable_kiosk_event()->set_kind(v1::KioskEvent::PACK_APPLIED);
    draft.mutable_kiosk_event()->set_detail(std::to_string(version));
  }
  return append(std::move(drafts), [&]() -> base::Done {
    TRY_DO(store_->keep_pack(version, class_pack));
    return store_->put_setting(kPackBytes, std::to_string(sealed_bytes));
  });
}

base::Done StoreOutbox::keep_question(base::RequestNonce const& nonce) {
  TRY(auto const before, store_->setting(kQuestions));
  CourierQuestions questions(before.value_or(""));
  questions.ask(log(), nonce);
  return store_->put_setting(kQuestions, questions.bytes());
}

base::Result<Settlement> StoreOutbox::settle(v1::Receipt const& receipt, std::optional<Question> const& question) {
  TRY(auto const* const chosen, held());
  TRY(auto const before, store_->sync_state(log()));
  TRY(auto const kept, store_->setting(kQuestions));
  CourierQuestions questions(kept.value_or(""));
  auto const word_of = std::string(kCentreTime) + std::to_string(log());
  TRY(auto const word_ms, store_->setting(word_of));
  // By the centre's clock: this one's may be wrong now, or have been then. Where it is simulated nothing else fits it.
  auto const heard_ms = clock_->simulated() ? clock_->wall_ms() : receipt.centre_ms();
  Known known{chosen->identity, before,   std::nullopt,
              std::nullopt,     heard_ms, static_cast<std::int64_t>(number_in(word_ms.value_or("")))};
  // What the network's road asks is remembered by nobody.
  if (!question) known.answered_ms = questions.answered_ms(log(), receipt.nonce());
  if (receipt.received_through() <= chosen->head.seq) {
    TRY(known.own_hash, store_->hash_at(log(), receipt.received_through()));
  }
  TRY(auto settled, agent::settle(known, receipt, question));
  bool const answers = known.answered_ms && settled.fresh;
  if (settled.state == before && settled.centre_ms == known.centre_ms && !answers) return settled;
  // What was said and when it was said: after a power cut neither without the other.
  TRY_DO(store_->put_together([&]() -> base::Done {
    if (settled.state != before) TRY_DO(store_->put_sync_state(log(), settled.state));
    if (settled.centre_ms != known.centre_ms) TRY_DO(store_->put_setting(word_of, std::to_string(settled.centre_ms)));
    if (!answers) return {};
    questions.answered(log(), receipt.nonce(), receipt.centre_ms());
    return store_->put_setting(kQuestions, questions.bytes());
  }));
  return settled;
}

base::Done StoreOutbox::record(v1::Record draft) {
  TRY(auto const version, store_->pack_version());
  draft.set_pack_version(version);
  std::vector<v1::Record> drafts;
  if (!draft.has_time_sample()) {
    drafts.push_back(std::move(draft));
    return append(std::move(drafts), {});
  }
  auto const mono_ms = clock_->mono_ms();
  auto const boot = store_->next_boot(*clock_);
  draft.mutable_time_sample()->set_boot(boot);
  drafts.push_back(std::move(draft));
  return append(std::move(drafts), [&] { return store_->put_setting(kLastSample, sample_mark(boot, mono_ms)); });
}

base::Done StoreOutbox::append(std::vector<v1::Record> drafts, std::function<base::Done()> const& with) {
  TRY_DO(store_->append(std::move(drafts), *clock_, with));
  return {};
}

}  // namespace dga::agent
