// How `xspamd history` shows one record: a line of a table, the time in that of the machine.
#pragma once

#include <string>
#include <string_view>

namespace xspamd {

// The columns' names, as history_line() has them.
std::string history_heading();
// Without control characters; what is no record is told as such.
std::string history_line(std::string_view record);

}  // namespace xspamd
