#include <algorithm>

#include "shared/text/badge.h"
#include "shared/text/citizen_card.h"
#include "shared/text/fold.h"
#include "shared/text/phone.h"
#include "shared/text/search.h"
#include "shared/text/telex.h"
#include "tools/command_line/vectors/differences.h"

namespace dga::command_line {
namespace {

std::string text_of(Vectors const& row, char const* field) { return row.at(field).get<std::string>(); }

}  // namespace

void check_names(Vectors const& vectors, Differences& differences) {
  for (auto const& row : vectors.at("fold"))
    differences.compare("fold of " + row.at("text").dump(), text_of(row, "fold"), text::fold(text_of(row, "text")));
  auto const& search = vectors.at("search");
  auto const names = search.at("names").get<std::vector<std::string>>();
  text::NameIndex const index(names);
  for (auto const& row : search.at("queries")) {
    auto found = index.search(text_of(row, "query"), names.size());
    std::sort(found.begin(), found.end());
    differences.compare("search " + row.at("query").dump(), row.at("matches"), found);
  }
  for (auto const& row : search.at("first")) {
    auto const found = index.search(text_of(row, "query"), 1);
    auto const wanted = row.at("first_one_of").get<std::vector<std::uint32_t>>();
    differences.expect("first of " + row.at("query").dump(),
                       !found.empty() && std::find(wanted.begin(), wanted.end(), found.front()) != wanted.end());
  }
}

void check_telex(Vectors const& vectors, Differences& differences) {
  for (auto const& row : vectors.at("telex"))
    differences.compare("telex " + row.at("keys").dump(), text_of(row, "text"), text::telex(text_of(row, "keys")));
}

void check_phones(Vectors const& vectors, Differences& differences) {
  for (auto const& row : vectors) {
    auto const got = text::to_e164(text_of(row, "text"));
    differences.compare("phone " + row.at("text").dump(), row.at("e164"), got ? Vectors(*got) : Vectors(nullptr));
  }
}

void check_badges(Vectors const& vectors, Differences& differences) {
  for (auto const& row : vectors.at("good")) {
    auto const badge = text_of(row, "badge");
    text::BadgeCode const code{row.at("participant").get<std::uint64_t>(), row.at("tag").get<std::uint32_t>()};
    differences.compare("badge written", badge, text::write_badge(code));
    auto const read = text::read_badge(badge);
    differences.expect("badge " + badge + " read",
                       read && read->participant == code.participant && read->tag == code.tag);
  }
  for (auto const& badge : vectors.at("bad"))
    differences.expect("bad badge " + badge.dump() + " refused", !text::read_badge(badge.get<std::string>()));
}

void check_citizen_cards(Vectors const& vectors, Differences& differences) {
  for (auto const& row : vectors) {
    auto const card = text::read_citizen_card(text_of(row, "scan"));
    Vectors const got = card ? Vectors{{"number", card->number}, {"name", card->name}} : Vectors(nullptr);
    differences.compare("citizen card " + row.at("scan").dump(), row.at("expect"), got);
  }
}

}  // namespace dga::command_line
