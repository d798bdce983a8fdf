// UTF-8 (RFC 3629) character by character, for loops over text: inline, nothing is allocated.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xspamd {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// Length in bytes of the well-formed character at `text[at]`, 0 if there is none. `at` is inside `text`.
inline std::size_t utf8_length_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[at + i]);
  };
  const auto continues = [&](std::size_t i) {
    return (byte(i) & 0xC0) == 0x80;
  };
  const std::size_t left = text.size() - at;
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || left < 2 || !continues(1)) return 0;
  if (first < 0xE0) return 2;
  // RFC 3629 §4: the second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF.
  if (left < 3 || !continues(2)) return 0;
  const unsigned second = byte(1);
  if (first < 0xF0) return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3;
  if (first > 0xF4 || left < 4 || !continues(3)) return 0;
  return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4;
}

struct CodePoint {
  char32_t value = kReplacementCharacter;
  std::size_t length = 1;  // in bytes
};

// The character at `text[at]`; a byte that belongs to none counts as U+FFFD.
inline CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto bits = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]) & 0x3F);
  };
  const auto first = static_cast<unsigned char>(text[at]);
  switch (utf8_length_at(text, at)) {
    case 1:
      return {first, 1};
    case 2:
      return {static_cast<char32_t>(first & 0x1F) << 6 | bits(1), 2};
    case 3:
      return {static_cast<char32_t>(first & 0x0F) << 12 | bits(1) << 6 | bits(2), 3};
    case 4:
      return {static_cast<char32_t>(first & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3), 4};
    default:
      return {};
  }
}

// What is no code point of Unicode becomes U+FFFD.
inline void append_code_point(std::string& text, char32_t code) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80 | (code >> shift & 0x3F));
  };
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = kReplacementCharacter;
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace xspamd
