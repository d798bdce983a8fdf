#include "proto/mail/url_ip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "proto/base/text.h"
#include "proto/mail/url_encode.h"

namespace xspamd {

namespace {

constexpr std::uint64_t kTooBig = std::uint64_t{1} << 32;  // for any address

// The "IPv4 number parser". Numbers beyond 2^32 are all alike.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int radix = 10;
  if (text.size() >= 2 && text[0] == '0') {
    radix = to_lower(text[1]) == 'x' ? 16 : 8;
    text.remove_prefix(radix == 16 ? 2 : 1);
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0 || digit >= radix) return std::nullopt;
    value = std::min(kTooBig, value * static_cast<unsigned>(radix) + static_cast<unsigned>(digit));
  }
  return value;
}

std::string_view without_final_dot(std::string_view host) {
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  return host;
}

// The dotted decimals at the end of an IPv6 address: two pieces, or nothing.
bool parse_embedded_ipv4(std::string_view text, std::uint16_t* pieces) {
  for (int number = 0; number < 4; ++number) {
    unsigned value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) {
      if (digits > 0 && value == 0) return false;  // no leading zeros
      value = value * 10 + static_cast<unsigned>(text[digits++] - '0');
      if (value > 255) return false;
    }
    if (digits == 0) return false;
    text.remove_prefix(digits);
    std::uint16_t& piece = pieces[number / 2];
    piece = static_cast<std::uint16_t>(piece << 8 | value);
    if (number == 3) break;
    if (text.empty() || text.front() != '.') return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

// Up to four hexadecimal digits at the start; how many there are.
std::size_t parse_piece(std::string_view text, std::uint16_t& value) {
  std::size_t digits = 0;
  unsigned sum = 0;
  while (digits < 4 && digits < text.size() && hex_value(text[digits]) >= 0)
    sum = sum << 4 | static_cast<unsigned>(hex_value(text[digits++]));
  value = static_cast<std::uint16_t>(sum);
  return digits;
}

}  // namespace

bool ends_in_number(std::string_view host) {
  host = without_final_dot(host);
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty() || !is_digit(last.front())) return false;
  return std::all_of(last.begin(), last.end(), is_digit) || parse_number(last);
}

std::optional<std::uint32_t> parse_url_ipv4(std::string_view host) {
  host = without_final_dot(host);
  std::uint64_t address = 0;
  for (int left = 4; left > 0; --left) {
    const std::size_t dot = host.find('.');
    const auto number = parse_number(host.substr(0, dot));
    if (!number) return std::nullopt;
    if (dot == std::string_view::npos) {
      // The last number fills all bytes that are left.
      if (*number >> (8 * left) != 0) return std::nullopt;
      return static_cast<std::uint32_t>(address << (8 * left) | *number);
    }
    if (*number > 255) return std::nullopt;
    address = address << 8 | *number;
    host.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

std::string url_ipv4(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

std::optional<Ipv6Pieces> parse_url_ipv6(std::string_view text) {
  Ipv6Pieces pieces{};
  std::size_t piece = 0;
  std::size_t compress = 0;  // the piece after "::", 0 without one
  if (!text.empty() && text.front() == ':') {
    if (text.substr(0, 2) != "::") return std::nullopt;
    text.remove_prefix(2);
    compress = ++piece;
  }
  while (!text.empty()) {
    if (piece == pieces.size()) return std::nullopt;
    if (text.front() == ':') {
      if (compress != 0) return std::nullopt;
      text.remove_prefix(1);
      compress = ++piece;
      continue;
    }
    const std::size_t digits = parse_piece(text, pieces[piece]);
    if (text.substr(digits, 1) == ".") {
      if (piece > 6) return std::nullopt;
      pieces[piece] = 0;
      if (!parse_embedded_ipv4(text, &pieces[piece])) return std::nullopt;
      piece += 2;
      break;
    }
    text.remove_prefix(digits);
    ++piece;
    if (text.empty()) break;
    if (text.front() != ':' || text.size() == 1) return std::nullopt;
    text.remove_prefix(1);
  }
  if (compress == 0) return piece == pieces.size() ? std::optional(pieces) : std::nullopt;
  std::rotate(pieces.begin() + compress, pieces.begin() + piece, pieces.end());
  return pieces;
}

std::string url_ipv6(const Ipv6Pieces& pieces) {
  // RFC 5952 §4.2: the first of the longest runs of at least two zeros becomes "::".
  std::size_t best = 0;
  std::size_t best_length = 1;
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    std::size_t end = at;
    while (end < pieces.size() && pieces[end] == 0)
      ++end;
    if (end - at > best_length) {
      best = at;
      best_length = end - at;
    }
  }
  std::string text;
  for (std::size_t at = 0; at < pieces.size(); ++at) {
    if (best_length > 1 && at == best) {
      text += at == 0 ? "::" : ":";
      at += best_length - 1;
      continue;
    }
    fmt::format_to(std::back_inserter(text), "{:x}", pieces[at]);
    if (at != 7) text += ':';
  }
  return text;
}

}  // namespace xspamd
