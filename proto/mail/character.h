// What a character of text is: a letter of some script, a digit, white space, something no reader sees. From
// the Unicode Character Database 15.0 (general category, script, Default_Ignorable_Code_Point, Emoji), made
// coarse: in scripts without a name here marks, digits and small gaps count as letters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/base/text.h"

namespace xspamd {

enum class CharacterKind : std::uint8_t {
  // Letters, in the order of Script (proto/mail/text.h).
  latin,
  cyrillic,
  greek,
  arabic,
  hebrew,
  han,
  kana,
  hangul,
  thai,
  devanagari,
  other,
  full_width,  // Latin letters as wide as Han
  // The rest.
  none,  // punctuation, symbols, and what is not assigned
  digit,
  mark,        // goes with the character before it
  zero_width,  // seen by no reader
  joiner,      // the same, but emoji and some scripts are written with it
  selector,    // chooses among the forms of the character before it
  bidi,        // embedding, override or isolate: changes the order that a reader sees
  emoji,
  space,
  line_end,
  replacement,
};

constexpr bool is_letter(CharacterKind kind) {
  return kind <= CharacterKind::full_width;
}

struct CharacterRange {
  char32_t first, last;
  CharacterKind kind;
};

// A range of characters of one kind around `code`, which may be any number.
CharacterRange character_range(char32_t code);

inline CharacterKind character_kind(char32_t code) {
  return character_range(code).kind;
}

// Whether white space may begin with the byte.
inline constexpr auto kMayBeWhite = [] {
  std::array<bool, 256> table{};
  for (const unsigned byte : {0x09U, 0x0AU, 0x0BU, 0x0CU, 0x0DU, 0x20U, 0xC2U, 0xE1U, 0xE2U, 0xE3U})
    table[byte] = true;
  return table;
}();

// Length of the white space character (ASCII or Unicode) at `text[at]`, 0 if there is none.
inline std::size_t white_space_length(std::string_view text, std::size_t at) {
  const char first = text[at];
  if (!kMayBeWhite[static_cast<unsigned char>(first)]) return 0;
  if (is_space(first)) return 1;
  const std::string_view next = text.substr(at, 3);
  if (first == '\xC2') return next.starts_with("\xC2\xA0") || next.starts_with("\xC2\x85") ? 2 : 0;
  if (first == '\xE1') return next == "\xE1\x9A\x80" ? 3 : 0;
  if (first == '\xE3') return next == "\xE3\x80\x80" ? 3 : 0;
  if (next.size() < 3) return 0;
  const auto last = static_cast<unsigned char>(next[2]);
  if (next[1] == '\x81') return last == 0x9F ? 3 : 0;  // U+205F
  if (next[1] != '\x80') return 0;
  // U+2000 to U+200A, U+2028, U+2029, U+202F
  return (last >= 0x80 && last <= 0x8A) || last == 0xA8 || last == 0xA9 || last == 0xAF ? 3 : 0;
}

}  // namespace xspamd
