#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dga::text {

// One word while its Telex keys are typed.
class Syllable {
 public:
  // REQUIRES: a letter of ASCII.
  void type(char key);
  // NFC.
  [[nodiscard]] std::string text() const;

 private:
  enum class Mark : std::uint8_t {
    kNone,
    kCircumflex,  // â ê ô
    kBreve,       // ă
    kHorn,        // ơ ư
    kHornIfMore,  // the u of a typed "uow": thuở, but thương
    kStroke,      // đ
  };
  enum class Tone : std::uint8_t { kLevel, kFalling, kAsking, kTumbling, kRising, kHeavy };
  struct Letter {
    char base = 0;  // lower case
    bool upper = false;
    Mark mark = Mark::kNone;
    bool from_w = false;       // an ư that a w alone stands for
    Tone tone = Tone::kLevel;  // of the run of vowels that begins here
  };
  // Vowels that stand together; the u of qu and the i of gi belong to the consonant where another vowel follows.
  struct Run {
    std::size_t begin = 0, end = 0;  // end is one past
    std::size_t sounded = 0;         // where the vowel itself begins
  };

  [[nodiscard]] bool vowel_at(std::size_t place) const;
  [[nodiscard]] bool last_run(Run& run) const;
  [[nodiscard]] bool one_run() const;
  [[nodiscard]] Run run_from(std::size_t begin) const;
  [[nodiscard]] std::size_t toned_letter(Run const& run) const;
  [[nodiscard]] char32_t composed(std::size_t place, Tone tone) const;

  void push(char key);
  void type_tone(char key, Tone tone);
  void type_level(char key);
  void type_circumflex(char key);
  void type_horn(char key);
  void type_stroke(char key);

  std::vector<Letter> letters_;
  // A key typed twice undoes what it did, and from then on stands for itself in this word.
  bool tones_off_ = false;
  bool level_typed_ = false;  // z was the last of the tone keys
  std::string marks_off_;
};

}  // namespace dga::text
