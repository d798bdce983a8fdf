// Eight bytes of text in one integer, for loops that must not look at each. The first byte is the lowest on
// every machine. Masks have the highest bit of each byte that fits; the tests of bytes hold for ASCII alone.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace xspamd::eight {

using Word = std::uint64_t;

constexpr Word every(unsigned char byte) {
  return Word{0x0101010101010101} * byte;
}
inline constexpr Word kHigh = every(0x80);
inline constexpr Word kLast = Word{0x80} << 56;  // of the last byte alone

inline Word load(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

// The first `length` bytes of `text`, fewer than eight, and NULs behind them.
inline Word load_part(std::string_view text, std::size_t length) {
  if (text.size() >= sizeof(Word)) return load(text.data()) & ((Word{1} << 8 * length) - 1);
  Word word = 0;
  for (std::size_t i = length; i > 0; --i)
    word = word << 8 | static_cast<unsigned char>(text[i - 1]);
  return word;
}

constexpr Word not_ascii(Word word) {
  return word & kHigh;
}
// Bytes from `byte` up; 1 <= byte <= 0x7f.
constexpr Word from(Word word, unsigned char byte) {
  return (word + every(static_cast<unsigned char>(0x80 - byte))) & kHigh;
}
constexpr Word between(Word word, unsigned char first, unsigned char last) {
  return from(word, first) & ~from(word, static_cast<unsigned char>(last + 1));
}
constexpr Word equal(Word word, unsigned char byte) {
  return ~((word ^ every(byte)) + every(0x7F)) & kHigh;
}
// The first byte that is in the mask, which is not empty.
constexpr std::size_t first_in(Word mask) {
  return static_cast<std::size_t>(std::countr_zero(mask)) / 8;
}

}  // namespace xspamd::eight
