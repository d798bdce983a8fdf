#include "rules/lists/list_trial.h"

#include <catch2/catch.hpp>

#include "tests/support/run_task.h"
#include "tests/support/test_plan.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;

namespace {

std::string tried(std::string_view zone,
                  const std::string& test = R"({listed="127.0.0.2", clean="127.0.0.1"})") {
  const auto plan = test::plan_of(
      all_checks(),
      {R"(lists.a={zone="a.test", look_at="envelope.ip", codes={"127.0.0.2"={symbol="A"}}, test=)" + test +
       "}"});
  test::ZoneDns dns(zone);
  std::string said;
  for (const ListTrial& trial : test::run_task(try_lists(dns, *plan->lists, Deadline::max()))) {
    if (trial.list->name == "a") said += describe(trial);
  }
  return said;
}

}  // namespace

TEST_CASE("list trial: what the test entries show") {
  CHECK(tried("2.0.0.127.a.test A 127.0.0.2\n") == "answers as it should");
  CHECK(tried("x.a.test A 127.0.0.2\n") ==
        "does not name its test entry 127.0.0.2: it may have ended, or serves this resolver nothing");
  CHECK(tried("2.0.0.127.a.test A 127.0.0.2\n1.0.0.127.a.test A 127.0.0.2\n") ==
        "names 127.0.0.1, which is not listed: it would name everybody");
  CHECK(tried("2.0.0.127.a.test A 127.255.255.254\n") == "refuses to answer this server: 127.255.255.254");
  CHECK(tried("2.0.0.127.a.test A 203.0.113.1\n").find("answers with 203.0.113.1, which no list does") == 0);
  CHECK(tried("2.0.0.127.a.test TIMEOUT\n") == "gives no answer: timeout");
  CHECK(tried("2.0.0.127.a.test TIMEOUT\n1.0.0.127.a.test A 127.255.255.255\n") ==
        "refuses to answer this server: 127.255.255.255");
}

TEST_CASE("list trial: with one entry, or none") {
  CHECK(tried("x.a.test A 127.0.0.2\n", R"({clean="127.0.0.1"})") == "answers as it should");
  CHECK(tried("2.0.0.127.a.test A 127.0.0.2\n", R"({listed="127.0.0.2"})") == "answers as it should");
  CHECK(tried("", "{}") == "has no test entries");
}
