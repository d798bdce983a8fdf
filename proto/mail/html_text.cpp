#include "proto/mail/html_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace xspamd::html {

namespace {

// What may be white space: in ASCII, and as first byte of more.
constexpr std::array<bool, 256> make_stops() {
  std::array<bool, 256> stops{};
  for (const unsigned byte : {0x00, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0xC2, 0xE1, 0xE2, 0xE3})
    stops[byte] = true;
  return stops;
}

constexpr auto kStops = make_stops();

bool may_be_space(char c) {
  return kStops[static_cast<unsigned char>(c)];
}

// Length of the white space (Unicode White_Space) or NUL at `at`, where there may be some; 0 if there is
// none.
std::size_t space_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) {
    return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
  };
  const unsigned first = byte(0);
  if (first <= ' ') return 1;
  const unsigned second = byte(1);
  const unsigned third = byte(2);
  if (first == 0xC2) return second == 0x85 || second == 0xA0 ? 2 : 0;
  if (first == 0xE1) return second == 0x9A && third == 0x80 ? 3 : 0;
  if (first == 0xE3) return second == 0x80 && third == 0x80 ? 3 : 0;
  if (first != 0xE2) return 0;
  const bool general =
      second == 0x80 && ((third >= 0x80 && third <= 0x8A) || third == 0xA8 || third == 0xA9 || third == 0xAF);
  return general || (second == 0x81 && third == 0x9F) ? 3 : 0;
}

// How many of the eight bytes at `at` are surely plain, by looking at all of them at once: none where one is
// a control or no ASCII, or where blanks stand side by side. A blank at the end is left for the next eight.
std::size_t plain_of_eight(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x80 * kOnes;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text.data() + at, sizeof bytes);
  const std::uint64_t controls = (bytes - 0x20 * kOnes) & ~bytes;
  const std::uint64_t no_blank = bytes ^ 0x20 * kOnes;
  const std::uint64_t blanks = ~((no_blank & ~kHigh) + ~kHigh) & ~no_blank & kHigh;
  if (((controls | bytes) & kHigh) != 0 || (blanks & blanks >> 8) != 0) return 0;
  return text[at + 7] == ' ' ? 7 : 8;
}

// The end of what can be copied as it stands: words, and single blanks between them.
std::size_t plain_end(std::string_view text, std::size_t at) {
  for (;;) {
    while (at + 8 <= text.size()) {
      const std::size_t plain = plain_of_eight(text, at);
      if (plain == 0) break;
      at += plain;
    }
    const std::size_t near = std::min(at + 8, text.size());
    while (at < near && !may_be_space(text[at]))
      ++at;
    if (at == text.size()) return at;
    if (!may_be_space(text[at])) continue;
    if (text[at] == ' ') {
      if (at + 1 == text.size() || may_be_space(text[at + 1])) return at;
      at += 2;
    } else if (space_length(text, at) > 0) {
      return at;
    } else {
      ++at;
    }
  }
}

}  // namespace

void FoldedText::put(std::string_view word) {
  if (!text_.empty() && pending_ != Pending::none) text_ += pending_ == Pending::line ? '\n' : ' ';
  pending_ = Pending::none;
  text_ += word;
}

// Steps over the white space at `at`; what it is stands before the next word.
std::size_t FoldedText::skip_space(std::string_view utf8, std::size_t at, bool keeps_lines) {
  for (; at < utf8.size() && may_be_space(utf8[at]); ++at) {
    const char c = utf8[at];
    if (c == '\n' && keeps_lines) {
      line();
    } else if (static_cast<unsigned char>(c) <= ' ') {
      if (c != '\0') blank();
    } else {
      const std::size_t length = space_length(utf8, at);
      if (length == 0) break;
      blank();
      at += length - 1;
    }
  }
  return at;
}

bool FoldedText::append(std::string_view utf8, bool keeps_lines) {
  const std::size_t before = text_.size();
  for (std::size_t at = skip_space(utf8, 0, keeps_lines); at < utf8.size();) {
    const std::size_t end = plain_end(utf8, at);
    put(utf8.substr(at, end - at));
    at = skip_space(utf8, end, keeps_lines);
  }
  return text_.size() > before;
}

std::string FoldedText::take() {
  pending_ = Pending::none;
  return std::exchange(text_, {});
}

void FoldedText::resume(std::string&& text) {
  text_ = std::move(text);
  pending_ = Pending::blank;
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace xspamd::html
