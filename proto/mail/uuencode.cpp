#include "proto/mail/uuencode.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/lines.h"

namespace xspamd::mail {

namespace {

constexpr std::string_view kBegin = "begin ";

// "begin 644 name", the mode in three or four octal digits. Where the name begins, or 0.
std::size_t name_at(std::string_view line) {
  if (!line.starts_with(kBegin)) return 0;
  std::size_t digits = kBegin.size();
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '7')
    ++digits;
  const std::size_t count = digits - kBegin.size();
  if (count < 3 || count > 4) return 0;
  if (digits == line.size()) return digits;
  return line[digits] == ' ' ? digits + 1 : 0;
}

// The grave accent stands for the blank, which transport loses.
unsigned sextet(char c) {
  return (static_cast<unsigned char>(c) - 32u) & 63u;
}

// The first byte of a line tells how many bytes it holds. A check sum may follow them; blanks at the end,
// which are zeros, may be lost, though hardly in the first line.
bool is_data(std::string_view line, bool first) {
  if (line.empty()) return false;
  const std::size_t whole = 1 + (sextet(line.front()) + 2) / 3 * 4;
  if (line.size() > whole + 2 || (first && line.size() + 4 < whole)) return false;
  return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '`'; });
}

// Blanks lost at the end are zeros, in so far as `most` bytes are not exceeded.
void append_line(std::string_view line, std::size_t most, std::string& bytes) {
  const std::size_t here = (line.size() - 1) / 4 * 3 + (line.size() - 1) % 4;
  std::size_t left = sextet(line.front());
  if (left > here && bytes.size() + left > most) left = std::min(left, here);
  for (std::size_t at = 1; left > 0; at += 4) {
    unsigned group = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      group = group << 6 | (i < line.size() ? sextet(line[i]) : 0);
    for (int shift = 16; shift >= 0 && left > 0; shift -= 8, --left)
      bytes += static_cast<char>(group >> shift & 0xff);
  }
}

bool is_end(std::string_view line) {
  return trim_blanks(line) == "end";
}

// Where the lines of data that begin at `at` end, the "end" behind them included.
std::size_t data_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Line line = line_at(text, at);
    if (is_end(line.text)) return line.next;
    // A line of no bytes stands before the end; its blank may be lost.
    const bool lost = line.text.empty() && is_end(line_at(text, line.next).text);
    if (!lost && !is_data(line.text, false)) return at;
    at = line.next;
  }
  return at;
}

}  // namespace

EncodedFile find_uuencoded(std::string_view text, std::size_t at) {
  while ((at = find_line(text, kBegin, at)) != std::string_view::npos) {
    const Line first = line_at(text, at);
    const std::size_t name = name_at(first.text);
    if (name == 0 || first.next == text.size() || !is_data(line_at(text, first.next).text, true)) {
      at = first.next;
      continue;
    }
    const std::size_t end = data_end(text, first.next);
    return {at, end - at, trim_blanks(first.text.substr(name))};
  }
  return {};
}

std::string decode_uuencode(std::string_view text) {
  const EncodedFile file = find_uuencoded(text, 0);
  if (file.length > 0) text = text.substr(file.begin, file.length);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = file.length > 0 ? line_at(text, 0).next : 0; at < text.size();) {
    const Line line = line_at(text, at);
    at = line.next;
    if (is_end(line.text)) break;
    if (is_data(line.text, false)) append_line(line.text, at, bytes);
  }
  return bytes;
}

}  // namespace xspamd::mail
