// Small helpers on bytes and ASCII text, free of locale. Nothing here fails except the number readers,
// which return nothing when the text is not wholly a number that fits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool is_space(char c) {
  return is_blank(c) || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Of a hexadecimal digit in either case, else -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string to_lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);
// Position of `needle` in `text` without regard to ASCII case, or npos.
std::size_t ifind(std::string_view text, std::string_view needle);

std::string_view trim(std::string_view text);         // blanks, CR and LF at both ends
std::string_view trim_blanks(std::string_view text);  // blanks only
// The pieces between separators; empty pieces are kept, an empty text is one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

// Decimal digits only: no sign, no blanks.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
std::optional<double> parse_double(std::string_view text);

// Length in bytes of the well-formed UTF-8 character (RFC 3629 §4) at the start of `text`, 0 if there is
// none.
std::size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);
// How many bytes at the start of `text` are below 0x80.
std::size_t ascii_length(std::string_view text);
// At most `bytes` bytes of `text`, never ending inside a UTF-8 character.
std::string_view cut_utf8(std::string_view text, std::size_t bytes);
// For one line of output: controls and bytes that are no UTF-8 become '?'.
std::string printable(std::string_view text);
// printable, in double quotes with \" and \\ escaped: untrusted text in a log line.
std::string quoted(std::string_view text);

// The candidate nearest to `word` by edits, if it is near enough to be what was meant; else empty.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace xspamd
