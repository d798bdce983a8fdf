#include "proto/base/punycode.h"

#include <algorithm>
#include <cstdint>

#include "proto/base/text.h"

namespace xspamd {

namespace {

// RFC 3492 §5
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kLeast = 1;
constexpr std::uint32_t kMost = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kFirstBias = 72;
constexpr std::uint32_t kFirst = 128;
constexpr std::uint32_t kLast = 0x10FFFF;

// RFC 3492 §6.1
std::uint32_t adapt(std::uint64_t delta, std::uint64_t count, bool first) {
  delta /= first ? kDamp : 2;
  delta += delta / count;
  std::uint32_t k = 0;
  for (; delta > (kBase - kLeast) * kMost / 2; k += kBase)
    delta /= kBase - kLeast;
  return k + static_cast<std::uint32_t>((kBase - kLeast + 1) * delta / (delta + kSkew));
}

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) {
  return k <= bias ? kLeast : std::min(k - bias, kMost);
}

char digit(std::uint64_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

// Of a digit, kBase if it is none.
std::uint32_t value_of(char c) {
  if (is_digit(c)) return static_cast<std::uint32_t>(c - '0') + 26;
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z' ? static_cast<std::uint32_t>(lower - 'a') : kBase;
}

void append_number(std::string& out, std::uint64_t number, std::uint32_t bias) {
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::uint32_t limit = threshold(k, bias);
    if (number < limit) break;
    out += digit(limit + (number - limit) % (kBase - limit));
    number = (number - limit) / (kBase - limit);
  }
  out += digit(number);
}

// The number at the start of `text`, taken from it.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint32_t bias) {
  constexpr std::uint64_t kTooBig = std::uint64_t{kLast + 1} * (kMostPunycode + 1);
  std::uint64_t number = 0;
  std::uint64_t weight = 1;
  for (std::uint32_t k = kBase; !text.empty(); k += kBase) {
    const std::uint32_t value = value_of(text.front());
    text.remove_prefix(1);
    if (value == kBase) return std::nullopt;
    number += value * weight;
    if (number > kTooBig) return std::nullopt;
    const std::uint32_t limit = threshold(k, bias);
    if (value < limit) return number;
    weight = std::min(weight * (kBase - limit), kTooBig);
  }
  return std::nullopt;
}

}  // namespace

// RFC 3492 §6.3
std::optional<std::string> encode_punycode(std::u32string_view text) {
  if (text.size() > kMostPunycode) return std::nullopt;
  std::string out;
  for (const char32_t c : text) {
    if (c < kFirst) out += static_cast<char>(c);
  }
  std::size_t done = out.size();
  const std::size_t basic = done;
  if (basic > 0) out += '-';
  std::uint32_t bias = kFirstBias;
  std::uint64_t delta = 0;
  for (char32_t next = kFirst; done < text.size(); ++next, ++delta) {
    char32_t smallest = ~char32_t{0};
    for (const char32_t c : text) {
      if (c >= next) smallest = std::min(smallest, c);
    }
    delta += std::uint64_t{smallest - next} * (done + 1);
    next = smallest;
    for (const char32_t c : text) {
      if (c < next) ++delta;
      if (c != next) continue;
      append_number(out, delta, bias);
      bias = adapt(delta, done + 1, done == basic);
      delta = 0;
      ++done;
    }
  }
  return out;
}

// RFC 3492 §6.2
std::optional<std::u32string> decode_punycode(std::string_view ascii) {
  if (ascii.size() > kMostPunycode) return std::nullopt;
  std::u32string text;
  const std::size_t hyphen = ascii.rfind('-');
  if (hyphen != std::string_view::npos && hyphen > 0) {
    for (const char c : ascii.substr(0, hyphen)) {
      if (static_cast<unsigned char>(c) >= kFirst) return std::nullopt;
      text += static_cast<char32_t>(c);
    }
    ascii.remove_prefix(hyphen + 1);
  }
  std::uint64_t next = kFirst;
  std::uint64_t at = 0;
  std::uint32_t bias = kFirstBias;
  for (bool first = true; !ascii.empty(); first = false) {
    const auto number = take_number(ascii, bias);
    if (!number) return std::nullopt;
    const std::size_t count = text.size() + 1;
    bias = adapt(*number, count, first);
    next += (at + *number) / count;
    at = (at + *number) % count;
    if (next > kLast || (next >= 0xD800 && next <= 0xDFFF)) return std::nullopt;
    text.insert(text.begin() + static_cast<std::ptrdiff_t>(at++), static_cast<char32_t>(next));
  }
  return text;
}

}  // namespace xspamd
