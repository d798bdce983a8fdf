// What a charset that mail names stands for: the labels of the WHATWG Encoding Standard §4.2, compared
// with those of webencodings 0.5.1 (2017), and the usual mistakes of mail programs. Case, blanks, quotes and
// punctuation do not count.
#pragma once

#include <string_view>

namespace xspamd::mail {

enum class CharsetKind {
  utf8,
  windows_1252,   // also ASCII and Latin-1, which nobody means where bytes above 0x7f stand
  single_byte,    // ASCII and 128 characters more
  extends_ascii,  // bytes below 0x80 that begin a character are ASCII
  shifted,        // seven-bit text that escapes to East Asian sets (proto/mail/shifted.h)
  own_ascii,      // bytes below 0x80 may be something else than ASCII
  wide,           // units of 2 or 4 bytes
};

struct CharsetName {
  CharsetKind kind;
  std::string_view iconv_name;  // for `shifted` that of the eight-bit sibling; empty where none is needed
  std::string_view labels;      // each between blanks: lower case, letters and digits, without "x-" and "cs"
};

// windows-1252 for a name that is not known, or is none.
const CharsetName& find_charset(std::string_view name);

}  // namespace xspamd::mail
