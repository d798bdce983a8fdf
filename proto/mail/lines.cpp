#include "proto/mail/lines.h"

namespace xspamd::mail {

Line line_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] != '\n' && text[end] != '\r')
    ++end;
  const bool crlf = text.size() - end > 1 && text[end] == '\r' && text[end + 1] == '\n';
  const std::size_t next = end == text.size() ? end : end + (crlf ? 2 : 1);
  return {text.substr(at, end - at), next};
}

std::size_t find_line(std::string_view text, std::string_view prefix, std::size_t at) {
  while ((at = text.find(prefix, at)) != std::string_view::npos) {
    if (is_line_begin(text, at)) return at;
    ++at;
  }
  return at;
}

bool is_line_begin(std::string_view text, std::size_t at) {
  return at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r';
}

std::size_t end_before(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  if (before.ends_with("\r\n")) return at - 2;
  return before.ends_with('\n') || before.ends_with('\r') ? at - 1 : at;
}

bool has_odd_line_ends(std::string_view text) {
  bool lf = false;
  bool crlf = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const bool has_cr = line.ends_with('\r');
    if (end != std::string_view::npos) {
      if (has_cr) line.remove_suffix(1);
      crlf = crlf || has_cr;
      lf = lf || !has_cr;
    }
    if (line.find('\r') != std::string_view::npos || (lf && crlf)) return true;
  }
  return false;
}

}  // namespace xspamd::mail
