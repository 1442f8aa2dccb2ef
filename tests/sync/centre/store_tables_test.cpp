#include "tests/sync/centre/every_store.h"

// What every store must do: devices, classes, forms, what stands in a backup.
using namespace dga;
using namespace dga::centre;

TEST_CASE_TEMPLATE("devices, their classes and their codes are kept", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.devices.put_device(
        {kDevice, std::string(32, 'e'), std::string(32, 'x'), "cửa 1", DeviceState::kPending, 0}));
    TRY_DO(tables.devices.heard_from(kDevice, 42));
    TRY_DO(tables.devices.assign(kDevice, 5, 200));
    TRY_DO(tables.devices.assign(kDevice, 7, 100));
    CodeRow code;
    code.id = "8 octets";
    code.code = std::string(16, 'c');
    code.class_id = 5;
    code.expires_ms = 1000;
    return tables.devices.put_code(code);
  });
  at.reopen();
  at.read([](Tables& tables) -> base::Done {
    TRY(auto const device, tables.devices.device(kDevice));
    REQUIRE(device);
    CHECK(device->name == "cửa 1");
    CHECK(device->last_heard_ms == 42);
    CHECK(device->state == DeviceState::kPending);
    CHECK(tables.devices.classes_of(kDevice).value() == std::vector<std::uint64_t>{7, 5});
    CHECK(tables.devices.devices()->size() == 1);
    CHECK_FALSE(tables.devices.device(id<base::DeviceId>(8)).value());
    CHECK(tables.devices.code("8 octets").value()->code == std::string(16, 'c'));
    CHECK(tables.devices.codes(CodeState::kFresh)->size() == 1);
    CHECK(tables.devices.codes(CodeState::kDead)->empty());
    CHECK_FALSE(tables.devices.code("another").value());
    return {};
  });
}

TEST_CASE_TEMPLATE("classes, people, staff and pack versions are kept", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  MemberRow const member{{17, "Đức", "Sở", "CV", "Huế", "+84903123456", "d@x", "note"}, 3, std::string(32, 'h')};
  at.write([&](Tables& tables) -> base::Done {
    TRY_DO(tables.classes.add_class({1, "class", std::string(32, 'b'), std::string(32, 'c')}));
    TRY_DO(tables.classes.put_member(1, member));
    TRY_DO(tables.classes.put_member(1, member));
    TRY_DO(tables.classes.add_staff(1, {1, "Hà", 2, "hash"}));
    return tables.classes.put_pack_version(1, {hash_of(1), 99, 98});
  });
  CHECK_FALSE(at.store->write([](Tables& tables) { return tables.classes.add_class({1, "again", "", ""}); }).ok());
  at.reopen();
  at.read([&](Tables& tables) -> base::Done {
    CHECK(tables.classes.a_class(1).value()->bytes == "class");
    CHECK(tables.classes.classes()->size() == 1);
    REQUIRE(tables.classes.members(1)->size() == 1);
    CHECK(tables.classes.members(1)->front() == member);
    CHECK(tables.classes.members(2)->empty());
    CHECK(tables.classes.member_count(1).value() == 1);
    CHECK(tables.classes.highest_participant().value() == 17);
    CHECK(tables.classes.participant(17).value() == member.person);
    CHECK_FALSE(tables.classes.participant(18).value());
    CHECK(tables.classes.staff(1)->front().pin_hash == "hash");
    CHECK(tables.classes.pack_version(1).value()->version == 99);
    CHECK_FALSE(tables.classes.pack_version(2).value());
    return {};
  });
}

TEST_CASE_TEMPLATE("what stands in a backup is remembered, never falls, and is forgotten as a whole", Maker,
                   EVERY_STORE) {
  Emptied<Maker> at;
  auto const marks = [&](base::LogId const& log) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> found;
    at.read([&](Tables& tables) -> base::Done {
      found.clear();
      TRY(auto const kept, tables.durability.backed_up(log));
      for (auto const& mark : kept) found.emplace_back(mark.branch, mark.through);
      return {};
    });
    return found;
  };
  using Marks = std::vector<std::pair<std::uint32_t, std::uint64_t>>;
  CHECK(marks(kLog).empty());
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.durability.note_backed_up(kLog, {1, 7}));
    TRY_DO(tables.durability.note_backed_up(kLog, {0, 500}));
    return tables.durability.note_backed_up(kOther, {0, 9});
  });
  CHECK(marks(kLog) == Marks{{0, 500}, {1, 7}});
  at.write([](Tables& tables) -> base::Done {
    TRY_DO(tables.durability.note_backed_up(kLog, {0, 400}));  // an older backup takes nothing away
    return tables.durability.note_backed_up(kLog, {1, 8});
  });
  at.reopen();
  CHECK(marks(kLog) == Marks{{0, 500}, {1, 8}});
  CHECK(marks(kOther) == Marks{{0, 9}});
  at.write([](Tables& tables) { return tables.durability.forget_backups(); });
  CHECK(marks(kLog).empty());
  CHECK(marks(kOther).empty());
}

TEST_CASE_TEMPLATE("without a standby nothing is on one", Maker, EVERY_STORE) {
  Emptied<Maker> at;
  std::optional<std::uint64_t> before, after;
  auto const place = [](std::optional<std::uint64_t>& into) {
    return [&into](Tables& tables) -> base::Done {
      TRY(into, tables.durability.position());
      return tables.settings.put_setting("x", "1");
    };
  };
  at.write(place(before));
  at.write(place(after));
  CHECK(before.has_value() == after.has_value());
  if (before) CHECK(*before < *after);  // every commit lies behind the places asked before it
  at.read([&](Tables& tables) -> base::Done {
    CHECK_FALSE(tables.durability.on_standby(before.value_or(1)).value());
    return {};
  });
}

TEST_CASE_TEMPLATE("a class's forms are kept for good by their hashes, and which are current changes", Maker,
                   EVERY_STORE) {
  Emptied<Maker> at;
  FormRow const old{hash_of(1), "peer", "{old}", true}, newer{hash_of(2), "peer", base::Bytes("\0raw", 4), true};
  FormRow const other{hash_of(3), "after", "{}", false};
  at.write([&](Tables& tables) -> base::Done {
    TRY_DO(tables.classes.add_class({1, "class", std::string(32, 'b'), std::string(32, 'c')}));
    TRY_DO(tables.classes.add_class({2, "another", std::string(32, 'b'), std::string(32, 'c')}));
    TRY_DO(tables.classes.put_form(1, old));
    TRY_DO(tables.classes.put_form(1, other));
    TRY_DO(tables.classes.put_form(1, {old.hash, "renamed", "{changed}", false}));  // what it says is never changed
    TRY_DO(tables.classes.put_form(1, newer));
    return tables.classes.change_class(1, "changed");
  });
  at.reopen();
  at.read([&](Tables& tables) -> base::Done {
    auto const forms = tables.classes.forms(1).value();
    REQUIRE(forms.size() == 3);
    CHECK(forms[0] == other);
    CHECK(forms[1] == FormRow{old.hash, "peer", "{old}", false});
    CHECK(forms[2] == newer);
    auto const row = tables.classes.a_class(1).value().value();
    CHECK(row.bytes == "changed");
    CHECK(row.badge_key == std::string(32, 'b'));
    CHECK(row.forms == std::set<base::Digest>{old.hash, newer.hash, other.hash});
    CHECK(tables.classes.forms(2)->empty());
    auto const classes = tables.classes.classes().value();
    REQUIRE(classes.size() == 2);
    CHECK(classes[0].forms == row.forms);
    CHECK(classes[1].forms.empty());
    CHECK(classes[1].bytes == "another");
    return {};
  });
}
