#include "rules/rule.h"

#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::rendered;

namespace {

// What the rule R of this table hits in the message.
std::string hits(const std::string& table, std::string message, Envelope envelope = {}) {
  const auto plan = test::bare_plan({"rules.R={" + table + ", score=1.0}"});
  return rendered(test::scan_with(plan, test::request_of(std::move(message), std::move(envelope)))->hits);
}

const std::string kMail =
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= from\n afar\nX-N: one\nX-N: two\nX-N: one two\n"
    "From: \"Alice, A.\" <alice@x.example>\n\nbody\n";

}  // namespace

TEST_CASE("rule: match finds a pattern in any value, decoded and unfolded") {
  CHECK(hits("header='Subject', match='Gr\xc3\xbc\xc3\x9f"
             "e from afar'",
             kMail) == "R");
  CHECK(hits("header='subject', match='^Gr'", kMail) == "R");
  CHECK(hits("header='Subject:raw', match='=C3=BC'", kMail) == "R");
  CHECK(hits("header='Subject', match='=C3=BC'", kMail) == "");
  CHECK(hits("header='X-N', match='^two$'", kMail) == "R");
}

TEST_CASE("rule: address, domain and name are taken from a field") {
  CHECK(hits("header='From:addr', match='^alice@x\\.example$'", kMail) == "R");
  CHECK(hits("header='From:domain', match='^x\\.example$'", kMail) == "R");
  CHECK(hits("header='From:name', match='^Alice, A\\.$'", kMail) == "R");
}

TEST_CASE("rule: the whole block of fields is one value") {
  CHECK(hits("header='*', match='^X-N: two$', flags='m'", kMail) == "R");
  CHECK(hits("header='*', match='body'", kMail) == "");
}

TEST_CASE("rule: flags change how a pattern is read") {
  CHECK(hits("header='X-N', match='ONE'", kMail) == "");
  CHECK(hits("header='X-N', match='ONE', flags='i'", kMail) == "R");
}

TEST_CASE("rule: absent and exists ask for the field alone") {
  CHECK(hits("header='X-N', absent=true", kMail) == "");
  CHECK(hits("header='X-None', absent=true", kMail) == "R");
  CHECK(hits("header='X-N', exists=true", kMail) == "R");
  CHECK(hits("header='X-None', exists=true", kMail) == "");
  CHECK(hits("header='X-Empty', exists=true", "X-Empty:\n\n") == "R");
}

TEST_CASE("rule: negate wants a value and none that matches") {
  CHECK(hits("header='X-N', match='three', negate=true", kMail) == "R");
  CHECK(hits("header='X-N', match='two', negate=true", kMail) == "");
}

TEST_CASE("rule: a missing field never hits, not even negated") {
  CHECK(hits("header='X-None', match='x', negate=true", kMail) == "");
  CHECK(hits("header='X-None', match='x', all=true", kMail) == "");
  CHECK(hits("header='X-None', match='x'", kMail) == "");
  CHECK(hits("envelope='helo', match='x', negate=true", kMail) == "");
  CHECK(hits("received='helo', match='x', negate=true", kMail) == "");
}

TEST_CASE("rule: all wants every value to match") {
  CHECK(hits("header='X-N', match='one|two', all=true", kMail) == "R");
  CHECK(hits("header='X-N', match='one', all=true", kMail) == "");
}

TEST_CASE("rule: count compares the values, or the hits of the pattern") {
  CHECK(hits("header='X-N', count='= 3'", kMail) == "R");
  CHECK(hits("header='X-N', count='> 3'", kMail) == "");
  CHECK(hits("header='X-N', match='o', count='= 4'", kMail) == "R");
  CHECK(hits("header='X-N', match='o', count='>= 5'", kMail) == "");
}

TEST_CASE("rule: every relation of a count holds where it should") {
  const std::vector<std::tuple<const char*, bool, bool, bool>> kTable{
      {"< 2", true, false, false},  {"<= 2", true, true, false},  {"= 2", false, true, false},
      {"== 2", false, true, false}, {"2", false, true, false},    {"!= 2", true, false, true},
      {">=2", false, true, true},   {" > 2 ", false, false, true}};
  for (const auto& [text, one, two, three] : kTable) {
    CAPTURE(text);
    const auto test = CountTest::parse(text);
    REQUIRE(test);
    CHECK(test->holds(1) == one);
    CHECK(test->holds(2) == two);
    CHECK(test->holds(3) == three);
  }
  for (const char* text : {"", ">", "two", "> -1", "=> 2", "2 3", "99999999999999999999"})
    CHECK_FALSE(CountTest::parse(text));
}

TEST_CASE("rule: max_hits multiplies the score by the hits, up to that many") {
  CHECK(hits("header='X-N', match='o'", kMail) == "R");
  CHECK(hits("header='X-N', match='o', max_hits=3", kMail) == "Rx3");
  CHECK(hits("header='X-N', match='o', max_hits=10", kMail) == "Rx4");
  CHECK(hits("header='X-N', match='two', max_hits=10", kMail) == "Rx2");
}

TEST_CASE("rule: a shadow is shown and never scored") {
  const auto plan = test::bare_plan({"rules.R={header='Subject', exists=true, shadow=true, score=5.0}"});
  const auto scan = test::scan_with(plan, test::request_of(kMail));
  CHECK(rendered(score(*plan, *scan)) == "no action 0.0: R(0.00)[shadow]");
}

TEST_CASE("rule: a part of other rules is never shown") {
  const auto plan = test::bare_plan({"rules.__R={header='Subject', exists=true}"});
  const auto scan = test::scan_with(plan, test::request_of(kMail));
  CHECK(rendered(scan->hits) == "__R");
  CHECK(rendered(score(*plan, *scan)) == "no action 0.0:");
}

TEST_CASE("rule: a disabled rule does not run") {
  CHECK(hits("header='Subject', exists=true, enabled=false", kMail) == "");
}

TEST_CASE("rule: the envelope is looked at as the mail server told it") {
  Envelope envelope;
  envelope.sender = "\"a b\"@x.example";
  envelope.recipients = {"b@x.example", "c@y.example"};
  envelope.client = IpAddress::parse("192.0.2.7");
  envelope.helo = "h";
  CHECK(hits("envelope='sender.domain', match='^x\\.example$'", kMail, envelope) == "R");
  CHECK(hits("envelope='recipient', match='@y\\.example$'", kMail, envelope) == "R");
  CHECK(hits("envelope='recipient', count='= 2'", kMail, envelope) == "R");
  CHECK(hits("envelope='ip', match='^192\\.0\\.2\\.7$'", kMail, envelope) == "R");
  CHECK(hits("envelope='user', exists=true", kMail, envelope) == "");
}

TEST_CASE("rule: the size of the message is compared as a number") {
  CHECK(hits("message='size', count='= 5'", "a: b\n") == "R");
  CHECK(hits("message='size', count='> 5'", "a: b\n") == "");
}

TEST_CASE("rule: the raw message is bytes") {
  CHECK(hits("message='raw', match='caf\\xE9$', flags='m'", "Subject: x\n\ncaf\xe9\n") == "R");
  CHECK(hits("message='raw', match='^..$', flags='m'", "Subject: x\n\n\xc3\xa9\n") == "R");
}

TEST_CASE("rule: patterns that would take for ever end at the match limit, are named, and others go on") {
  const auto plan = test::bare_plan({"rules.SLOW={header='X-A', match='^(a+)+$', score=1.0}",
                                     "rules.SLOW_NOT={header='X-A', match='^(a+)+$', negate=true, score=1.0}",
                                     "rules.ZERO={header='X-A', exists=true, score=1.0}"});
  const std::string mail = "X-A: " + std::string(300'000, 'a') + "!\n\n";
  // Neither found nor not found: the negated rule does not hit either.
  CHECK(rendered(test::scan_with(plan, test::request_of(mail))->hits) ==
        "LIMIT_MATCH[SLOW] LIMIT_MATCH[SLOW_NOT] ZERO");
}

TEST_CASE("rule: no rule is looked at after the deadline") {
  const auto plan = test::bare_plan({"rules.R={header='Subject', exists=true, score=1.0}"});
  conf::Problems problems;
  SymbolTable symbols;
  MapSources maps;
  Services services{plan->config, symbols, problems, maps};
  const auto rules = read_rules(services);
  const auto scan = test::fresh_scan(*plan, test::request_of(kMail));
  CHECK(rules->size() == 1);
  CHECK(rendered(rules->run(scan->mail, Clock::now() - std::chrono::seconds(1))) == "CHECK_LATE[rules]");
  CHECK(rendered(rules->run(scan->mail, Clock::now() + std::chrono::hours(1))) == "R");
}

TEST_CASE("rule: what limits.headers cut off may be there, and is not called missing") {
  const auto plan =
      test::bare_plan({"limits.headers=2", "rules.GONE={header='X-Late', absent=true, score=1.0}",
                       "rules.FEW={header='X-Late', count='< 1', score=1.0}",
                       "rules.HERE={header='X-A', exists=true, score=1.0}"});
  const std::string mail = "X-A: 1\nX-B: 2\nX-Late: 3\n\n";
  CHECK(rendered(test::scan_with(plan, test::request_of(mail))->hits) == "HERE");
}
