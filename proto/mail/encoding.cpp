#include "proto/mail/encoding.h"

#include <array>
#include <cstdint>

#include "proto/base/text.h"

namespace xspamd::mail {

namespace {

constexpr std::uint8_t kNone = 0xff;

constexpr std::array<std::uint8_t, 256> make_sextets() {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> table{};
  for (auto& value : table)
    value = kNone;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr auto kSextets = make_sextets();

std::uint8_t sextet(char c) {
  return kSextets[static_cast<unsigned char>(c)];
}

// Lower-case digits are forbidden by RFC 2045 §6.7 (1) and common.
int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The byte written as "=XX" at `at`, or -1.
int escaped_byte(std::string_view text, std::size_t at) {
  if (text.size() - at < 3) return -1;
  const int high = hex_digit(text[at + 1]);
  const int low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Length of the soft line break (RFC 2045 §6.7 (5)) at `at`, where an "=" stands; 0 if it is none. Blanks
// that transport added between the "=" and the line end belong to it; so does the end of the text.
std::size_t soft_break(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_blank(text[end]))
    ++end;
  if (end == text.size()) return end - at;
  if (text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n') ++end;
  return text[end] == '\n' ? end + 1 - at : 0;
}

}  // namespace

bool is_base64(char c) {
  return c == '=' || sextet(c) != kNone;
}

std::string decode_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t group = 0;
  int count = 0;
  // A last group of two or three sextets holds one or two bytes, with or without its padding.
  const auto finish = [&] {
    if (count >= 2) bytes += static_cast<char>(group >> (count * 6 - 8) & 0xff);
    if (count == 3) bytes += static_cast<char>(group >> 2 & 0xff);
    group = 0;
    count = 0;
  };
  for (const char c : text) {
    const std::uint8_t value = sextet(c);
    if (value == kNone) {
      if (c == '=') finish();
      continue;
    }
    group = group << 6 | value;
    if (++count < 4) continue;
    bytes += static_cast<char>(group >> 16 & 0xff);
    bytes += static_cast<char>(group >> 8 & 0xff);
    bytes += static_cast<char>(group & 0xff);
    group = 0;
    count = 0;
  }
  finish();
  return bytes;
}

std::string decode_quoted_printable(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  std::size_t kept = 0;  // up to here blanks are content: they were escaped or something followed them
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '=') {
      const int byte = escaped_byte(text, i);
      const std::size_t skip = byte < 0 ? soft_break(text, i) : 3;
      if (byte >= 0) bytes += static_cast<char>(byte);
      if (skip == 0) bytes += c;
      kept = bytes.size();
      i += skip == 0 ? 1 : skip;
      continue;
    }
    // RFC 2045 §6.7 (3): blanks at the end of a line were added on the way.
    const bool line_end = c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n');
    if (line_end) bytes.resize(kept);
    bytes += c;
    if (!is_blank(c)) kept = bytes.size();
    ++i;
  }
  return bytes;
}

std::string decode_q(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '=' ? escaped_byte(text, i) : -1;
    if (byte >= 0) {
      bytes += static_cast<char>(byte);
      i += 2;
    } else {
      bytes += text[i] == '_' ? ' ' : text[i];
    }
  }
  return bytes;
}

}  // namespace xspamd::mail
