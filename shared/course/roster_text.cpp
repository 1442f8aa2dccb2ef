#include "shared/course/roster_text.h"

#include <fmt/format.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>

#include "shared/text/fold.h"

namespace dga::course {
namespace {

constexpr std::size_t kMostBytes = 64 << 20;  // 200,000 rows of 300 bytes

base::Error not_text(std::string what) {
  return base::usage("roster.not_csv", "could not read the roster: " + std::move(what),
                     "Open the list in a spreadsheet and save it as CSV UTF-8");
}

enum class Order { kLittle, kBig };

std::string from_utf16(std::string_view bytes, Order order) {
  icu::UnicodeString text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    unsigned const first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
    text.append(static_cast<char16_t>(order == Order::kLittle ? first | second << 8 : first << 8 | second));
  }
  std::string out;
  return text.toUTF8String(out);
}

// A control character that no text has. Spreadsheets write tabs and line ends, some systems a form feed or a last ^Z.
bool is_binary(char c) {
  auto const octet = static_cast<unsigned char>(c);
  return octet < 0x20 && std::string_view("\t\n\v\f\r\x1a").find(c) == std::string_view::npos;
}

}  // namespace

base::Result<std::string> roster_text(std::string_view bytes) {
  if (bytes.size() > kMostBytes)
    return base::usage("roster.too_large",
                       fmt::format("the roster has {} bytes, more than {}", bytes.size(), kMostBytes),
                       "Check that this is the file you meant, or split it");
  std::string text;
  if (bytes.starts_with("\xff\xfe"))
    text = from_utf16(bytes.substr(2), Order::kLittle);
  else if (bytes.starts_with("\xfe\xff"))
    text = from_utf16(bytes.substr(2), Order::kBig);
  else
    text = bytes.substr(bytes.starts_with("\xef\xbb\xbf") ? 3 : 0);

  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    return base::usage("roster.empty", "the roster is empty", "Check that this is the file you meant");
  if (bytes.starts_with("PK\x03\x04")) return not_text("it is a ZIP file, as an XLSX spreadsheet is");
  if (bytes.starts_with("\xd0\xcf\x11\xe0")) return not_text("it is an old Office file, as an XLS spreadsheet is");
  if (bytes.starts_with("%PDF")) return not_text("it is a PDF");
  if (bytes.starts_with("\xff\xd8\xff") || bytes.starts_with("\x89PNG")) return not_text("it is a picture");
  if (auto const at = std::find_if(text.begin(), text.end(), is_binary); at != text.end())
    return not_text(fmt::format("byte {} is {}, which no text holds", at - text.begin(),
                                static_cast<int>(static_cast<unsigned char>(*at))));
  if (!text::is_valid_utf8(text))
    return base::usage("roster.not_utf8", "could not read the roster: it is text, but not UTF-8",
                       "Save it as CSV UTF-8; lists in a TCVN3 or VNI font must be converted first");
  return text;
}

}  // namespace dga::course
