// The same text with CRLF for each LF that has no CR yet.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::test {

inline std::string with_crlf(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) lines += '\r';
    lines += text[i];
  }
  return lines;
}

}  // namespace xspamd::test
