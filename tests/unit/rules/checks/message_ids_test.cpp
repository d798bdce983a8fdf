#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

TEST_CASE("message_ids: the Message-ID against sender and recipient") {
  const std::string kParties = "From: Ann <ann@a.example>\nTo: Bob <bob@b.example>\nMessage-ID: ";
  const test::CheckCase kTable[] = {
      {"a host of its own", kParties + "<1@mail.example>\n", ""},
      {"the sender's domain", kParties + "<1@A.example>\n", "MID_RHS_MATCH_FROM"},
      {"the sender's address", kParties + "<1.ANN@a.example>\n", "MID_CONTAINS_FROM"},
      {"the recipient's domain", kParties + "<1@b.example>\n", "MID_RHS_MATCH_TO"},
      {"the recipient's address", kParties + "<1.bob@b.example>\n", "MID_CONTAINS_TO"},
      {"the sender's name as host", kParties + "<1@ann>\n", "MID_END_EQ_FROM_USER_PART"},
      {"within one domain", "From: x@b.example\nTo: y@b.example\nMessage-ID: <1@b.example>\n",
       "MID_RHS_MATCH_FROM"},
      {"no From", "To: bob@b.example\nMessage-ID: <1@b.example>\n", "MID_RHS_MATCH_TO"},
      {"no Message-ID", "From: ann@a.example\n", ""},
      {"no host", kParties + "<a.example>\n", ""},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("message_ids", row) == row.hits);
  }
}
