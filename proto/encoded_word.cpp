#include "proto/encoded_word.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::size_t kLongest = 75;  // RFC 2047 §2
constexpr std::string_view kStart = "=?UTF-8?";
constexpr std::size_t kFrame = kStart.size() + 2 + 2;  // with "Q?" and "?="

// RFC 2047 §5 (3): what stands for itself wherever the word stands.
bool is_literal(char c) {
  const char lower = to_lower(c);
  return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '!' || c == '*' || c == '+' || c == '-' ||
         c == '/';
}

std::string in_q(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == ' ') {
      word += '_';
    } else if (is_literal(c)) {
      word += c;
    } else {
      word += fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
  }
  return word;
}

std::string in_base64(std::string_view text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string word;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    unsigned bits = 0;
    const std::size_t count = std::min<std::size_t>(3, text.size() - at);
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < count ? static_cast<unsigned char>(text[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      word += i <= count ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return word;
}

// §5 (3) again: each encoded word holds whole characters.
std::string encoded(std::string_view text, std::string_view between) {
  const bool q = in_q(text).size() <= in_base64(text).size();
  std::string words;
  while (!text.empty()) {
    std::size_t taken = 0;
    std::string word;
    while (taken < text.size()) {
      const std::size_t next = taken + std::max<std::size_t>(1, utf8_length(text.substr(taken)));
      std::string longer = q ? in_q(text.substr(0, next)) : in_base64(text.substr(0, next));
      if (longer.size() + kFrame > kLongest) break;
      word = std::move(longer);
      taken = next;
    }
    words += fmt::format("{}{}{}?{}?=", words.empty() ? "" : between, kStart, q ? 'Q' : 'B', word);
    text.remove_prefix(taken);
  }
  return words;
}

}  // namespace

std::string encode_words(std::string_view text, std::string_view between) {
  const std::size_t first = ascii_length(text);
  if (first == text.size()) return std::string(text);
  std::size_t last = text.size();
  while (static_cast<unsigned char>(text[last - 1]) < 0x80)
    --last;
  std::size_t begin = first;
  while (begin > 0 && !is_blank(text[begin - 1]))
    --begin;
  const std::size_t end = std::min(text.find_first_of(" \t", last), text.size());
  return fmt::format("{}{}{}", text.substr(0, begin), encoded(text.substr(begin, end - begin), between),
                     text.substr(end));
}

}  // namespace xspamd
