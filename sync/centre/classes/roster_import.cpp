#include "sync/centre/classes/roster_import.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "shared/crypto/keys.h"
#include "shared/text/fold.h"
#include "sync/centre/classes/classes.h"

namespace dga::centre {

using base::Done;
using base::Result;

namespace {

// Finds who of the class a row speaks of.
class Register {
 public:
  explicit Register(std::vector<MemberRow> members) : members_(std::move(members)) {
    for (std::size_t at = 0; at < members_.size(); ++at) enter(at);
  }
  MemberRow& operator[](std::size_t at) { return members_[at]; }

  std::optional<std::size_t> find(course::RosterRow const& row, base::Bytes const& citizen_hash) {
    if (auto const found = by_citizen_.find(citizen_hash); !citizen_hash.empty() && found != by_citizen_.end())
      return found->second;
    if (!row.phone.empty()) {
      auto const found = by_phone_.find({text::fold(row.name), row.phone});
      return found == by_phone_.end() ? std::nullopt : std::optional(found->second);
    }
    // Namesakes of one agency without phones: each line of a file is another one of them.
    auto const [first, last] = by_agency_.equal_range({row.name, row.agency});
    auto const found = std::find_if(first, last, [&](auto const& each) { return !taken_.contains(each.second); });
    if (found == last) return std::nullopt;
    taken_.insert(found->second);
    return found->second;
  }
  std::size_t add(MemberRow member) {
    members_.push_back(std::move(member));
    enter(members_.size() - 1);
    taken_.insert(members_.size() - 1);
    return members_.size() - 1;
  }

 private:
  using Pair = std::pair<std::string, std::string>;
  void enter(std::size_t at) {
    auto const& member = members_[at];
    if (!member.citizen_hash.empty()) by_citizen_.emplace(member.citizen_hash, at);
    if (!member.person.phone.empty()) {
      by_phone_.emplace(Pair(text::fold(member.person.name), member.person.phone), at);
    } else {
      by_agency_.emplace(Pair(member.person.name, member.person.agency), at);
    }
  }

  std::vector<MemberRow> members_;
  std::map<base::Bytes, std::size_t> by_citizen_;
  std::map<Pair, std::size_t> by_phone_;
  std::multimap<Pair, std::size_t> by_agency_;
  std::set<std::size_t> taken_;
};

void take(std::string& into, std::string const& value) {
  if (!value.empty()) into = value;
}

void update(MemberRow& member, course::RosterRow const& row, std::uint32_t group, base::Bytes const& citizen_hash) {
  auto& person = member.person;
  take(person.name, row.name);
  take(person.agency, row.agency);
  take(person.position, row.position);
  take(person.province, row.province);
  take(person.phone, row.phone);
  take(person.email, row.email);
  take(person.note, row.note);
  take(member.citizen_hash, citizen_hash);
  if (group != 0) member.group = group;
}

// By number or by name; nothing where the class has no such group.
std::optional<std::uint32_t> group_number(v1::Class const& a_class, std::string const& text) {
  for (auto const& group : a_class.groups())
    if (text == std::to_string(group.id()) || text::fold(text) == text::fold(group.name())) return group.id();
  return std::nullopt;
}

Done bring_in(Tables& tables, LoadedClass const& loaded, course::Roster const& roster, ImportMode mode,
              ImportReport& report) {
  TRY(auto members, tables.classes.members(loaded.row.id));
  TRY(auto highest, tables.classes.highest_participant());
  Register people(std::move(members));
  for (auto const& row : roster.rows) {
    std::uint32_t group = 0;
    if (!row.group.empty()) {
      auto const known = group_number(loaded.a_class, row.group);
      if (!known) report.problems.push_back({row.line, course::RosterProblem::Weight::kNotice, "group_unknown"});
      group = known.value_or(0);
    }
    auto const citizen_hash = row.citizen_number.empty()
                                  ? base::Bytes()
                                  : crypto::citizen_hash(loaded.row.citizen_key, row.citizen_number).bytes();
    auto at = people.find(row, citizen_hash);
    bool const fresh = !at;
    if (fresh) {
      MemberRow member;
      update(member, row, group, citizen_hash);
      member.person.number = ++highest;
      at = people.add(std::move(member));
    }
    auto const before = people[*at];
    if (!fresh) update(people[*at], row, group, citizen_hash);
    bool const changed = fresh || !(before == people[*at]);
    report.added += fresh ? 1 : 0;
    report.updated += !fresh && changed ? 1 : 0;
    if (changed && mode == ImportMode::kConfirmed) TRY_DO(tables.classes.put_member(loaded.row.id, people[*at]));
  }
  return {};
}

}  // namespace

Result<ImportReport> import_roster(Context const& context, std::uint64_t class_id, std::string_view csv,
                                   ImportMode mode) {
  TRY(auto const loaded, load_class(context, class_id));
  TRY(auto const roster, course::read_roster_csv(csv));
  ImportReport report;
  auto const work = [&](Tables& tables) -> Done {
    report = {};
    report.problems = roster.problems;
    return bring_in(tables, loaded, roster, mode, report);
  };
  TRY_DO(mode == ImportMode::kConfirmed ? context.store.write(work) : context.store.read(work));
  report.rows = roster.rows.size();
  report.imported = mode == ImportMode::kConfirmed ? report.rows : 0;
  std::stable_sort(report.problems.begin(), report.problems.end(),
                   [](auto const& a, auto const& b) { return a.line < b.line; });
  return report;
}

}  // namespace dga::centre
