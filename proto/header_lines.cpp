#include "proto/header_lines.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/header.h"

namespace xspamd {

namespace {

std::string_view line_end(std::string_view text, char last_byte) {
  const std::size_t at = text.find(last_byte);
  if (last_byte == '\r') return "\r";
  return at != std::string_view::npos && at > 0 && text[at - 1] == '\r' ? "\r\n" : "\n";
}

std::string_view without_line_end(std::string_view text, char last_byte) {
  if (!text.ends_with(last_byte)) return text;
  text.remove_suffix(1);
  if (last_byte == '\n' && text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

HeaderLines header_lines(std::string_view message) {
  const Header header = parse_header(message, 0);
  HeaderLines lines;
  lines.block = header.block;
  lines.rest = message.substr(header.block.size());
  lines.has_empty_line = header.body_at > header.block.size();
  const bool crs =
      message.find('\n') == std::string_view::npos && message.find('\r') != std::string_view::npos;
  lines.last_byte = crs ? '\r' : '\n';
  lines.eol = line_end(message, lines.last_byte);
  return lines;
}

FieldLines take_field(HeaderLines& lines) {
  const std::string_view block = lines.block;
  std::size_t end = 0;
  do {
    const std::size_t at = block.find(lines.last_byte, end);
    end = at == std::string_view::npos ? block.size() : at + 1;
  } while (end < block.size() && is_blank(block[end]));
  lines.block.remove_prefix(end);

  FieldLines field;
  field.text = block.substr(0, end);
  const std::size_t colon = std::min(field.text.find(':'), field.text.size() - 1);
  field.start = field.text.substr(0, colon + 1);
  field.name = trim_blanks(field.text.substr(0, colon));
  field.value = without_line_end(field.text.substr(colon + 1), lines.last_byte);
  field.value.remove_prefix(std::min(field.value.find_first_not_of(" \t"), field.value.size()));
  return field;
}

void append_lines(std::string& out, std::string_view text, std::string_view eol) {
  if (!out.empty() && out.back() != eol.back()) out += eol;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += text.substr(at, end - at);
    if (end < text.size()) out += eol;
    at = end + 1;
  }
}

}  // namespace xspamd
