#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

Envelope to(std::vector<std::string> recipients, std::string sender = "ann@a.example") {
  Envelope made;
  made.sender = std::move(sender);
  made.recipients = std::move(recipients);
  return made;
}

std::string many(int count) {
  std::string field = "To: ";
  for (int i = 0; i < count; ++i)
    field += (i > 0 ? ",\n " : "") + std::string("u") + std::to_string(i) + "@b.example";
  return field + "\n";
}

}  // namespace

TEST_CASE("recipients: how many the header names") {
  const std::pair<int, std::string> kTable[] = {{1, "ONE"},     {2, "TWO"},    {3, "THREE"},  {4, "THREE"},
                                                {5, "FIVE"},    {7, "SEVEN"},  {11, "SEVEN"}, {12, "TWELVE"},
                                                {49, "TWELVE"}, {50, "GT_50"}, {999, "GT_50"}};
  for (const auto& [count, band] : kTable) {
    const test::CheckCase row{"", many(count), ""};
    CHECK(test::hits_of("recipients", row, "TO_DN_NONE") ==
          "RCPT_COUNT_" + band + "[" + std::to_string(count) + "]");
  }
  CHECK(test::hits_of("recipients", {"", "Subject: x\n", ""}) == "");
  CHECK(test::hits_of("recipients", {"", "To: undisclosed-recipients:;\n", ""}) == "RCPT_COUNT_ZERO[0]");
  CHECK(test::hits_of("recipients", {"", "To: a@b.example\nCc: c@b.example\n", ""}, "TO_DN_NONE") ==
        "RCPT_COUNT_TWO[2]");
}

TEST_CASE("recipients: names, sender and envelope") {
  const test::CheckCase kTable[] = {
      {"no names", "To: a@b.example, c@b.example\n", "TO_DN_NONE"},
      {"some", "To: A <a@b.example>, c@b.example\n", "TO_DN_SOME"},
      {"all", "To: A <a@b.example>\nCc: C <c@b.example>\n", "TO_DN_ALL"},
      {"addresses as names", "To: \"a@b.example\" <a@b.example>\n", "TO_DN_EQ_ADDR_ALL"},
      {"one of them", "To: \"a@b.example\" <a@b.example>, c@b.example\n", "TO_DN_EQ_ADDR_SOME"},
      {"a name for anybody", "To: Recipients <a@b.example>\n", "TO_DN_ALL TO_DN_RECIPIENTS"},
      {"to oneself", "From: a@b.example\nTo: A@B.example\n", "TO_DN_NONE TO_EQ_FROM"},
      {"within a domain", "From: a@b.example\nTo: c@b.example\n", "TO_DN_NONE TO_DOM_EQ_FROM_DOM"},
      {"several are not compared", "From: a@b.example\nTo: a@b.example, c@b.example\n", "TO_DN_NONE"},
      {"all in the envelope", "To: bob@b.example\n", "TO_DN_NONE TO_MATCH_ENVRCPT_ALL",
       to({"BOB@b.example", "x@b.example"})},
      {"some in it", "To: bob@b.example, x@c.example\n", "TO_DN_NONE TO_MATCH_ENVRCPT_SOME",
       to({"bob@b.example"})},
      {"strangers", "To: x@c.example\n", "TO_DN_NONE FORGED_RECIPIENTS[x@c.example, bob@b.example]",
       to({"bob@b.example"})},
      {"an alias of the domain", "To: x@b.example\n", "TO_DN_NONE", to({"bob@b.example"})},
      {"a blind copy to the sender", "To: x@c.example\n", "TO_DN_NONE", to({"ann@a.example"})},
      {"a list", "To: l@c.example\nList-Id: <l.c.example>\n", "TO_DN_NONE", to({"bob@b.example"})},
      {"an old list", "To: l@c.example\nPrecedence: bulk\n", "TO_DN_NONE", to({"bob@b.example"})},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("recipients", row, "RCPT_COUNT_ONE RCPT_COUNT_TWO") == row.hits);
  }
}
