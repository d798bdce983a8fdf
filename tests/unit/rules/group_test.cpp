#include "rules/group.h"

#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::rendered;

namespace {

// A and B are of the group "the subject", N of it too and below 0, O of another.
const test::Options kRules{"rules.A={header=\"X-A\", exists=true, score=2.5, group=\"the subject\"}",
                           "rules.B={header=\"X-A\", exists=true, score=1.25, group=\"the subject\"}",
                           "rules.N={header=\"X-N\", exists=true, score=-1.0, group=\"the subject\"}",
                           "rules.O={header=\"X-A\", exists=true, score=1.0, group=\"other\"}"};

std::string verdict(const std::string& message, test::Options options) {
  options.insert(options.end(), kRules.begin(), kRules.end());
  const auto plan = test::bare_plan(options);
  const Verdict result = score(*plan, *test::scan_with(plan, test::request_of(message)));
  Points sum;
  for (const Score& line : result.scores)
    sum += line.value;
  CHECK(sum == result.score);
  return rendered(result);
}

std::string problems(test::Options options) {
  options.insert(options.end(), kRules.begin(), kRules.end());
  return test::plan_problems(all_checks(), options);
}

}  // namespace

TEST_CASE("group: what is over the cap is taken back by a line, and the lines add up") {
  CHECK(verdict("X-A: 1\n\n", {"groups.\"the subject\".max_score=3"}) ==
        "greylist 4.0: A(2.50) B(1.25) O(1.00) CAP_THE_SUBJECT(-0.75)");
  CHECK(verdict("X-A: 1\n\n", {"groups.\"the subject\".max_score=0"}) ==
        "no action 1.0: CAP_THE_SUBJECT(-3.75) A(2.50) B(1.25) O(1.00)");
}

TEST_CASE("group: at the cap or below it nothing is taken back") {
  CHECK(verdict("X-A: 1\n\n", {"groups.\"the subject\".max_score=3.75"}) ==
        "greylist 4.7: A(2.50) B(1.25) O(1.00) ROUNDING(-0.05)");
  CHECK(verdict("X-B: 1\n\n", {"groups.\"the subject\".max_score=1"}) == "no action 0.0:");
}

TEST_CASE("group: points below 0 count before the cap does") {
  CHECK(verdict("X-A: 1\nX-N: 1\n\n", {"groups.\"the subject\".max_score=2"}) ==
        "no action 3.0: A(2.50) B(1.25) N(-1.00) O(1.00) CAP_THE_SUBJECT(-0.75)");
}

TEST_CASE("group: what a meta has taken does not count") {
  CHECK(verdict("X-A: 1\n\n", {"groups.\"the subject\".max_score=1",
                               "metas.M={when=\"A\", take=[\"A\"], score=0.5, group=\"the subject\"}"}) ==
        "no action 2.0: B(1.25) O(1.00) CAP_THE_SUBJECT(-0.75) M(0.50) A(0.00)[taken by M]");
}

TEST_CASE("group: a group that no symbol is of is refused with the nearest") {
  CHECK(problems({"groups.othr.max_score=1"}) ==
        "-o: [groups]: no symbol is of a group \"othr\", did you mean \"other\"?");
  CHECK(problems({"groups.other.max_score=-1"}) == "-o: group other: max_score is below 0: -1.00");
}
