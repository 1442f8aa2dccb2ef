#include "shared/text/syllable.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dga::text {
namespace {

// The longest syllable (nghiêng) takes ten keys. Past this a word is no Vietnamese and is left as it is.
constexpr std::size_t kLongest = 24;

char lower(char key) { return key >= 'A' && key <= 'Z' ? static_cast<char>(key - 'A' + 'a') : key; }
bool is_vowel(char letter) { return std::string_view("aeiouy").find(letter) != std::string_view::npos; }

void append_utf8(std::string& text, char32_t point) {
  auto put = [&](char32_t octet) { text.push_back(static_cast<char>(static_cast<unsigned char>(octet))); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

// Every vowel with its six tones, in the order of Tone; capitals beside.
struct Vowel {
  std::u32string_view small, capital;
};
constexpr std::array<Vowel, 12> kVowels{{
    {U"aàảãáạ", U"AÀẢÃÁẠ"},
    {U"ăằẳẵắặ", U"ĂẰẲẴẮẶ"},
    {U"âầẩẫấậ", U"ÂẦẨẪẤẬ"},
    {U"eèẻẽéẹ", U"EÈẺẼÉẸ"},
    {U"êềểễếệ", U"ÊỀỂỄẾỆ"},
    {U"iìỉĩíị", U"IÌỈĨÍỊ"},
    {U"oòỏõóọ", U"OÒỎÕÓỌ"},
    {U"ôồổỗốộ", U"ÔỒỔỖỐỘ"},
    {U"ơờởỡớợ", U"ƠỜỞỠỚỢ"},
    {U"uùủũúụ", U"UÙỦŨÚỤ"},
    {U"ưừửữứự", U"ƯỪỬỮỨỰ"},
    {U"yỳỷỹýỵ", U"YỲỶỸÝỴ"},
}};

// What may stand between a vowel and the second stroke of its letter, so that "tuana" is tuân and "oeo" stays.
bool may_follow(char vowel, std::string_view tail) {
  static constexpr std::array<std::string_view, 9> kAfterA{"", "u", "y", "c", "k", "m", "n", "ng", "p"};
  static constexpr std::array<std::string_view, 10> kAfterE{"", "u", "c", "ch", "k", "m", "n", "nh", "ng", "p"};
  static constexpr std::array<std::string_view, 8> kAfterO{"", "i", "c", "k", "m", "n", "ng", "p"};
  auto among = [&](auto const& tails) {
    return tail == "t" || std::find(tails.begin(), tails.end(), tail) != tails.end();
  };
  return vowel == 'a' ? among(kAfterA) : (vowel == 'e' ? among(kAfterE) : among(kAfterO));
}

}  // namespace

bool Syllable::vowel_at(std::size_t place) const { return is_vowel(letters_[place].base); }

Syllable::Run Syllable::run_from(std::size_t begin) const {
  Run run{begin, begin, begin};
  while (run.end < letters_.size() && vowel_at(run.end)) ++run.end;
  bool const more = run.end - begin > 1;
  char const before = begin > 0 ? letters_[begin - 1].base : '\0';
  if (more && before == 'q' && letters_[begin].base == 'u') ++run.sounded;
  if (more && before == 'g' && begin == 1 && letters_[begin].base == 'i') ++run.sounded;
  return run;
}

bool Syllable::last_run(Run& run) const {
  std::size_t end = letters_.size();
  while (end > 0 && !vowel_at(end - 1)) --end;
  if (end == 0) return false;
  std::size_t begin = end;
  while (begin > 0 && vowel_at(begin - 1)) --begin;
  run = run_from(begin);
  return true;
}

bool Syllable::one_run() const {
  std::size_t runs = 0;
  for (std::size_t i = 0; i < letters_.size(); ++i)
    if (vowel_at(i) && (i == 0 || !vowel_at(i - 1))) ++runs;
  return runs == 1;
}

void Syllable::push(char key) {
  Letter letter;
  letter.base = lower(key);
  letter.upper = letter.base != key;
  letters_.push_back(letter);
}

void Syllable::type(char key) {
  char const plain = lower(key);
  if (letters_.size() >= kLongest) return push(key);
  switch (plain) {
    case 'f': return type_tone(key, Tone::kFalling);
    case 'r': return type_tone(key, Tone::kAsking);
    case 'x': return type_tone(key, Tone::kTumbling);
    case 's': return type_tone(key, Tone::kRising);
    case 'j': return type_tone(key, Tone::kHeavy);
    case 'z': return type_level(key);
    case 'a':
    case 'e':
    case 'o': return type_circumflex(key);
    case 'w': return type_horn(key);
    case 'd': return type_stroke(key);
    default: return push(key);
  }
}

void Syllable::type_tone(char key, Tone tone) {
  Run run;
  if (tones_off_ || !last_run(run)) return push(key);
  Tone& now = letters_[run.begin].tone;
  if (now != tone) {
    now = tone;
    level_typed_ = false;
    return;
  }
  now = Tone::kLevel;
  tones_off_ = true;
  push(key);
}

void Syllable::type_level(char key) {
  Run run;
  if (tones_off_ || !last_run(run)) return push(key);
  if (level_typed_) {
    tones_off_ = true;
    return push(key);
  }
  letters_[run.begin].tone = Tone::kLevel;
  level_typed_ = true;
}

void Syllable::type_circumflex(char key) {
  char const vowel = lower(key);
  Run run;
  if (marks_off_.find(vowel) != std::string::npos || !last_run(run)) return push(key);
  std::size_t place = run.end;
  while (place > run.sounded && letters_[place - 1].base != vowel) --place;
  if (place == run.sounded) return push(key);
  --place;
  std::string tail;
  for (std::size_t i = place + 1; i < letters_.size(); ++i) tail.push_back(letters_[i].base);
  if (!tail.empty() && !(one_run() && may_follow(vowel, tail))) return push(key);

  if (letters_[place].mark == Mark::kCircumflex) {
    letters_[place].mark = Mark::kNone;
    marks_off_.push_back(vowel);
    return push(key);
  }
  letters_[place].mark = Mark::kCircumflex;
  // "ưô" is no sound: who types uwoo means uô.
  if (place > run.sounded && letters_[place - 1].base == 'u') letters_[place - 1].mark = Mark::kNone;
}

void Syllable::type_horn(char key) {
  Run run;
  if (marks_off_.find('w') != std::string::npos) return push(key);
  if (!last_run(run)) {
    push(key);
    letters_.back().base = 'u';
    letters_.back().mark = Mark::kHorn;
    letters_.back().from_w = true;
    return;
  }
  auto base = [&](std::size_t place) { return place < run.end ? letters_[place].base : '\0'; };
  auto undo = [&] {
    marks_off_.push_back('w');
    push(key);
  };
  for (std::size_t i = run.sounded; i < run.end; ++i) {
    if (base(i) != 'u') continue;
    Letter& u = letters_[i];
    if (base(i + 1) == 'o') {
      Letter& o = letters_[i + 1];
      if (o.mark == Mark::kHorn && u.mark != Mark::kNone) {
        o.mark = u.mark = Mark::kNone;
        return undo();
      }
      if (u.mark == Mark::kNone) u.mark = o.mark == Mark::kHorn ? Mark::kHorn : Mark::kHornIfMore;
      o.mark = Mark::kHorn;
      return;
    }
    if (base(i + 1) != 'a' && base(i + 1) != 'u') continue;
    // mưa, cứu: the first of the two.
    if (u.mark == Mark::kNone) {
      u.mark = Mark::kHorn;
      return;
    }
    u.mark = Mark::kNone;
    return undo();
  }
  for (std::size_t i = run.end; i-- > run.sounded;) {
    Letter& letter = letters_[i];
    if (letter.base != 'a' && letter.base != 'o' && letter.base != 'u') continue;
    Mark const mark = letter.base == 'a' ? Mark::kBreve : Mark::kHorn;
    if (letter.mark != mark) {
      letter.mark = mark;
      return;
    }
    letter.mark = Mark::kNone;
    if (!letter.from_w) return undo();
    letter.base = 'w';
    letter.from_w = false;
    marks_off_.push_back('w');
    return;
  }
  push(key);
}

void Syllable::type_stroke(char key) {
  if (marks_off_.find('d') != std::string::npos || letters_.empty()) return push(key);
  std::size_t place = letters_.size();
  Run run;
  if (letters_.back().base == 'd') {
    place = letters_.size() - 1;
  } else if (letters_.front().base == 'd' && one_run() && last_run(run) && run.begin == 1) {
    place = 0;  // no Vietnamese word ends in d: "duocwd" means đ
  }
  if (place == letters_.size()) return push(key);
  if (letters_[place].mark == Mark::kStroke) {
    letters_[place].mark = Mark::kNone;
    marks_off_.push_back('d');
    return push(key);
  }
  letters_[place].mark = Mark::kStroke;
}

// The traditional place: the last letter that bears a mark; else the last vowel when a consonant follows; else the
// last but one (hòa, thủy, của, oẹo), or the only one.
std::size_t Syllable::toned_letter(Run const& run) const {
  for (std::size_t i = run.end; i-- > run.sounded;) {
    Mark const mark = letters_[i].mark;
    if (mark != Mark::kNone && (mark != Mark::kHornIfMore || i + 2 < letters_.size())) return i;
  }
  std::size_t const vowels = run.end - run.sounded;
  if (run.end < letters_.size() || vowels == 1) return run.end - 1;
  return run.end - 2;
}

char32_t Syllable::composed(std::size_t place, Tone tone) const {
  Letter const& letter = letters_[place];
  if (letter.mark == Mark::kStroke) return letter.upper ? U'Đ' : U'đ';
  char32_t plain = static_cast<char32_t>(letter.base);
  switch (letter.mark) {
    case Mark::kNone:
    case Mark::kStroke: break;
    case Mark::kCircumflex: plain = letter.base == 'a' ? U'â' : (letter.base == 'e' ? U'ê' : U'ô'); break;
    case Mark::kBreve: plain = U'ă'; break;
    case Mark::kHorn: plain = letter.base == 'o' ? U'ơ' : U'ư'; break;
    case Mark::kHornIfMore: plain = place + 2 < letters_.size() ? U'ư' : U'u'; break;
  }
  for (auto const& vowel : kVowels) {
    if (vowel.small.front() != plain) continue;
    return (letter.upper ? vowel.capital : vowel.small)[static_cast<std::size_t>(tone)];
  }
  return letter.upper ? plain - U'a' + U'A' : plain;
}

std::string Syllable::text() const {
  std::string text;
  Run run;
  std::size_t toned = letters_.size();
  Tone tone = Tone::kLevel;
  for (std::size_t i = 0; i < letters_.size(); ++i) {
    if (vowel_at(i) && (i == 0 || !vowel_at(i - 1))) {
      run = run_from(i);
      toned = toned_letter(run);
      tone = letters_[i].tone;
    }
    append_utf8(text, composed(i, i == toned ? tone : Tone::kLevel));
  }
  return text;
}

}  // namespace dga::text
