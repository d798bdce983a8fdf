#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;
using namespace std::string_literals;

TEST_CASE("fields: what may stand once, what has to be there") {
  const test::CheckCase kTable[] = {
      {"as it should be", "From: a@x.example\nTo: b@x.example\n", ""},
      {"a second From", "From: a@x.example\nFROM: b@x.example\n", "MULTIPLE_UNIQUE_HEADERS[From]"},
      {"a second To counts little", "To: a@x.example\nTo: b@x.example\n", "MULTIPLE_UNIQUE_HEADERS[To]x0.2"},
      {"the gravest counts", "Date: x\nDate: x\nSubject: a\nSubject: a\n",
       "MULTIPLE_UNIQUE_HEADERS[Date, Subject]x0.7"},
      {"many may stand often", "From: a@x.example\nReceived: x\nReceived: y\n", ""},
      {"nothing usual", "X-Test: 1\n", "MISSING_ESSENTIAL_HEADERS"},
      {"no header", "", "MISSING_ESSENTIAL_HEADERS"},
      {"a NUL", "From: a\0b@x.example\n"s, "BROKEN_HEADERS"},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("fields", row) == row.hits);
  }
}
