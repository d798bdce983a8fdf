#include "proto/mail/text.h"

#include <algorithm>
#include <cstring>

#include "proto/base/eight_bytes.h"
#include "proto/base/text.h"
#include "proto/mail/character.h"

namespace xspamd {

namespace {

struct Mark {
  std::string_view bytes;
  std::string_view charset;
};

// The longer ones first: the mark of UTF-32LE begins like that of UTF-16LE.
constexpr Mark kMarks[] = {
    {"\xEF\xBB\xBF", "utf-8"}, {{"\xFF\xFE\0\0", 4}, "utf-32le"}, {{"\0\0\xFE\xFF", 4}, "utf-32be"},
    {"\xFF\xFE", "utf-16le"},  {"\xFE\xFF", "utf-16be"},
};

bool is_printable_ascii(char c) {
  return !is_control(c) && static_cast<unsigned char>(c) < 0x80;
}

// "utf-16le" or "utf-16be" for text without a mark: in both, blanks, digits, line ends and most letters of
// Europe have a NUL as one of their bytes, always on the same side. NULs strewn into text of one byte a
// character do not make it UTF-16: then most other pairs are plain ASCII. Empty if it is neither.
std::string_view guess_utf16(std::string_view bytes) {
  constexpr std::size_t kSample = 4096;
  bytes = bytes.substr(0, kSample);
  std::size_t first = 0, second = 0, ascii = 0;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    const char a = bytes[at], b = bytes[at + 1];
    first += a == '\0' && b != '\0' ? 1 : 0;
    second += a != '\0' && b == '\0' ? 1 : 0;
    ascii += is_printable_ascii(a) && is_printable_ascii(b) ? 1 : 0;
  }
  const std::size_t pairs = bytes.size() / 2;
  const std::size_t more = std::max(first, second);
  const std::size_t less = std::min(first, second);
  if (more == 0 || more * 10 < pairs || less * 20 > more || ascii * 4 > pairs) return {};
  return first > second ? "utf-16be" : "utf-16le";
}

void remove_nuls(std::string& text) {
  if (text.find('\0') == std::string::npos) return;
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
}

std::string converted(std::string_view bytes, std::string_view charset, mail::Charsets& charsets) {
  std::string text = charsets.to_utf8(bytes, charset);
  remove_nuls(text);
  return text;
}

// How many of the eight bytes stand as they are: ASCII without controls, where no blank has white space, or
// what may be white space, behind it. A blank at the end is left to the next look.
std::size_t plain_bytes(eight::Word word) {
  const eight::Word high = eight::not_ascii(word);
  const eight::Word ascii = word & ~eight::kHigh;
  const eight::Word control = ~eight::from(ascii, ' ') & eight::kHigh;
  const eight::Word blank = eight::equal(ascii, ' ') & ~high;
  const eight::Word odd = control | high | (blank & ((blank | control | high) >> 8 | eight::kLast));
  return odd == 0 ? sizeof word : eight::first_in(odd);
}

struct WhiteSpace {
  std::size_t length = 0;
  std::size_t line_ends = 0;
};

// All white space at `text[at]`.
WhiteSpace white_space_at(std::string_view text, std::size_t at) {
  WhiteSpace white;
  while (at + white.length < text.size()) {
    const std::string_view rest = text.substr(at + white.length);
    const std::size_t length = white_space_length(rest, 0);
    if (length == 0) break;
    // NEL and the separators of Unicode end a line too.
    const bool ends_line = rest[0] == '\n' || (rest[0] == '\r' && !rest.starts_with("\r\n")) ||
                           rest.starts_with("\xC2\x85") || rest.starts_with("\xE2\x80\xA8") ||
                           rest.starts_with("\xE2\x80\xA9");
    white.line_ends += ends_line ? 1 : 0;
    white.length += length;
  }
  return white;
}

}  // namespace

std::string text_to_utf8(std::string_view bytes, std::string_view charset, mail::Charsets& charsets) {
  for (const Mark& mark : kMarks) {
    if (bytes.starts_with(mark.bytes))
      return converted(bytes.substr(mark.bytes.size()), mark.charset, charsets);
  }
  const bool wide = mail::is_wide(charset);
  if (bytes.find('\0') == std::string_view::npos) {
    // Wide text of any length has NULs. Where it has none and is ASCII throughout, the declaration is wrong.
    constexpr std::size_t kTelling = 16;
    const bool narrow = wide && bytes.size() >= kTelling && ascii_length(bytes) == bytes.size();
    return converted(bytes, narrow ? "us-ascii" : charset, charsets);
  }
  if (const std::string_view guess = guess_utf16(bytes); !guess.empty())
    return converted(bytes, guess, charsets);
  if (wide) return converted(bytes, charset, charsets);
  // Before the conversion: a NUL must not tear a character of several bytes.
  std::string without(bytes);
  remove_nuls(without);
  return converted(without, charset, charsets);
}

std::string fold_white_space(std::string_view utf8) {
  // Eight bytes are copied before it is known how many of them stand.
  std::string folded(utf8.size() + sizeof(eight::Word), '\0');
  char* to = folded.data();
  std::size_t at = white_space_at(utf8, 0).length;
  while (at < utf8.size()) {
    if (utf8.size() - at >= sizeof(eight::Word)) {
      std::memcpy(to, utf8.data() + at, sizeof(eight::Word));
      const std::size_t plain = plain_bytes(eight::load(utf8.data() + at));
      to += plain;
      at += plain;
      if (plain == sizeof(eight::Word)) continue;
    }
    const WhiteSpace white = white_space_at(utf8, at);
    at += white.length;
    if (white.length > 0) {
      if (at < utf8.size()) *to++ = white.line_ends >= 2 ? '\n' : ' ';
      continue;
    }
    do
      *to++ = utf8[at++];
    while (at < utf8.size() && static_cast<unsigned char>(utf8[at]) >= 0x80 &&
           white_space_length(utf8, at) == 0);
  }
  folded.resize(static_cast<std::size_t>(to - folded.data()));
  return folded;
}

}  // namespace xspamd
