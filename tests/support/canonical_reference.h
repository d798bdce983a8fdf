// Canonical forms (RFC 6376 §3.4) as the standard says them, step by step and without any care for speed:
// what rules/auth/canonicalization is compared with.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/text.h"
#include "rules/auth/canonicalization.h"
#include "tests/support/line_ends.h"

namespace xspamd::test {

// LF and CRLF become CRLF.
inline std::string with_single_blanks(std::string_view text) {
  std::string single;
  for (const char c : text) {
    if (is_blank(c) && !single.empty() && single.back() == ' ') continue;
    single += is_blank(c) ? ' ' : c;
  }
  return single;
}

inline std::string without(std::string text, std::string_view what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what))
    text.erase(at, what.size());
  return text;
}

// §3.4.3, §3.4.4
inline std::string canonical_body(auth::Canonicalization form, std::string_view body) {
  const bool relaxed = form == auth::Canonicalization::relaxed;
  std::string text = with_crlf(body);
  if (!text.empty() && !text.ends_with("\r\n")) text += "\r\n";
  if (relaxed) {
    text = with_single_blanks(text);
    for (std::size_t at = text.find(" \r\n"); at != std::string::npos; at = text.find(" \r\n"))
      text.erase(at, 1);
  }
  while (text.ends_with("\r\n\r\n"))
    text.resize(text.size() - 2);
  if (text == "\r\n") text.clear();
  return text.empty() && !relaxed ? "\r\n" : text;
}

// §3.4.1, §3.4.2
inline std::string canonical_field(auth::Canonicalization form, const Field& field) {
  const std::string raw = with_crlf(field.raw());
  if (form == auth::Canonicalization::simple) return raw + "\r\n";
  const std::string value = with_single_blanks(without(with_crlf(field.value), "\r\n"));
  return to_lower(field.name) + ":" + std::string(trim_blanks(value)) + "\r\n";
}

}  // namespace xspamd::test
