#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

Envelope envelope(std::string sender, std::vector<std::string> recipients = {"bob@b.example"}) {
  Envelope made;
  made.sender = std::move(sender);
  made.recipients = std::move(recipients);
  return made;
}

}  // namespace

TEST_CASE("senders: the From header by itself and against the envelope") {
  const test::CheckCase kTable[] = {
      {"no From", "", ""},
      {"with a name", "From: Ann <ann@a.example>\n", "FROM_HAS_DN"},
      {"without", "From: ann@a.example\n", "FROM_NO_DN"},
      {"the address again", "From: \"Ann@a.example\" <ann@a.example>\n", "FROM_DN_EQ_ADDR"},
      {"no domain", "From: Anna <ann>\n", "FROM_INVALID[ann] FROM_HAS_DN"},
      {"the envelope agrees", "From: Ann@A.example\n", "FROM_NO_DN FROM_EQ_ENVFROM",
       envelope("ann@a.example")},
      {"it does not", "From: ann@a.example\n",
       "FROM_NO_DN FROM_NEQ_ENVFROM[ann@a.example, x@y.example] FORGED_SENDER[ann@a.example, x@y.example]",
       envelope("x@y.example")},
      {"a list may differ", "From: ann@a.example\nList-Id: <l.y.example>\n",
       "FROM_NO_DN FROM_NEQ_ENVFROM[ann@a.example, x@y.example]", envelope("x@y.example")},
      {"a bounce has no sender to compare", "From: ann@a.example\n", "FROM_NO_DN", envelope("")},
      {"no address in the envelope", "From: ann@a.example\n", "FROM_NO_DN ENVFROM_INVALID[nobody]",
       envelope("nobody")},
      {"a tag", "From: a+1@a.example\n", "FROM_NO_DN FROM_EQ_ENVFROM TAGGED_FROM", envelope("a+1@a.example")},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("senders", row) == row.hits);
  }
}

TEST_CASE("senders: a display name that shows another address") {
  const test::CheckCase kTable[] = {
      {"of a third domain", "From: \"boss@c.example\" <x@a.example>\n",
       "FROM_NEQ_DISPLAY_NAME[a.example, c.example]"},
      {"of the recipient's domain", "From: \"Boss boss@b.example\" <x@a.example>\nTo: bob@b.example\n",
       "SPOOF_DISPLAY_NAME[a.example, b.example]"},
      {"as the envelope tells it", "From: \"boss@b.example\" <x@a.example>\n",
       "SPOOF_DISPLAY_NAME[a.example, b.example]", envelope("x@a.example")},
      {"of the same domain", "From: \"boss@a.example\" <x@a.example>\n", ""},
      {"a nickname", "From: \"boss@home\" <x@a.example>\n", ""},
      {"a list writes it so",
       "From: \"boss@c.example via l\" <x@a.example>\nList-Post: <mailto:l@a.example>\n", ""},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("senders", row, "FROM_HAS_DN FROM_EQ_ENVFROM") == row.hits);
  }
}

TEST_CASE("senders: where answers go") {
  const std::string kFrom = "From: Ann <ann@a.example>\nReply-To: ";
  const test::CheckCase kTable[] = {
      {"to nobody", kFrom + "\n", "REPLYTO_UNPARSEABLE"},
      {"to no complete address", kFrom + "ann\n", "REPLYTO_INVALID REPLYTO_DOM_NEQ_FROM_DOM"},
      {"to the sender", kFrom + "Ann <ann@a.example>\n", "REPLYTO_EQ_FROM"},
      {"to the address", kFrom + "ann@a.example\n", "REPLYTO_ADDR_EQ_FROM"},
      {"to the domain", kFrom + "Ann <x@a.example>\n", "REPLYTO_DOM_EQ_FROM_DOM REPLYTO_DN_EQ_FROM_DN"},
      {"elsewhere", kFrom + "x@c.example\n", "REPLYTO_DOM_NEQ_FROM_DOM"},
      {"to the recipient", kFrom + "bob@b.example\nTo: Bob@b.example\n",
       "REPLYTO_DOM_NEQ_FROM_DOM REPLYTO_EQ_TO_ADDR"},
      {"to a list that is the recipient", kFrom + "l@b.example\nTo: l@b.example\nList-Id: <l.b.example>\n",
       "REPLYTO_DOM_NEQ_FROM_DOM"},
      {"to an answering program", kFrom + "l@b.example\nTo: l@b.example\nAuto-Submitted: auto-replied\n",
       "REPLYTO_DOM_NEQ_FROM_DOM"},
      {"to the recipient's domain", kFrom + "x@b.example\nTo: bob@b.example\n",
       "REPLYTO_DOM_NEQ_FROM_DOM REPLYTO_DOM_EQ_TO_DOM"},
      {"out of the house", "From: boss@b.example\nReply-To: x@c.example\nTo: bob@b.example\n",
       "REPLYTO_DOM_NEQ_FROM_DOM SPOOF_REPLYTO[b.example, c.example] REPLYTO_DOM_NEQ_TO_DOM",
       envelope("x@c.example")},
      {"a form of a web site", "From: bob@b.example\nReply-To: x@c.example\nTo: bob@b.example\n",
       "REPLYTO_DOM_NEQ_FROM_DOM REPLYTO_DOM_NEQ_TO_DOM", envelope("bob@b.example")},
  };
  for (const test::CheckCase& row : kTable) {
    CAPTURE(row.why, row.header);
    const std::string hits = test::hits_of("senders", row,
                                           "FROM_HAS_DN FROM_NO_DN FROM_EQ_ENVFROM FROM_NEQ_ENVFROM "
                                           "FORGED_SENDER HAS_REPLYTO");
    CHECK(hits == row.hits);
  }
}
