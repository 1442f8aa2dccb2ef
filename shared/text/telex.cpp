#include "shared/text/telex.h"

#include <cstdint>

#include "shared/text/fold.h"
#include "shared/text/syllable.h"

namespace dga::text {

std::string telex(std::string_view keys) {
  std::string text;
  Syllable syllable;
  bool foreign = false;
  for (char key : keys) {
    bool const letter = (key >= 'a' && key <= 'z') || (key >= 'A' && key <= 'Z');
    if (letter) {
      syllable.type(key);
      continue;
    }
    text += syllable.text();
    syllable = {};
    text.push_back(key);
    foreign = foreign || static_cast<unsigned char>(key) >= 0x80;
  }
  text += syllable.text();
  return foreign ? to_nfc(text) : text;
}

}  // namespace dga::text
