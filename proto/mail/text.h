// The text of a part: bytes to UTF-8, white space made regular, and what hides in it counted. Valid UTF-8
// out, never fails, linear.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/mail/charset.h"

namespace xspamd {

enum class Script { latin, cyrillic, greek, arabic, hebrew, han, kana, hangul, thai, devanagari, other };
inline constexpr std::size_t kScripts = static_cast<std::size_t>(Script::other) + 1;
std::string_view name(Script script);

struct TextCounts {
  std::size_t characters = 0;  // all, white space included
  std::size_t letters = 0;
  std::size_t capitals = 0;  // of ASCII letters
  std::size_t digits = 0;
  std::size_t words = 0;        // runs of letters and digits
  std::size_t lines = 0;        // that hold anything
  std::size_t zero_width = 0;   // U+200B..200D, U+2060, U+FEFF, soft hyphen ...: seen by no reader; not the
                                // joiners that emoji, Arabic and the scripts of India are written with
  std::size_t bidi = 0;         // U+202A..202E, U+2066..2069: change the order that a reader sees
  std::size_t replacement = 0;  // U+FFFD
  std::size_t confusable =
      0;  // letters of another script that look like Latin ones, in words with Latin ones
  std::size_t mixed_words = 0;  // words with letters of Latin and of Cyrillic, Greek or full-width
  std::size_t emoji = 0;
  std::array<std::size_t, kScripts> scripts{};  // letters of each

  TextCounts& operator+=(const TextCounts& other);
};

// A text part as UTF-8. A byte order mark decides; then UTF-16 without a mark is recognised by its NULs; then
// as in charset.h: valid UTF-8, else `charset`, else windows-1252. ASCII that says it is UTF-16 is ASCII.
// NULs go.
std::string text_to_utf8(std::string_view bytes, std::string_view charset, mail::Charsets& charsets);

// The charset that HTML declares for itself in its first 1,024 bytes (<meta>, XML declaration), in lower
// case; empty if it declares none that is known. For parts whose header declares none.
std::string html_charset(std::string_view bytes);

// As rules see it: each run of white space one blank, where it holds a line end one LF where that ends a
// paragraph (an empty line) and a blank elsewhere; none at both ends. No-break and other Unicode spaces are
// white space; zero-width and bidi characters stay.
std::string fold_white_space(std::string_view utf8);

TextCounts count_text(std::string_view utf8);

}  // namespace xspamd
