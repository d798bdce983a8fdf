#include "proto/mail/date.h"

#include <fmt/chrono.h>

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string shown(const std::optional<Date>& date) {
  if (!date) return "-";
  const auto day = std::chrono::floor<std::chrono::days>(date->at);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss time(date->at - day);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02} {}{}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     date->offset_minutes, date->obsolete_zone ? " obsolete" : "");
}

std::string shown(std::string_view text) {
  const auto date = parse_date(text);
  // Whatever the strict reading takes, the lenient one reads the same.
  if (date) CHECK(shown(parse_any_date(text)) == shown(date));
  return shown(date);
}

}  // namespace

TEST_CASE("date: the moment and the zone that a date names") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"RFC 5322", "Sun, 22 Nov 2026 05:44:40 +0000", "2026-11-22 05:44:40 0"},
      {"east", "Sun, 22 Nov 2026 01:44:40 +0230", "2026-11-21 23:14:40 150"},
      {"west", "22 Nov 2026 20:00 -0800", "2026-11-23 04:00:00 -480"},
      {"no zone known", "22 Nov 2026 05:44:40 -0000", "2026-11-22 05:44:40 0"},
      {"a comment at the end", "Sun, 22 Nov 2026 05:44:40 +0000 (UTC)", "2026-11-22 05:44:40 0"},
      {"comments all over (§A.6.3)", "(a)Thu(b (c)),(d)\r\n 13 Feb 1969(e)23:32 -0330(Newfoundland)",
       "1969-02-14 03:02:00 -210"},
      {"a comment without end", "22 Nov 2026 05:44:40 +0000 (UTC", "2026-11-22 05:44:40 0"},
      {"two digits", "21 Nov 97 09:55:06 GMT", "1997-11-21 09:55:06 0 obsolete"},
      {"two digits, this century", "21 Nov 26 09:55:06 GMT", "2026-11-21 09:55:06 0 obsolete"},
      {"three digits", "21 Nov 126 09:55:06 +0000", "2026-11-21 09:55:06 0"},
      {"zone name", "21 Nov 2026 09:55:06 EDT", "2026-11-21 13:55:06 -240 obsolete"},
      {"military zones say nothing", "21 Nov 2026 09:55:06 Q", "2026-11-21 09:55:06 0 obsolete"},
      {"nor do unknown ones", "21 Nov 2026 09:55:06 CEST", "2026-11-21 09:55:06 0 obsolete"},
      {"name and offset", "21 Nov 2026 09:55:06 GMT+0100", "2026-11-21 08:55:06 60 obsolete"},
      {"offset and name", "21 Nov 2026 09:55:06 +0100 CET", "2026-11-21 08:55:06 60"},
      {"a leap second", "31 Dec 2016 23:59:60 +0000", "2017-01-01 00:00:00 0"},
      {"a leap day", "29 Feb 2024 00:00:00 +0000", "2024-02-29 00:00:00 0"},
      {"long names, other case", "SUNDAY, 1 september 2024 1:02:03 +0000", "2024-09-01 01:02:03 0"},
      {"no comma", "Sun 22 Nov 2026 05:44:40 +0000", "2026-11-22 05:44:40 0"},
      {"blanks everywhere", "  Sun ,  22  Nov\t2026  05 : 44 : 40  +0000  ", "2026-11-22 05:44:40 0"},
      {"a wrong weekday is a slip", "Mon, 22 Nov 2026 05:44:40 +0000", "2026-11-22 05:44:40 0"},
      {"nothing", "", "-"},
      {"no zone", "22 Nov 2026 05:44:40", "-"},
      {"no such day", "31 Nov 2026 05:44:40 +0000", "-"},
      {"no leap year", "29 Feb 2023 05:44:40 +0000", "-"},
      {"day 0", "0 Nov 2026 05:44:40 +0000", "-"},
      {"hour 24", "22 Nov 2026 24:00:00 +0000", "-"},
      {"minute 60", "22 Nov 2026 05:60:00 +0000", "-"},
      {"second 61", "22 Nov 2026 05:00:61 +0000", "-"},
      {"no such month", "22 Foo 2026 05:44:40 +0000", "-"},
      {"no such weekday", "Foo, 22 Nov 2026 05:44:40 +0000", "-"},
      {"a year of five digits", "22 Nov 20266 05:44:40 +0000", "-"},
      {"before mail", "22 Nov 1899 05:44:40 +0000", "-"},
      {"an offset beyond a day", "22 Nov 2026 05:44:40 +9999", "-"},
      {"an offset of three digits", "22 Nov 2026 05:44:40 +100", "-"},
      {"mbox order", "Sun Nov 22 05:44:40 2026", "-"},
      {"ISO 8601", "2026-11-22T05:44:40Z", "-"},
      {"more behind it", "22 Nov 2026 05:44:40 +0000 a b", "-"},
      {"an overflow", "22 Nov 99999999999999999999999 05:44:40 +0000", "-"},
      {"a NUL", "22 Nov 2026 05:44:40 +0000\0"s, "-"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("date: other orders and forms are read as mail programs read them") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"asctime", "Sun Nov 22 05:44:40 2026", "2026-11-22 05:44:40 0"},
      {"asctime with a zone", "Sun Nov 22 05:44:40 EST 2026", "2026-11-22 10:44:40 -300 obsolete"},
      {"asctime with an offset", "Sun Nov 22 05:44:40 2026 -0800", "2026-11-22 13:44:40 -480"},
      {"ISO 8601", "2026-11-22T05:44:40Z", "2026-11-22 05:44:40 0 obsolete"},
      {"ISO 8601 with an offset", "2026-11-22 05:44:40.123+01:00", "2026-11-22 04:44:40 60"},
      {"no zone", "22 Nov 2026 05:44:40", "2026-11-22 05:44:40 0"},
      {"hyphens", "22-Nov-26 05:44", "2026-11-22 05:44:00 0"},
      {"year first", "2026 Nov 22 05:44:40 +0000", "2026-11-22 05:44:40 0"},
      {"a month in digits", "22 11 2026 05:44:40 +0000", "2026-11-22 05:44:40 0"},
      {"dots", "22.11.2026 05:44:40", "2026-11-22 05:44:40 0"},
      {"American", "11/22/2026 5:44:40 PM", "2026-11-22 17:44:40 0"},
      {"American, midnight", "11/22/2026 12:04:40 AM", "2026-11-22 00:04:40 0"},
      {"American, noon", "11/22/2026 12:04:40 PM", "2026-11-22 12:04:40 0"},
      {"a POSIX zone", "22 Nov 2026 05:44:40 EST5EDT", "2026-11-22 10:44:40 -300 obsolete"},
      {"a long zone name", "22 Nov 2026 05:44:40 Pacific Standard Time", "2026-11-22 05:44:40 0 obsolete"},
      {"a fraction", "22 Nov 2026 05:44:40.516 +0000 (UTC)", "2026-11-22 05:44:40 0"},
      {"an offset of three digits", "22 Nov 2026 05:44:40 +100", "2026-11-22 04:44:40 60"},
      {"more behind it", "22 Nov 2026 05:44:40 +0100 for <a@b>", "2026-11-22 04:44:40 60"},
      {"a whole Received field", "by x with y id z; 22 Nov 2026 05:44:40", "2026-11-22 05:44:40 0"},
      {"seconds are missing", "22 Nov 2026 05:44:", "2026-11-22 05:44:00 0"},
      {"nothing", "", "-"},
      {"a word", "yesterday", "-"},
      {"no day", "05:44:40 +0000", "-"},
      {"no time", "22 Nov 2026", "-"},
      {"numbers", "4 8 15 16 23 42", "-"},
      {"no such month", "22 Foo 2026 05:44:40 +0000", "-"},
      {"no such day", "31 Nov 2026 05:44:40", "-"},
      {"no such time", "22 Nov 2026 25:44:40", "-"},
      {"an overflow", "22 Nov 99999999999999999999999 05:44:40 +0000", "-"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(parse_any_date(c.text)) == c.want);
  }
}

TEST_CASE("date: text made to be slow takes linear time") {
  CHECK(shown(std::string(1'000'000, '(')) == "-");
  CHECK(shown(std::string(1'000'000, ' ') + "22 Nov 2026 05:44:40 +0000") == "2026-11-22 05:44:40 0");
  std::string comments;
  for (int i = 0; i < 300'000; ++i)
    comments += "(x)";
  CHECK(shown(comments + "22 Nov 2026 05:44:40 +0000") == "2026-11-22 05:44:40 0");
}
