#include "proto/mail/part_header.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/lines.h"

namespace xspamd::mail {

namespace {

// As parse_header() sees lines, where a CR alone ends none, and as line_at() does.
Line header_line(std::string_view text, std::size_t at, bool cr_ends) {
  if (cr_ends) return line_at(text, at);
  const std::size_t lf = text.find('\n', at);
  if (lf == std::string_view::npos) return {text.substr(at), text.size()};
  return {text.substr(at, lf - at), lf + 1};
}

bool has_cr_ends(std::string_view text) {
  const Line first = line_at(text, 0);
  return first.next == first.text.size() + 1 && text[first.text.size()] == '\r';
}

// No more than that is header: up to a boundary line, or up to and with the first line that is no field. Each
// line is looked at for one header only, which keeps the reading of all of them linear.
std::size_t header_end(std::string_view text, Boundaries& boundaries, std::size_t lowest, bool cr_ends) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Line line = header_line(text, at, cr_ends);
    if (line.text.starts_with("--") && boundaries.match(line_at(text, at).text, lowest)) return at;
    const bool continues = at > 0 && !line.text.empty() && is_blank(line.text.front());
    at = line.next;
    if (!continues && !is_field(line.text)) break;
  }
  return at;
}

}  // namespace

bool is_field(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && line[at] >= '!' && line[at] <= '~' && line[at] != ':')
    ++at;
  if (at == 0) return false;
  while (at < line.size() && is_blank(line[at]))
    ++at;
  return at < line.size() && line[at] == ':';
}

std::size_t mbox_line(std::string_view text) {
  const bool is_one = text.starts_with("From ") || text.starts_with(">From ");
  return is_one ? line_at(text, 0).next : 0;
}

Header PartHeaders::read(std::string_view text, Boundaries& boundaries, std::size_t lowest,
                         std::deque<std::string>& buffers) {
  const bool cr_ends = has_cr_ends(text);
  std::string_view bytes = text.substr(0, header_end(text, boundaries, lowest, cr_ends));
  // CRs alone are read as they stand; mixed with LFs they need to be made equal first.
  if (cr_ends && bytes.find('\n') != std::string_view::npos && bytes.size() <= copied_left_) {
    copied_left_ -= bytes.size();
    // Byte for byte, so that the body begins at the same place.
    std::string& copy = buffers.emplace_back(bytes);
    for (std::size_t i = 0; i < copy.size(); ++i) {
      if (copy[i] == '\r' && (i + 1 == copy.size() || copy[i + 1] != '\n')) copy[i] = '\n';
    }
    bytes = copy;
  }
  Header header = parse_header(bytes, std::min(most_, left_));
  left_ -= std::min(left_, header.fields.size());
  return header;
}

}  // namespace xspamd::mail
