#include "proto/mail/html_bytes.h"

#include "proto/base/text.h"
#include "proto/mail/html_references.h"

namespace xspamd::mail::html_bytes {

std::size_t change(std::string_view raw, bool in_attribute, std::string& text) {
  const char c = raw.front();
  if (c == '&') {
    if (const auto length = decode_html_reference(raw, in_attribute, text)) return length;
    text += c;
  } else if (c == '\r') {
    // HTML §13.2.3.5: CR LF and CR are LF.
    text += '\n';
    if (raw.size() > 1 && raw[1] == '\n') return 2;
  } else if (c == '\0') {
    text += "\xef\xbf\xbd";  // U+FFFD
  } else {
    text += to_lower(c);
  }
  return 1;
}

void append_changed(std::string_view raw, unsigned classes, bool in_attribute, std::string& text) {
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = find_class(raw, at, classes);
    text.append(raw, at, end - at);
    at = end;
    if (at < raw.size()) at += change(raw.substr(at), in_attribute, text);
  }
}

}  // namespace xspamd::mail::html_bytes
