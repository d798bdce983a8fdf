// Lines of any text of a mail: they end with LF, CRLF or a CR alone. Linear, views into the text.
#pragma once

#include <cstddef>
#include <string_view>

namespace xspamd::mail {

struct Line {
  std::string_view text;  // without the line end
  std::size_t next = 0;   // where the next line begins, or the size of the whole text
};

// The line that begins at `at`.
Line line_at(std::string_view text, std::size_t at);

// Where the first line at or behind `at` begins that starts with `prefix`, or npos. `at` is the begin of a
// line.
std::size_t find_line(std::string_view text, std::string_view prefix, std::size_t at);

// Whether a line begins at `at`.
bool is_line_begin(std::string_view text, std::size_t at);

// Where the line ends whose line end stands before `at`.
std::size_t end_before(std::string_view text, std::size_t at);

// A CR without LF, or an LF without CR among CRLFs.
bool has_odd_line_ends(std::string_view text);

}  // namespace xspamd::mail
