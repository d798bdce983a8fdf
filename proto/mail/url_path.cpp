#include "proto/mail/url_path.h"

#include <cstddef>

#include "proto/base/text.h"
#include "proto/mail/url_encode.h"

namespace xspamd {

namespace {

// How many dots a segment consists of: 1 or 2, each perhaps written "%2e"; else 0.
int dot_segment(std::string_view segment) {
  if (segment.size() > 6) return 0;
  int dots = 0;
  while (!segment.empty()) {
    const std::size_t length = segment.front() == '.' ? 1 : istarts_with(segment, "%2e") ? 3 : 0;
    if (length == 0 || ++dots > 2) return 0;
    segment.remove_prefix(length);
  }
  return dots;
}

// `more` tells whether a slash follows.
void append_segment(std::string& path, std::string_view text, PathKind kind, bool more) {
  const int dots = dot_segment(text);
  if (dots == 2) shorten_path(path, kind);
  if (dots != 0) {
    if (!more) path += '/';
    return;
  }
  const bool drive = kind == PathKind::file && path.empty() && is_drive(text);
  path += '/';
  if (drive)
    (path += text[0]) += ':';
  else
    append_encoded(path, text, EncodeSet::path);
}

}  // namespace

bool is_drive(std::string_view text) {
  if (text.size() != 2 || (text[1] != ':' && text[1] != '|')) return false;
  return to_lower(text[0]) >= 'a' && to_lower(text[0]) <= 'z';
}

void shorten_path(std::string& path, PathKind kind) {
  if (kind == PathKind::file && path.size() == 3 && is_drive(std::string_view(path).substr(1)) &&
      path.back() == ':')
    return;
  const std::size_t slash = path.rfind('/');
  path.resize(slash == std::string::npos ? 0 : slash);
}

void append_segments(std::string& path, std::string_view text, PathKind kind) {
  path.reserve(path.size() + text.size() + text.size() / 8 + 1);
  for (bool more = true; more;) {
    std::size_t slash = 0;
    while (slash < text.size() && text[slash] != '/' && (kind == PathKind::other || text[slash] != '\\'))
      ++slash;
    more = slash < text.size();
    append_segment(path, text.substr(0, slash), kind, more);
    if (more) text.remove_prefix(slash + 1);
  }
}

}  // namespace xspamd
