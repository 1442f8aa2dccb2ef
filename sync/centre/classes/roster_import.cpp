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

// A row of the file, and whom of the class it speaks of.
struct Line {
  course::RosterRow const& row;
  base::Bytes citizen_hash;             // empty where the row has no number, or another row has a better claim to it
  std::optional<std::size_t> member{};  // nothing: somebody new
};

// Finds the members that the lines speak of. Each member belongs to one line: two lines never become one person, and a
// sure match is made before any line may take the member by a weaker one.
class Matching {
 public:
  Matching(std::vector<MemberRow> const& members, std::vector<Line>& lines) : members_(members), lines_(lines) {
    for (std::size_t at = 0; at < members_.size(); ++at) {
      auto const& person = members_[at].person;
      if (!members_[at].citizen_hash.empty()) by_citizen_.emplace(members_[at].citizen_hash, at);
      if (!person.phone.empty()) by_phone_.emplace(Pair(text::fold(person.name), person.phone), at);
      by_agency_.emplace(Pair(person.name, person.agency), at);
    }
  }

  // Leaves a number that several lines have to one of them: whose name the class knows it by, or the first.
  // The reader has noticed each ("citizen_number_shared").
  void settle_shared_numbers() {
    std::map<base::Bytes, std::size_t> owners;
    for (std::size_t at = 0; at < lines_.size(); ++at) {
      if (lines_[at].citizen_hash.empty()) continue;
      auto const [owner, first] = owners.emplace(lines_[at].citizen_hash, at);
      if (first) continue;
      auto const loser = known_as(lines_[at]) && !known_as(lines_[owner->second]) ? owner->second : at;
      if (loser != at) owner->second = at;
      lines_[loser].citizen_hash.clear();
    }
  }

  void match() {
    for (auto& line : lines_)
      if (auto const found = by_citizen_.find(line.citizen_hash); found != by_citizen_.end())
        claim(line, found->second);
    for (auto& line : lines_)
      if (!line.row.phone.empty())
        claim_first(line, by_phone_, {text::fold(line.row.name), line.row.phone}, [](auto const&) { return true; });
    // Namesakes of one agency without phones: each line of a file is another one of them.
    for (auto& line : lines_)
      if (line.row.phone.empty()) claim_namesake(line, [](auto const& member) { return member.person.phone.empty(); });
    // A phone that was added to the file, or left out of it, makes nobody new.
    for (auto& line : lines_)
      claim_namesake(line, [&](auto const& member) { return line.row.phone.empty() || member.person.phone.empty(); });
  }

 private:
  using Pair = std::pair<std::string, std::string>;

  bool known_as(Line const& line) const {
    auto const holder = by_citizen_.find(line.citizen_hash);
    return holder != by_citizen_.end() && text::fold(members_[holder->second].person.name) == text::fold(line.row.name);
  }
  void claim(Line& line, std::size_t member) {
    if (!line.member && taken_.insert(member).second) line.member = member;
  }
  template <typename Fits>
  void claim_first(Line& line, std::multimap<Pair, std::size_t> const& index, Pair const& key, Fits const& fits) {
    if (line.member) return;
    auto const [first, last] = index.equal_range(key);
    auto const found = std::find_if(
        first, last, [&](auto const& each) { return !taken_.contains(each.second) && fits(members_[each.second]); });
    if (found != last) claim(line, found->second);
  }
  // Who has another citizen's number is another person, whatever the name.
  template <typename Fits>
  void claim_namesake(Line& line, Fits const& fits) {
    claim_first(line, by_agency_, {line.row.name, line.row.agency}, [&](MemberRow const& member) {
      bool const other =
          !line.citizen_hash.empty() && !member.citizen_hash.empty() && line.citizen_hash != member.citizen_hash;
      return !other && fits(member);
    });
  }

  std::vector<MemberRow> const& members_;
  std::vector<Line>& lines_;
  std::map<base::Bytes, std::size_t> by_citizen_;
  std::multimap<Pair, std::size_t> by_phone_, by_agency_;
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
  std::vector<Line> lines;
  lines.reserve(roster.rows.size());
  for (auto const& row : roster.rows) {
    auto const& number = row.citizen_number;
    lines.push_back(
        {row, number.empty() ? base::Bytes() : crypto::citizen_hash(loaded.row.citizen_key, number).bytes()});
  }
  Matching matching(members, lines);
  matching.settle_shared_numbers();
  matching.match();
  for (auto const& [row, citizen_hash, at] : lines) {
    std::uint32_t group = 0;
    if (!row.group.empty()) {
      auto const known = group_number(loaded.a_class, row.group);
      if (!known) report.problems.push_back({row.line, course::RosterProblem::Weight::kNotice, "group_unknown"});
      group = known.value_or(0);
    }
    MemberRow member = at ? members[*at] : MemberRow{};
    update(member, row, group, citizen_hash);
    if (!at) member.person.number = ++highest;
    bool const changed = !at || !(member == members[*at]);
    if (!at) ++report.added;
    if (at && changed) ++report.updated;
    if (changed && mode == ImportMode::kConfirmed) TRY_DO(tables.classes.put_member(loaded.row.id, member));
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
