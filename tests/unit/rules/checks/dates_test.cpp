#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

TEST_CASE("dates: the Date header is compared with the clock") {
  const test::CheckCase kTable[] = {
      {"no date is another rule's", "", ""},
      {"now", "Date: Sun, 22 Nov 2026 12:00:00 +0000\n", ""},
      {"no date at all", "Date: yesterday\n", "INVALID_DATE"},
      {"an empty one", "Date:\n", "INVALID_DATE"},
      {"a day ago", "Date: Sat, 21 Nov 2026 12:00:00 +0000\n", ""},
      {"a second more", "Date: Sat, 21 Nov 2026 11:59:59 +0000\n", "DATE_IN_PAST[24 hours]"},
      {"two hours ahead", "Date: Sun, 22 Nov 2026 14:00:00 +0000\n", ""},
      {"a second more", "Date: Sun, 22 Nov 2026 14:00:01 +0000\n", "DATE_IN_FUTURE[2 hours]"},
      {"the zone counts", "Date: Sun, 22 Nov 2026 20:00:00 +0800\n", ""},
      {"a year ahead", "Date: Mon, 22 Nov 2027 12:00:00 +0000\n", "DATE_IN_FUTURE[8760 hours]"},
      {"folded", "Date: Sun,\n 22 Nov 2026 12:00:00\n +0000\n", ""},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("dates", row) == row.hits);
  }
}
