// Percent-decoding of texts that we wrote or that people configure (RFC 3986 §2.1): strict, unlike that of
// URLs in messages (proto/mail/url_encode.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/base/text.h"

namespace xspamd {

// Nothing where a % is not followed by two hexadecimal digits.
inline std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high << 4 | low);
    at += 2;
  }
  return plain;
}

}  // namespace xspamd
