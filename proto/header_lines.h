// A header as lines to be kept byte for byte: what rewriting a message needs of it. Boundaries are those of
// parse_header() (proto/mail/header.h): lines end in LF, in CR only in a text without any LF. Linear, views.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xspamd {

struct HeaderLines {
  std::string_view block;  // all fields with their line ends
  std::string_view rest;   // the empty line, if there is one, and the body
  bool has_empty_line = false;
  char last_byte = '\n';  // of a line end
  std::string_view eol;   // "\n", "\r\n" or "\r": how the first line ends
};

HeaderLines header_lines(std::string_view message);

// One field, its folded lines and line ends included.
struct FieldLines {
  std::string_view text;   // all of it
  std::string_view name;   // without blanks
  std::string_view start;  // up to the colon, which is included
  std::string_view value;  // behind the blanks that follow the colon, without the last line end
};

// Takes the next field off the front of lines.block, which is not empty.
FieldLines take_field(HeaderLines& lines);

// Appends `text`, whose lines end in LF, with line ends `eol`; on a line of its own.
void append_lines(std::string& out, std::string_view text, std::string_view eol);

}  // namespace xspamd
