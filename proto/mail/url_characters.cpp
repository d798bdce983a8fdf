#include "proto/mail/url_characters.h"

#include <algorithm>
#include <iterator>

#include "proto/base/text.h"

namespace xspamd::urls {

namespace {

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&table](std::string_view characters, std::uint8_t bit) {
    for (const char c : characters)
      table[static_cast<unsigned char>(c)] |= bit;
  };
  for (int c = 0; c < 0x80; ++c) {
    const auto lower = static_cast<char>(c | 0x20);
    if ((c >= '0' && c <= '9') || (c >= 'A' && lower >= 'a' && lower <= 'z'))
      table[static_cast<std::size_t>(c)] = kAlnum | kLabel | kLocal | kTail;
  }
  add("-_", kLabel);
  // RFC 5322 §3.2.3 without what in running text stands around an address.
  add(".-_+=&%'~#$", kLocal);
  // RFC 3986 §2 without brackets, quotes and what separates; "\" and "^" as browsers take them.
  add("-._~:/?#@!$&*+=%^\\", kTail);
  add(":.@[({wW", kTrigger);
  // Lead bytes of the full-width full stop and what else is written wide.
  add("\xEF", kTrigger);
  add("-_~*#&=+^@$", kDecoration);
  add(".,;:!?'\\", kSentence);
  return table;
}

struct Range {
  std::uint32_t first, last;
  Kind kind;
};

// By the blocks of Unicode 15; what is in no row is a stop. Of the scripts in the first rows only the
// punctuation is taken out that ends sentences.
constexpr Range kRanges[] = {
    {0xAA, 0xAA, Kind::word},
    {0xAD, 0xAD, Kind::zero_width},
    {0xB5, 0xB5, Kind::word},
    {0xB7, 0xB7, Kind::word},
    {0xBA, 0xBA, Kind::word},
    {0xC0, 0x37D, Kind::word},
    {0x37F, 0x588, Kind::word},
    {0x58A, 0x5BF, Kind::word},
    {0x5C1, 0x60B, Kind::word},
    {0x60E, 0x61A, Kind::word},
    {0x620, 0x669, Kind::word},
    {0x66E, 0x6D3, Kind::word},
    {0x6D5, 0x6FF, Kind::word},
    {0x710, 0x963, Kind::word},
    {0x966, 0xDFF, Kind::word},
    {0xE00, 0xEFF, Kind::unspaced},
    {0xF00, 0xFFF, Kind::word},
    {0x1000, 0x109F, Kind::unspaced},
    {0x10A0, 0x10FF, Kind::word},
    {0x1100, 0x11FF, Kind::unspaced},
    {0x1200, 0x135F, Kind::word},
    {0x1380, 0x167F, Kind::word},
    {0x1681, 0x169A, Kind::word},
    {0x16A0, 0x177F, Kind::word},
    {0x1780, 0x17FF, Kind::unspaced},
    {0x1810, 0x1FFF, Kind::word},
    {0x200B, 0x200D, Kind::zero_width},
    {0x2010, 0x2015, Kind::dash},
    {0x2060, 0x2064, Kind::zero_width},
    {0x2070, 0x209F, Kind::wide},
    {0x2100, 0x214F, Kind::wide},
    {0x2460, 0x24FF, Kind::wide},
    {0x2C00, 0x2DFF, Kind::word},
    {0x3002, 0x3002, Kind::ideographic_dot},
    {0x3005, 0x3007, Kind::unspaced},
    {0x3041, 0x309F, Kind::unspaced},
    {0x30A1, 0x30FA, Kind::unspaced},
    {0x30FC, 0x31FF, Kind::unspaced},
    {0x3400, 0x4DBF, Kind::unspaced},
    {0x4E00, 0xA4CF, Kind::unspaced},
    {0xA4D0, 0xA95F, Kind::word},
    {0xA960, 0xA97F, Kind::unspaced},
    {0xA980, 0xABFF, Kind::word},
    {0xAC00, 0xD7FF, Kind::unspaced},
    {0xF900, 0xFAFF, Kind::unspaced},
    {0xFB00, 0xFB06, Kind::wide},
    {0xFB13, 0xFD3D, Kind::word},
    {0xFD50, 0xFDFF, Kind::word},
    {0xFE00, 0xFE0F, Kind::zero_width},
    {0xFE70, 0xFEFE, Kind::word},
    {0xFEFF, 0xFEFF, Kind::zero_width},
    {0xFF0D, 0xFF0D, Kind::wide},
    {0xFF0E, 0xFF0E, Kind::wide_dot},
    {0xFF10, 0xFF19, Kind::wide},
    {0xFF21, 0xFF3A, Kind::wide},
    {0xFF41, 0xFF5A, Kind::wide},
    {0xFF61, 0xFF61, Kind::ideographic_dot},
    {0xFF66, 0xFFDC, Kind::unspaced},
    {0x10000, 0x1CFFF, Kind::word},
    {0x1D400, 0x1D7FF, Kind::wide},
    {0x1E000, 0x1EFFF, Kind::word},
    {0x1F110, 0x1F16F, Kind::wide},
    {0x20000, 0x3FFFF, Kind::unspaced},
};

static_assert(std::is_sorted(std::begin(kRanges), std::end(kRanges),
                             [](const Range& a, const Range& b) { return a.last < b.first; }));

Kind kind_of(std::uint32_t code) {
  const auto range = std::lower_bound(std::begin(kRanges), std::end(kRanges), code,
                                      [](const Range& r, std::uint32_t c) { return r.last < c; });
  return range == std::end(kRanges) || code < range->first ? Kind::stop : range->kind;
}

// RFC 3629 §3, of a well-formed character.
std::uint32_t code_point(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  std::uint32_t code = lead & (0xFFU >> (character.size() + 1));
  for (const char c : character.substr(1))
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

}  // namespace

constinit const std::array<std::uint8_t, 256> kClasses = make_classes();

Character character_at(std::string_view text, std::size_t at) {
  const std::size_t length = utf8_length(text.substr(at, 4));
  if (length == 0) return {};
  return {kind_of(code_point(text.substr(at, length))), length};
}

Character character_before(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kLongest = 4;  // RFC 3629 §3
  for (std::size_t length = 1; length <= kLongest && at - floor >= length; ++length) {
    if ((static_cast<unsigned char>(text[at - length]) & 0xC0U) == 0x80U) continue;
    const Character character = character_at(text, at - length);
    if (character.length == length) return character;
    break;
  }
  return {};
}

std::size_t label_length(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  if (is_ascii(text[at])) return has(text[at], kLabel) ? 1 : 0;
  const Character character = character_at(text, at);
  switch (character.kind) {
    case Kind::word:
    case Kind::unspaced:
    case Kind::wide:
    case Kind::zero_width:
      return character.length;
    default:
      return 0;
  }
}

}  // namespace xspamd::urls
