#include "sync/agent/store_outbox.h"

#include <algorithm>
#include <charconv>

#include "shared/base/version.h"
#include "shared/records/pack.pb.h"

namespace dga::agent {
namespace {

// When the last time sample of this log was written: the count of the boot, a space, monotonic milliseconds.
constexpr std::string_view kLastSample = "sync.time_sample";

// The nonces of the last couriers' questions, one after another, the newest first.
constexpr std::string_view kQuestions = "courier.questions";

std::uint64_t number_in(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// The count that the next record's stamp will have (KioskStore::append).
base::Result<std::uint32_t> boot_count(store::KioskStore& store, base::Clock const& clock) {
  TRY(auto const id, store.setting("boot.id"));
  TRY(auto const count, store.setting("boot.count"));
  auto const known = static_cast<std::uint32_t>(number_in(count.value_or("")));
  return id == clock.boot_id() ? known : known + 1;
}

std::string sample_mark(std::uint32_t boot, std::uint64_t mono_ms) {
  return std::to_string(boot) + ' ' + std::to_string(mono_ms);
}

base::Result<bool> sample_due(store::KioskStore& store, base::Clock const& clock) {
  TRY(auto const last, store.setting(kLastSample));
  if (!last) return true;
  TRY(auto const boot, boot_count(store, clock));
  auto const space = last->find(' ');
  if (space == base::Bytes::npos || number_in(last->substr(0, space)) != boot) return true;
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

base::Result<Outbox::View> StoreOutbox::view() {
  View view;
  view.newest = store_->logs().back().number;
  view.log = log();
  auto const place = static_cast<std::size_t>(view.log) - 1;
  if (place >= store_->logs().size())
    return base::refused("store.no_log", "this kiosk has no log " + std::to_string(view.log), "Name one that it has");
  view.identity = store_->logs()[place].identity;
  view.head = store_->logs()[place].head;
  TRY(view.sync, store_->sync_state(view.log));
  TRY(view.waiting_in_all, store_->waiting());
  bool const closed = view.log != view.newest;
  if (closed) {
    view.waiting = view.head.seq - std::min(view.head.seq, view.sync.received_through);
  } else {
    TRY(view.waiting, store_->waiting(view.log));
  }
  TRY(view.pack_version, store_->pack_version());
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

base::Done StoreOutbox::apply_pack(std::uint64_t version, base::Bytes const& class_pack) {
  TRY(auto const before, store_->pack());
  // Every kiosk's sync changes what the others' packs know of who was where. A record of that would itself have to be
  // synced, and say nothing: each record names the pack that it was made under.
  if (before && differ_in_facts_only(*before, class_pack)) return store_->keep_pack(version, class_pack);
  v1::Record draft;
  draft.set_pack_version(version);
  draft.mutable_kiosk_event()->set_kind(v1::KioskEvent::PACK_APPLIED);
  draft.mutable_kiosk_event()->set_detail(std::to_string(version));
  return append(std::move(draft), [&] { return store_->keep_pack(version, class_pack); });
}

namespace {

// One that is remembered: its nonce, then the centre's time of the last answer to it (LE64, 0 for none). Newest first.
constexpr std::size_t kQuestionBytes = base::RequestNonce::kSize + 8;

std::optional<std::size_t> place_among(base::ByteView questions, base::RequestNonce const& nonce) {
  for (std::size_t at = 0; at + kQuestionBytes <= questions.size(); at += kQuestionBytes)
    if (questions.substr(at).starts_with(nonce.view())) return at;
  return std::nullopt;
}

std::int64_t number_at(base::ByteView octets) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | static_cast<std::uint8_t>(octets[i]);
  return static_cast<std::int64_t>(number);
}

}  // namespace

base::Done StoreOutbox::keep_question(base::RequestNonce const& nonce) {
  TRY(auto const before, store_->setting(kQuestions));
  auto questions = nonce.bytes() + base::le64(0) + before.value_or("");
  questions.resize(std::min(questions.size(), kMostQuestions * kQuestionBytes));
  return store_->put_setting(kQuestions, questions);
}

base::Result<std::optional<std::int64_t>> StoreOutbox::asked(base::RequestNonce const& nonce) {
  TRY(auto const questions, store_->setting(kQuestions));
  auto const at = questions ? place_among(*questions, nonce) : std::nullopt;
  if (!at) return std::optional<std::int64_t>();
  return std::optional(number_at(base::ByteView(*questions).substr(*at + base::RequestNonce::kSize)));
}

base::Done StoreOutbox::question_answered(base::RequestNonce const& nonce, std::int64_t centre_ms) {
  TRY(auto questions, store_->setting(kQuestions));
  auto const at = questions ? place_among(*questions, nonce) : std::nullopt;
  if (!at) return {};
  questions->resize(*at + base::RequestNonce::kSize);
  questions->append(base::le64(static_cast<std::uint64_t>(centre_ms)));
  return store_->put_setting(kQuestions, *questions);
}

base::Done StoreOutbox::record(v1::Record draft) {
  TRY(auto const version, store_->pack_version());
  draft.set_pack_version(version);
  if (!draft.has_time_sample()) return append(std::move(draft), {});
  auto const mono_ms = clock_->mono_ms();
  TRY(auto const boot, boot_count(*store_, *clock_));
  draft.mutable_time_sample()->set_boot(boot);
  return append(std::move(draft), [&] { return store_->put_setting(kLastSample, sample_mark(boot, mono_ms)); });
}

base::Done StoreOutbox::append(v1::Record draft, std::function<base::Done()> const& with) {
  std::vector<v1::Record> drafts;
  drafts.push_back(std::move(draft));
  TRY_DO(store_->append(std::move(drafts), *clock_, with));
  return {};
}

}  // namespace dga::agent
