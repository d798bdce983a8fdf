#include "proto/mail/date.h"

#include <fmt/chrono.h>

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string shown(std::string_view text) {
  const auto date = parse_date(text);
  if (!date) return "-";
  const auto day = std::chrono::floor<std::chrono::days>(date->at);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss time(date->at - day);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02} {}{}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     date->offset_minutes, date->obsolete_zone ? " obsolete" : "");
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

TEST_CASE("date: text made to be slow takes linear time") {
  CHECK(shown(std::string(1'000'000, '(')) == "-");
  CHECK(shown(std::string(1'000'000, ' ') + "22 Nov 2026 05:44:40 +0000") == "2026-11-22 05:44:40 0");
  std::string comments;
  for (int i = 0; i < 300'000; ++i)
    comments += "(x)";
  CHECK(shown(comments + "22 Nov 2026 05:44:40 +0000") == "2026-11-22 05:44:40 0");
}
