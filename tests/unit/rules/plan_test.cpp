#include "rules/plan.h"

#include <catch2/catch.hpp>

#include "tests/support/test_plan.h"

using namespace xspamd;

namespace {

using Names = std::vector<std::string_view>;

Result<Runner> make_nothing(conf::Section&, Services&) {
  return Runner{CpuCheck{[](const Mail&, Deadline) {
    return Hits{};
  }}};
}
Result<Runner> make_with_option(conf::Section& options, Services&) {
  options.get("depth", std::int64_t{3}, "How deep");
  return Runner{CpuCheck{[](const Mail&, Deadline) {
    return Hits{};
  }}};
}
Result<Runner> make_refused(conf::Section&, Services&) {
  return fail(Errc::invalid, "there is no such file");
}

Check check(std::string_view name, const Names& after = {}, decltype(Check::make) make = make_nothing) {
  return {name, "test", "made by a test", Phase::scan, after, {}, make};
}

std::string problems(const std::vector<Check>& checks, const test::Options& options = {}) {
  std::vector<const Check*> list;
  for (const Check& one : checks)
    list.push_back(&one);
  return test::plan_problems(list, options);
}

}  // namespace

TEST_CASE("plan: checks that wait for each other are refused, each by name") {
  const Names a{"spf"};
  const Names b{"dkim"};
  CHECK(problems({check("dkim", a), check("spf", b), check("arc", a), check("hosts")}) ==
        "built-in: check dkim waits for itself\nbuilt-in: check spf waits for itself\n"
        "built-in: check arc waits for itself");
  CHECK(problems({check("spf", a)}) == "built-in: check spf waits for itself");
}

TEST_CASE("plan: a check that waits for what is no check is refused") {
  const Names after{"sfp"};
  CHECK(problems({check("spf", after)}) == "built-in: check spf waits for sfp, which is no check");
}

TEST_CASE("plan: a check may wait for one that is disabled") {
  const Names after{"spf"};
  CHECK(problems({check("dmarc", after), check("spf")}, {"checks.spf.enabled=false"}) == "");
}

TEST_CASE("plan: an option that a check does not have is refused with the nearest") {
  const std::string told = problems({check("gtube", {}, make_with_option)}, {"checks.gtube.deph=4"});
  CHECK(told.find("deph") != std::string::npos);
  CHECK(told.find("did you mean \"depth\"?") != std::string::npos);
}

TEST_CASE("plan: a check that cannot be made is refused with its reason") {
  CHECK(problems({check("gtube", {}, make_refused)}) == "built-in: [checks.gtube]: there is no such file");
}

TEST_CASE("plan: a score of the configuration replaces the symbol's own") {
  const auto plan =
      test::bare_plan({"rules.A={header=\"X\", exists=true, score=1.0}", "scores.A=-2.5", "scores.GTUBE=3"});
  CHECK(to_text(plan->symbols.at("A").score) == "-2.50");
  CHECK(to_text(plan->symbols.at("GTUBE").score) == "3.00");
}

TEST_CASE("plan: a score for what is no symbol is refused with the nearest") {
  CHECK(test::plan_problems(all_checks(), {"scores.GTUB=3"}) ==
        "-o: [scores]: no symbol is called \"GTUB\", did you mean GTUBE?");
  CHECK(test::plan_problems(all_checks(), {"scores.NOTHING_LIKE_IT_AT_ALL=3"}) ==
        "-o: [scores]: no symbol is called \"NOTHING_LIKE_IT_AT_ALL\"");
}

TEST_CASE("plan: a part of other rules is no symbol") {
  const auto plan = test::bare_plan({"rules.__PART={header=\"X\", exists=true}"});
  CHECK_FALSE(plan->symbols.contains("__PART"));
}

TEST_CASE("plan: what is wrong with a rule is told") {
  const auto problem = [](const std::string& rule) {
    return test::plan_problems(all_checks(), {"rules.A=" + rule});
  };
  CHECK(problem("{header=\"X\", match='(', score=1.0}").find("the pattern is wrong at character ") !=
        std::string::npos);
  CHECK(problem("{header=\"X\", count='>= x', score=1.0}").find("\">= x\"") != std::string::npos);
  CHECK(problem("{envelope=\"sendr\", exists=true, score=1.0}").find("did you mean \"sender\"?") !=
        std::string::npos);
}
