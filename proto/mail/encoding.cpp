#include "proto/mail/encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

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

// Lower-case digits are forbidden by RFC 2045 §6.7 (1) and common. A table, as quoted-printable may be all
// escapes.
constexpr std::array<std::int8_t, 256> make_hex_values() {
  std::array<std::int8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = static_cast<std::int8_t>(hex_value(static_cast<char>(i)));
  return table;
}

constexpr auto kHexValues = make_hex_values();

// The byte written as "=XX" at `at`, or -1.
int escaped_byte(std::string_view text, std::size_t at) {
  if (text.size() - at < 3) return -1;
  const int high = kHexValues[static_cast<unsigned char>(text[at + 1])];
  const int low = kHexValues[static_cast<unsigned char>(text[at + 2])];
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

char* put_group(std::uint32_t group, char* to) {
  to[0] = static_cast<char>(group >> 16 & 0xff);
  to[1] = static_cast<char>(group >> 8 & 0xff);
  to[2] = static_cast<char>(group & 0xff);
  return to + 3;
}

// Whole groups, as most lines are made of nothing else; returns where one begins that needs more care.
const char* decode_groups(const char* at, const char* end, char*& to) {
  while (end - at >= 4) {
    const std::uint32_t a = sextet(at[0]), b = sextet(at[1]), c = sextet(at[2]), d = sextet(at[3]);
    if (((a | b | c | d) & 0x80) != 0) return at;
    to = put_group(a << 18 | b << 12 | c << 6 | d, to);
    at += 4;
  }
  return at;
}

char* put(std::string_view text, char* to) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

// Writes `content` with its escapes replaced.
char* put_unescaped(std::string_view content, char* to) {
  while (!content.empty()) {
    if (content.front() != '=') {
      const std::size_t plain = std::min(content.find('='), content.size());
      to = put(content.substr(0, plain), to);
      content.remove_prefix(plain);
      continue;
    }
    const int byte = escaped_byte(content, 0);
    *to++ = byte < 0 ? '=' : static_cast<char>(byte);
    content.remove_prefix(byte < 0 ? 1 : 3);
  }
  return to;
}

}  // namespace

bool is_base64(char c) {
  return c == '=' || sextet(c) != kNone;
}

std::string decode_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  char* to = bytes.data();
  std::uint32_t group = 0;
  int count = 0;
  // A last group of two or three sextets holds one or two bytes, with or without its padding.
  const auto finish = [&] {
    if (count >= 2) *to++ = static_cast<char>(group >> (count * 6 - 8) & 0xff);
    if (count == 3) *to++ = static_cast<char>(group >> 2 & 0xff);
    group = 0;
    count = 0;
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    if (count == 0) at = decode_groups(at, end, to);
    if (at == end) break;
    const std::uint32_t value = sextet(*at);
    if (value != kNone) {
      group = group << 6 | value;
      if (++count == 4) to = put_group(group, to), group = 0, count = 0;
    } else if (*at == '=') {
      finish();
    }
    ++at;
  }
  finish();
  bytes.resize(static_cast<std::size_t>(to - bytes.data()));
  return bytes;
}

std::string decode_quoted_printable(std::string_view text) {
  std::string bytes(text.size(), '\0');
  char* to = bytes.data();
  while (!text.empty()) {
    const std::size_t lf = text.find('\n');
    const bool last = lf == std::string_view::npos;
    const std::string_view line = text.substr(0, lf);
    text.remove_prefix(last ? text.size() : lf + 1);
    const bool crlf = !last && line.ends_with('\r');
    std::string_view content = crlf ? line.substr(0, line.size() - 1) : line;
    // RFC 2045 §6.7 (3): blanks at the end of a line were added on the way.
    while (!content.empty() && is_blank(content.back()))
      content.remove_suffix(1);
    // RFC 2045 §6.7 (5): a soft line break.
    if (content.ends_with('=')) {
      to = put_unescaped(content.substr(0, content.size() - 1), to);
      continue;
    }
    to = put_unescaped(last ? line : content, to);
    if (!last) to = put(crlf ? "\r\n" : "\n", to);
  }
  bytes.resize(static_cast<std::size_t>(to - bytes.data()));
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
