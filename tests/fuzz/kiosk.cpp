#include "tests/fuzz/kiosk.h"

#include "shared/records/describe.h"
#include "shared/records/validate.h"
#include "shared/store/kiosk_files.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/scratch.h"

namespace dga::fuzz {
namespace {

store::LogIdentity identity() { return {parties().device_id, parties().log, parties().salt}; }

MadeKiosk make_kiosk() {
  MadeKiosk made;
  Scratch scratch;
  StandingClock const clock;
  {
    auto store = store::KioskStore::create(scratch.path(), known_key('d'), identity(), "0.1.0", clock);
    require(store.ok(), "the harness's kiosk is made");
    auto const pack = small_pack().SerializeAsString();
    require(store->keep_pack(7, pack).ok() && store->put_setting("centre.address", "http://127.0.0.1:8470").ok() &&
                store->append(every_kind(), clock).ok() && store->put_sync_state({2, 1, 5, 0, 0, false, 9}).ok() &&
                store->keep_outbound({3, 2, "a sealed batch"}).ok(),
            "the harness's kiosk is filled");
    auto const keep = [&](store::StoredRecord const& record) -> base::Result<bool> {
      made.log.push_back(record);
      return true;
    };
    require(store->replay(1, keep).ok(), "the harness's log is read");
  }
  made.database = content_of(scratch / store::kKioskDatabase);
  return made;
}

void read_everything(store::KioskStore& store) {
  std::uint64_t next = 1;
  (void)store.replay(1, [&](store::StoredRecord const& stored) -> base::Result<bool> {
    require(stored.seq >= next, "records come in order");
    next = stored.seq + 1;
    v1::Record record;
    if (record.ParseFromString(stored.bytes)) {
      (void)records::validate(record);
      (void)records::describe(record);
    }
    return true;
  });
  (void)store.check_chain(1);
  (void)store.waiting();
  (void)store.sync_state();
  (void)store.outbound();
  (void)store.pack();
  (void)store.pack_version();
  (void)store.setting("centre.address");
  for (std::uint64_t const seq : {0U, 1U, 2U, 1000U}) (void)store.hash_at(seq);
}

}  // namespace

MadeKiosk const& made_kiosk() {
  static MadeKiosk const made = make_kiosk();
  return made;
}

v1::ClassPack small_pack() {
  v1::ClassPack pack;
  pack.set_pack_version(7);
  auto& a_class = *pack.mutable_class_();
  a_class.set_id(1);
  a_class.set_zone("Asia/Ho_Chi_Minh");
  a_class.mutable_policy()->set_opens_before_minutes(60);
  a_class.mutable_policy()->set_grace_minutes(15);
  a_class.mutable_policy()->set_late_units(2);
  a_class.mutable_policy()->set_threshold_percent(80);
  for (std::uint32_t id : {1U, 2U}) {
    auto& session = *a_class.add_sessions();
    session.set_id(id);
    session.set_start_ms(StandingClock::kNow + (id - 1) * 18'000'000);
    session.set_end_ms(session.start_ms() + 12'600'000);
    session.set_kind(v1::LECTURE);
  }
  for (std::uint64_t const participant : {101U, 102U, 103U}) {
    auto& entry = *pack.add_roster();
    entry.set_participant(participant);
    entry.set_name("Người thứ " + std::to_string(participant));
    entry.set_agency("Sở Nội vụ");
  }
  pack.set_badge_key(std::string(32, 'k'));
  pack.set_citizen_key(std::string(32, 'q'));
  pack.mutable_roster(0)->set_citizen_hash(crypto::citizen_hash(pack.citizen_key(), "079085001234").bytes());
  auto& fact = *pack.add_facts();
  fact.set_participant(102);
  fact.set_session(1);
  fact.set_at_ms(StandingClock::kNow - 60'000);
  fact.set_log_id(std::string(16, 'l'));
  fact.set_seq(4);
  auto& decision = *pack.add_decisions();
  decision.set_participant(103);
  decision.set_session(1);
  decision.set_kind(v1::Decision::EXCUSE);
  return pack;
}

std::vector<v1::Record> every_kind() {
  std::vector<v1::Record> all;
  auto const add = [&all]() -> v1::Record& {
    auto& record = all.emplace_back();
    record.set_class_id(1);
    record.set_pack_version(7);
    return record;
  };
  auto& check_in = *add().mutable_check_in();
  check_in.set_participant(101);
  check_in.set_session(1);
  check_in.set_method(v1::BADGE);
  auto& departure = *add().mutable_departure();
  departure.set_participant(101);
  departure.set_session(1);
  auto& walk_in = *add().mutable_walk_in();
  walk_in.set_name("Người đến thêm");
  walk_in.set_agency("Sở Y tế");
  auto& voided = add();
  voided.set_staff(2);
  voided.mutable_void_()->set_log_id(parties().log.bytes());
  voided.mutable_void_()->set_seq(2);
  voided.mutable_void_()->set_record_hash(std::string(32, 'h'));
  voided.mutable_void_()->set_reason("a slip");
  auto& consent = *add().mutable_consent();
  consent.set_participant(101);
  consent.set_notice_version(1);
  consent.set_accepted(true);
  auto& control = add();
  control.set_staff(2);
  control.mutable_session_control()->set_session(1);
  control.mutable_session_control()->set_action(v1::SessionControl::FEEDBACK_OPEN);
  control.mutable_session_control()->set_form_id("session");
  auto& score = *add().mutable_score();
  score.set_group(1);
  score.set_scorer(101);
  score.set_form_id("group");
  score.set_form_hash(std::string(32, 'f'));
  auto& answer = *score.add_answers();
  answer.set_question("clear");
  answer.set_number(4);
  auto& assessment = *add().mutable_self_assessment();
  assessment.set_participant(101);
  assessment.set_form_id("skills");
  assessment.set_form_hash(std::string(32, 'f'));
  assessment.add_answers()->set_question("plan");
  auto& sample = *add().mutable_time_sample();
  sample.set_boot(1);
  sample.set_mono_sent(60'000);
  sample.set_mono_received(60'100);
  sample.set_centre_ms(StandingClock::kNow);
  add().mutable_kiosk_event()->set_kind(v1::KioskEvent::STARTED);
  auto& decision = add();
  decision.set_staff(1);
  decision.mutable_decision()->set_participant(101);
  decision.mutable_decision()->set_session(1);
  decision.mutable_decision()->set_kind(v1::Decision::EXCUSE);
  return all;
}

void use(std::filesystem::path const& folder) {
  StandingClock const clock;
  for (int round = 0; round < 2; ++round) {
    auto store = store::KioskStore::open(folder, known_key('d'));
    if (!store.ok()) {
      require(!store.error().code.empty(), "a refusal has a code");
      return;
    }
    read_everything(*store);
    v1::Record record;
    record.mutable_kiosk_event()->set_kind(v1::KioskEvent::STARTED);
    auto const appended = store->append({record}, clock);
    if (appended.ok()) require(store->head().seq == appended->back().seq, "the head is what was appended last");
    (void)store->put_setting("kiosk.name", "a name");
    (void)store->database().checkpoint();
  }
}

}  // namespace dga::fuzz
