// The first line of a connection tells the dialect, so that every listener speaks all of them:
// "CHECK RSPAMC/1.3", "REPORT SPAMC/1.2", "GET / HTTP/1.1". Never fails: what is none of these is `unknown`.
#pragma once

#include <optional>
#include <string_view>

#include "proto/request.h"

namespace xspamd {

// Longest first line of a text dialect, without its line end. Nothing that speaks one comes near it.
inline constexpr std::size_t kMaxFirstLine = 8 * 1024;

struct FirstLine {
  std::optional<Dialect> dialect;  // empty: unknown
  std::optional<Command> command;  // empty: a verb that the dialect does not have
  Version version;                 // RSPAMC: 1.3 unless 1.0 to 1.3; SPAMC: as told, 0.0 when it is no number
};

FirstLine parse_first_line(std::string_view line);

// True when `bytes`, the beginning of a first line, cannot become one: a control character stands in it.
bool is_binary(std::string_view bytes);

std::string_view name(Command command);  // "REPORT_IFSPAM"

}  // namespace xspamd
