#include "proto/mail/html_references.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "proto/base/text.h"
#include "proto/base/utf8.h"

namespace xspamd::mail {

namespace {

struct Reference {
  std::string_view name;  // with its semicolon, if it has one
  std::string_view text;
};

constexpr Reference kReferences[] = {
#include "proto/mail/html_references.inc"
};

constexpr std::size_t kLongestName = 32;      // CounterClockwiseContourIntegral;
constexpr std::size_t kShortestBareName = 2;  // of the names without a semicolon: gt
constexpr std::size_t kLongestBareName = 6;   // Aacute

// An open hash table of positions in kReferences, made by the compiler.
constexpr std::size_t kSlots = 4096;
constexpr std::uint16_t kEmpty = 0xffff;
static_assert(std::size(kReferences) < kSlots);

// FNV-1a. The names are ours, not the sender's: nobody can make them collide.
constexpr std::uint32_t name_hash(std::string_view name) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  return hash ^ hash >> 15;
}

constexpr std::array<std::uint16_t, kSlots> make_slots() {
  std::array<std::uint16_t, kSlots> slots{};
  for (auto& slot : slots)
    slot = kEmpty;
  for (std::size_t i = 0; i < std::size(kReferences); ++i) {
    std::size_t at = name_hash(kReferences[i].name) % kSlots;
    while (slots[at] != kEmpty)
      at = (at + 1) % kSlots;
    slots[at] = static_cast<std::uint16_t>(i);
  }
  return slots;
}

constexpr auto kNameSlots = make_slots();

const Reference* find_reference(std::string_view name) {
  for (std::size_t at = name_hash(name) % kSlots; kNameSlots[at] != kEmpty; at = (at + 1) % kSlots) {
    const Reference& reference = kReferences[kNameSlots[at]];
    if (reference.name == name) return &reference;
  }
  return nullptr;
}

constexpr bool is_alphanumeric(char c) {
  const char lower = to_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z');
}

// The table of HTML §13.2.5.80: C1 controls mean what these bytes are in windows-1252; 0 where it says
// nothing.
constexpr std::uint16_t kC1[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                   0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

std::uint32_t character_of(std::uint32_t number) {
  const bool surrogate = number >= 0xd800 && number < 0xe000;
  if (number == 0 || number > 0x10ffff || surrogate) return 0xfffd;
  if (number >= 0x80 && number < 0xa0 && kC1[number - 0x80] != 0) return kC1[number - 0x80];
  return number;
}

// HTML §13.2.5.75 to 80: after "&#".
std::size_t decode_number(std::string_view text, std::string& decoded) {
  constexpr std::uint32_t kTooLarge = 0x110000;
  const bool hexadecimal = text.size() > 2 && to_lower(text[2]) == 'x';
  const int base = hexadecimal ? 16 : 10;
  const std::size_t digits = hexadecimal ? 3 : 2;
  std::uint32_t number = 0;
  std::size_t at = digits;
  for (; at < text.size(); ++at) {
    const int digit = hex_value(text[at]);
    if (digit < 0 || digit >= base) break;
    number = std::min(number * static_cast<unsigned>(base) + static_cast<unsigned>(digit), kTooLarge);
  }
  if (at == digits) return 0;
  append_code_point(decoded, character_of(number));
  return at < text.size() && text[at] == ';' ? at + 1 : at;
}

// The longest known name at the start of `text`. A semicolon only ends a name: with it the name is whole, and
// without it only the few and short bare names are left.
const Reference* longest_reference(std::string_view text) {
  const std::size_t most = std::min(text.size(), kLongestName);
  std::size_t length = 0;
  while (length < most && is_alphanumeric(text[length]))
    ++length;
  if (length < most && text[length] == ';') {
    if (const Reference* whole = find_reference(text.substr(0, length + 1))) return whole;
  }
  for (length = std::min(length, kLongestBareName); length >= kShortestBareName; --length) {
    if (const Reference* bare = find_reference(text.substr(0, length))) return bare;
  }
  return nullptr;
}

}  // namespace

std::size_t decode_html_reference(std::string_view text, bool in_attribute, std::string& decoded) {
  if (text.size() > 1 && text[1] == '#') return decode_number(text, decoded);
  const Reference* reference = longest_reference(text.substr(1));
  if (!reference) return 0;
  const std::size_t end = 1 + reference->name.size();
  // HTML §13.2.5.73: "?a=1&copy=2" in an old link is no copyright sign.
  const bool bare = reference->name.back() != ';';
  if (in_attribute && bare && end < text.size() && (text[end] == '=' || is_alphanumeric(text[end]))) return 0;
  decoded += reference->text;
  return end;
}

}  // namespace xspamd::mail
