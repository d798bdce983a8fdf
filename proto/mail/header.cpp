#include "proto/mail/header.h"

#include <algorithm>
#include <array>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::size_t kLongestLine = 998;  // RFC 5322 §2.1.1, without the line end

struct Line {
  std::size_t begin = 0;
  std::size_t end = 0;   // without the line end
  std::size_t next = 0;  // after the line end
};

Line line_at(std::string_view text, std::size_t begin, char line_end) {
  const std::size_t at = text.find(line_end, begin);
  if (at == std::string_view::npos) return {begin, text.size(), text.size()};
  const bool crlf = line_end == '\n' && at > begin && text[at - 1] == '\r';
  return {begin, crlf ? at - 1 : at, at + 1};
}

// CRs alone make a line empty for most readers.
bool is_empty(std::string_view line) {
  return line.find_first_not_of('\r') == std::string_view::npos;
}

// RFC 5322 §3.6.8 ftext
constexpr std::array<bool, 256> make_name_bytes() {
  std::array<bool, 256> table{};
  for (unsigned c = '!'; c <= '~'; ++c)
    table[c] = c != ':';
  return table;
}
constexpr auto kNameBytes = make_name_bytes();

bool is_name_byte(char c) {
  return kNameBytes[static_cast<unsigned char>(c)];
}

// RFC 5322 §3.6.8, with the blanks before the colon of §4.5. Nothing when the line is no field.
std::string_view field_name(std::string_view line, std::size_t& colon) {
  std::size_t end = 0;
  while (end < line.size() && is_name_byte(line[end]))
    ++end;
  colon = end;
  while (colon < line.size() && is_blank(line[colon]))
    ++colon;
  return colon < line.size() && line[colon] == ':' ? line.substr(0, end) : std::string_view();
}

bool has_bare_cr(std::string_view text) {
  std::size_t at = 0;
  while ((at = text.find('\r', at)) != std::string_view::npos) {
    if (++at == text.size() || text[at] != '\n') return true;
  }
  return false;
}

void look_at_bytes(std::string_view block, Defects& defects) {
  if (block.find('\0') != std::string_view::npos) defects.add(Defect::nul);
  if (ascii_length(block) < block.size()) defects.add(Defect::eight_bit);
  if (has_bare_cr(block)) defects.add(Defect::bare_cr);
}

}  // namespace

Header parse_header(std::string_view message, std::size_t most) {
  Header header;
  const char line_end = message.find('\n') != std::string_view::npos ? '\n' : '\r';
  std::size_t at = 0;
  std::size_t block_end = 0;
  bool ended = false;
  while (at < message.size() && !ended) {
    const Line line = line_at(message, at, line_end);
    const std::string_view text = message.substr(line.begin, line.end - line.begin);
    std::size_t colon = 0;
    if (is_empty(text)) {
      at = line.next;
      ended = true;
    } else if (is_blank(text.front()) && header.count > 0) {
      // RFC 5322 §4.2: even a line of blanks only continues the field.
      if (header.count <= most) {
        Field& field = header.fields.back();
        const char* begin = field.value.data();
        field.value = {begin, static_cast<std::size_t>(message.data() + line.end - begin)};
      }
      at = block_end = line.next;
    } else if (const std::string_view name = field_name(text, colon); !name.empty()) {
      if (++header.count <= most) header.fields.push_back({name, text.substr(colon + 1)});
      at = block_end = line.next;
    } else {
      header.defects.add(Defect::bad_header_line);
      ended = true;
    }
    if (block_end == line.next && text.size() > kLongestLine) header.defects.add(Defect::long_line);
  }
  header.block = message.substr(0, block_end);
  header.body_at = at;
  if (!ended) header.defects.add(Defect::no_header_end);
  if (header.count > most) header.defects.add(Defect::headers_over_limit);
  look_at_bytes(header.block, header.defects);
  return header;
}

namespace {

// Of one field: decoding multiplies it, and nobody reads more. A message may be one field of 50 MB.
constexpr std::size_t kMostDecoded = 1024 * 1024;

std::string readable(const Field& field) {
  return mail::unfold(field.value.substr(0, kMostDecoded));
}

// Most fields: without encoded words, raw bytes and NULs there is nothing to decode.
bool is_plain(const std::string& text) {
  return text.find("=?") == std::string::npos && text.find('\0') == std::string::npos && is_utf8(text);
}

}  // namespace

std::string decoded(const Field& field) {
  std::string text = readable(field);
  return is_plain(text) ? text : mail::decode_words(text);
}

std::string decoded(const Field& field, mail::Charsets& charsets) {
  std::string text = readable(field);
  return is_plain(text) ? text : mail::decode_words(text, charsets);
}

}  // namespace xspamd
