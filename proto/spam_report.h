// The reasons of a verdict in the shapes that readers of SpamAssassin's reports expect: the names of what
// scored, the table of a report, the field X-Spam-Report, a preview of the text. Lines end in LF. What comes
// from the message is printable UTF-8 on its line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proto/verdict.h"

namespace xspamd {

// Symbols that score, and those that say why there was no scan: in byte order, divided by commas.
std::string rule_names(const std::vector<Score>& scores);

// "Content analysis details: ...", the two lines above the columns and a line or more for each symbol, the
// smallest folded into one when all of it takes more than `room` bytes.
std::string report_table(const Verdict& verdict, Points required, std::size_t room);

// "* 2.5 NAME what it means", those that rule_names() has and the arithmetic, further lines of one beginning
// with "*      ".
std::string report_items(const std::vector<Score>& scores, std::size_t room);

// "Content preview:  ..." of the text as a reader sees it (Text::visible): the first three paragraphs, at
// most 200 bytes.
std::string content_preview(std::string_view text);

}  // namespace xspamd
