#include "rules/auth/canonicalization.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "proto/base/text.h"

namespace xspamd::auth {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

// A word of memory with this byte in each place.
constexpr std::uint64_t in_each_byte(unsigned char byte) {
  return 0x0101010101010101ULL * byte;
}

// A high bit for each byte of `word` that is 0.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  constexpr std::uint64_t kLow = in_each_byte(0x7f);
  return ~(((word & kLow) + kLow) | word | kLow);
}

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Bits for each tab in the word, and for each blank beside another one or beside `before` on its left.
std::uint64_t find_changes(std::uint64_t word, std::uint64_t& before) {
  const std::uint64_t blanks = zero_bytes(word ^ in_each_byte(' '));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  const std::uint64_t pairs = blanks & (blanks << 8 | before);
  before = blanks >> 56;
#else
  const std::uint64_t pairs = blanks & (blanks >> 8 | before << 56);
  before = blanks & 0xff;
#endif
  return pairs | zero_bytes(word ^ in_each_byte('\t'));
}

// Whether a line holds nothing that §3.4.4 changes: no tab, and no two blanks in a row. Blanks at its end are
// not looked at. Eight bytes at once: almost all lines are like that.
bool is_relaxed(std::string_view line) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  std::uint64_t changes = 0;
  std::uint64_t before = 0;  // the blank that ended the eight bytes before
  if (line.size() >= kWord) {
    const char* const last = line.data() + line.size() - kWord;
    const char* at = line.data();
    for (; at < last; at += kWord)
      changes |= find_changes(word_at(at), before);
    if (at > last) before = 0;  // the last eight overlap those before
    return (changes | find_changes(word_at(last), before)) == 0;
  }
  bool blank = false;
  for (const char c : line) {
    if (c == '\t' || (c == ' ' && blank)) return false;
    blank = c == ' ';
  }
  return true;
}

std::string_view without_blanks_at_end(std::string_view line) {
  while (!line.empty() && is_blank(line.back()))
    line.remove_suffix(1);
  return line;
}

const char* skip(const char* at, const char* end, bool blanks) {
  while (at != end && is_blank(*at) == blanks)
    ++at;
  return at;
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// Each run of blanks as one.
void put_with_single_blanks(Funnel& funnel, std::string_view line) {
  const char* const end = line.data() + line.size();
  const char* at = skip(line.data(), end, true);
  if (at != line.data()) funnel.add(' ');
  if (is_relaxed(between(at, end))) return funnel.add(between(at, end));
  while (at != end) {
    const char* const blank = skip(at, end, false);
    funnel.add(between(at, blank));
    at = skip(blank, end, true);
    if (at != blank) funnel.add(' ');
  }
}

// Calls `each` with every line, without its end.
template <class Each>
void for_lines(std::string_view text, char line_end, Each each) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(line_end), text.size());
    std::string_view line = text.substr(0, end);
    if (line_end == '\n' && end < text.size() && line.ends_with('\r')) line.remove_suffix(1);
    each(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// As it is, but for the line ends in it.
void put_simple(Funnel& funnel, std::string_view text, char line_end) {
  bool first = true;
  for_lines(text, line_end, [&](std::string_view line) {
    if (!first) funnel.add(kLineEnd);
    funnel.add(line);
    first = false;
  });
}

// §3.4.2: unfolded, runs of blanks as one, none at the ends.
void put_relaxed_value(Funnel& funnel, std::string_view value, char line_end) {
  bool blank = false;
  bool first = true;
  for_lines(value, line_end, [&](std::string_view line) {
    const std::string_view text = without_blanks_at_end(line);
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    blank = blank || begin > 0 || (text.empty() && !line.empty());
    if (text.empty()) return;
    if (blank && !first) funnel.add(' ');
    put_with_single_blanks(funnel, text.substr(begin));
    first = false;
    blank = text.size() < line.size();
  });
}

void put_relaxed(Funnel& funnel, std::string_view name, std::string_view value, char line_end) {
  funnel.add(to_lower(name));
  funnel.add(':');
  put_relaxed_value(funnel, value, line_end);
}

}  // namespace

void Funnel::add(std::string_view bytes) {
  if (bytes.size() > bytes_.size() - used_) {
    flush();
    if (bytes.size() >= bytes_.size()) return take_(bytes);
  }
  std::memcpy(bytes_.data() + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
}

void Funnel::add(char byte) {
  add(std::string_view(&byte, 1));
}

void Funnel::flush() {
  if (used_ > 0) take_({bytes_.data(), used_});
  used_ = 0;
}

char line_end_of(std::string_view message) {
  return message.find('\n') != std::string_view::npos ? '\n' : '\r';
}

void put_field(Funnel& funnel, Canonicalization form, const Field& field, char line_end) {
  if (form == Canonicalization::simple) {
    put_simple(funnel, field.raw(), line_end);
  } else {
    put_relaxed(funnel, field.name, field.value, line_end);
  }
  funnel.add(kLineEnd);
}

void put_signature_field(Funnel& funnel, Canonicalization form, const Field& field, std::string_view deleted,
                         char line_end) {
  const auto end = static_cast<std::size_t>(deleted.data() - field.value.data());
  std::string value(field.value.substr(0, end));
  value += field.value.substr(end + deleted.size());
  if (form == Canonicalization::relaxed) return put_relaxed(funnel, field.name, value, line_end);
  const std::string_view raw = field.raw();
  funnel.add(raw.substr(0, raw.size() - field.value.size()));
  put_simple(funnel, value, line_end);
}

void put_body(Funnel& funnel, Canonicalization form, std::string_view body, char line_end) {
  std::size_t empty_lines = 0;  // those at the end are left out
  bool empty = true;
  for_lines(body, line_end, [&](std::string_view line) {
    if (form == Canonicalization::relaxed) line = without_blanks_at_end(line);
    if (line.empty()) {
      ++empty_lines;
      return;
    }
    for (; empty_lines > 0; --empty_lines)
      funnel.add(kLineEnd);
    if (form == Canonicalization::relaxed) {
      put_with_single_blanks(funnel, line);
    } else {
      funnel.add(line);
    }
    funnel.add(kLineEnd);
    empty = false;
  });
  if (empty && form == Canonicalization::simple) funnel.add(kLineEnd);
}

}  // namespace xspamd::auth
