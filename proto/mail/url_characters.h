// The characters of running text as the search for URLs sees them: which may stand in a host name, which in
// the local part of an address, where text ends a URL, and what is written like ASCII without being it. Text
// is UTF-8; a byte that is none is a stop. Constant time each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xspamd::urls {

// Bits of an ASCII byte.
constexpr std::uint8_t kLabel = 1;    // of a host's label: letters, digits, "-", "_"
constexpr std::uint8_t kLocal = 2;    // of an address's local part
constexpr std::uint8_t kTail = 4;     // goes on in path, query and fragment without a further look
constexpr std::uint8_t kTrigger = 8;  // something may be found around it
constexpr std::uint8_t kAlnum = 16;
constexpr std::uint8_t kDecoration = 32;  // at the end only a mark: "-", "_", "*", "~", ...
constexpr std::uint8_t kSentence = 64;    // at the end it belongs to the sentence: "." "," ...

extern const std::array<std::uint8_t, 256> kClasses;

inline bool has(char c, std::uint8_t classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
inline bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// What a character outside ASCII is here.
enum class Kind : std::uint8_t {
  stop,        // white space, punctuation, symbols, broken bytes: outside of every URL
  word,        // letters, digits and marks of scripts that put blanks between words
  unspaced,    // those of scripts that do not, and hang words on a URL: Han, Kana, Hangul, Thai, ...
  wide,        // written like a letter or digit of ASCII: full-width, mathematical, circled
  zero_width,  // seen by nobody
  dash,
  wide_dot,         // a full-width full stop
  ideographic_dot,  // the full stop of Chinese and Japanese, which browsers take for a dot too (UTS 46)
};

struct Character {
  Kind kind = Kind::stop;
  std::size_t length = 1;
};

// The character at `at`, whose byte is outside ASCII.
Character character_at(std::string_view text, std::size_t at);
// The one that ends in front of `at`; `floor` bounds the look backwards.
Character character_before(std::string_view text, std::size_t at, std::size_t floor);

// Whether a character of a label stands at `at`, and its length, else 0.
std::size_t label_length(std::string_view text, std::size_t at);

}  // namespace xspamd::urls
