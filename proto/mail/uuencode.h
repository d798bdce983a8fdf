// Files uuencoded into a text (POSIX.1-2017, uuencode): "begin 644 name", lines of up to 45 bytes, "end".
// Tolerant as mail programs are: blanks at line ends may be missing, the end too. Linear, never fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xspamd::mail {

struct EncodedFile {
  std::size_t begin = 0;   // of its first line in the text
  std::size_t length = 0;  // to the end of its last line; 0 if there is no file
  std::string_view name;   // as it stands there
};

// The first file at or behind `at`; one begins with a "begin" line and a line of data.
EncodedFile find_uuencoded(std::string_view text, std::size_t at);

// The bytes of the first file in `text`, never more than that has; where there is no "begin" line, all lines
// of data are one.
std::string decode_uuencode(std::string_view text);

}  // namespace xspamd::mail
