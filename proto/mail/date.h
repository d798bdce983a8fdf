// Dates of mail (RFC 5322 §3.3 and, obsolete but common, §4.3): "Sun, 22 Nov 2026 05:44:40 +0000 (UTC)".
// The weekday and the seconds may be absent, years may have two or three digits, zones may have names,
// comments may stand anywhere. A weekday that does not fit its date is accepted: programs get it wrong.
// Refused: dates and times that do not exist, a missing zone, years before 1900, anything after the zone but
// one word such as "+0100 CET".
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace xspamd {

struct Date {
  std::chrono::sys_seconds at;
  int offset_minutes = 0;      // of the sender's zone, east positive
  bool obsolete_zone = false;  // a name instead of digits; unknown names count as -0000 (RFC 5322 §4.3)
};

std::optional<Date> parse_date(std::string_view text);

// As mail programs and servers read dates: what parse_date() takes, and where it gives nothing also other
// orders ("Sun Nov 22 05:44:40 2026", ISO 8601, "22-Nov-26"), numbers for months, fractions of seconds, other
// zones ("EST5EDT", "+01:00") and none, which counts as -0000. Text behind a whole date is passed over, and
// text before a semicolon, as Received has it.
std::optional<Date> parse_any_date(std::string_view text);

}  // namespace xspamd
