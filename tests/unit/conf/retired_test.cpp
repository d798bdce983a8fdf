// Names of symbols that once existed: a configuration that outlives them still starts.
#include <catch2/catch.hpp>

#include "rules/plan.h"
#include "tests/unit/conf/loading.h"

using namespace xspamd;
using namespace xspamd::conf;

TEST_CASE("retired: only the shipped file names them, and it is no layer") {
  Sources sources;
  sources.shipped.push_back({"retired.toml", "OLD = \"use NEW\"\n"});
  const Loaded result = load(sources);
  CHECK(result.problems.list().empty());
  const std::string* instead = retired(result.config, "OLD");
  REQUIRE(instead != nullptr);
  CHECK(*instead == "use NEW");
  CHECK(retired(result.config, "NEW") == nullptr);
  CHECK(problems_of("[retired]\nOLD = \"x\"\n") == "x.toml:1:2: unknown section [retired]");
}

TEST_CASE("retired: an entry that says nothing is a problem of ours") {
  Sources sources;
  sources.shipped.push_back({"retired.toml", "OLD = 1\n"});
  CHECK(load(sources).problems.failed());
}

TEST_CASE("retired: the score of such a symbol is a warning that says what to use") {
  Sources sources;
  sources.shipped.push_back({"retired.toml", "OLD = \"use GTUBE\"\n"});
  sources.options = {"scores.OLD=1"};
  Loaded result = load(sources);
  const Planned planned = make_plan(std::move(result.config), std::move(result.problems), all_checks());
  CHECK(planned.plan);
  REQUIRE(planned.problems.list().size() == 1);
  CHECK(to_string(planned.problems.list()[0]) == "-o: warning: [scores]: \"OLD\" is gone: use GTUBE");
}
