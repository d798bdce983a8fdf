#include <catch2/catch.hpp>

#include "rules/lists/list.h"
#include "tests/support/check_alone.h"
#include "tests/support/run_task.h"
#include "tests/support/scanning.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;

namespace {

constexpr std::string_view kZone = R"(
99.2.0.192.ip.test A 127.0.0.2
7.2.0.192.ip.test A 127.0.0.4
5.2.0.192.ip.test A 127.255.255.254
6.2.0.192.ip.test A 203.0.113.9
8.2.0.192.ip.test TIMEOUT
99.2.0.192.good.test A 127.0.5.3
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip.test A 127.0.0.2
bad.example.dom.test A 127.0.0.10
helo.example.dom.test A 127.0.0.2
)";

const test::Options kLists = {
    R"(lists.ip={zone="ip.test", look_at=["envelope.ip", "received.ip"], refused_symbol="IP_BLOCKED", codes={"127.0.0.2"={symbol="BAD_IP", score=3, about="x"}, "127.0.0.4/30"={symbol="WORSE_IP", score=4}}})",
    R"(lists.good={zone="good.test", look_at="envelope.ip", codes={"127.0.*.3"={symbol="GOOD_IP", score=-1, allow=true}}})",
    R"(lists.dom={zone="dom.test", look_at=["url.domain", "envelope.helo"], codes={"&2"={symbol="BAD_DOMAIN", score=5}, "&8"={symbol="WORSE_DOMAIN", score=6}}})",
    "metas.NOT_BAD={when=\"!BAD_IP\", score=1}"};

std::shared_ptr<const Plan> plan_with(const test::Options& more = {}) {
  test::Options options = kLists;
  options.insert(options.end(), more.begin(), more.end());
  return test::plan_of(all_checks(), options);
}

struct Sent {
  std::string message = "Subject: x\n\nhello\n";
  const char* ip = nullptr;
  std::string helo = {};
  std::string user = {};
};

struct Run {
  std::shared_ptr<const Plan> plan;  // hits view its symbols
  std::unique_ptr<Scan> scan;
  std::vector<std::string> asked;
  std::string hits() const { return test::rendered(scan->hits); }
};

Run run(const std::shared_ptr<const Plan>& plan, const Sent& asking, std::string_view zone = kZone) {
  Request request = test::request_of(asking.message);
  if (asking.ip != nullptr) request.envelope.client = IpAddress::parse(asking.ip);
  request.envelope.helo = asking.helo;
  request.envelope.user = asking.user;
  const auto dns = std::make_shared<test::ZoneDns>(zone);
  Run run;
  run.plan = plan;
  run.scan = std::make_unique<Scan>(prepare(std::move(request), plan->config, *plan->suffixes),
                                    Deadline::max(), Asking{dns, Deadline::max()});
  for (const PlannedCheck& planned : plan->checks) {
    if (planned.check->name == "lists") test::run_task(std::get<IoCheck>(planned.runner)(*run.scan));
  }
  run.asked = dns->asked();
  return run;
}

std::string hits(const Sent& asking, const test::Options& more = {}) {
  return run(plan_with(more), asking).hits();
}

}  // namespace

TEST_CASE("check lists: an address is told with what it is of the message") {
  CHECK(hits({.ip = "192.0.2.99"}, {"lists.good.enabled=false"}) == "BAD_IP[192.0.2.99:from]");
  CHECK(hits({.ip = "192.0.2.7"}) == "WORSE_IP[192.0.2.7:from]");
  CHECK(hits({.ip = "192.0.2.1"}) == "");
  CHECK(hits({.ip = "2001:db8::1"}) == "BAD_IP[2001:db8::1:from]");
  CHECK(hits({.ip = "2001:db8::1"}, {"lists.ip.ipv6=false"}) == "");
}

TEST_CASE("check lists: hops are asked about but for the client and our own") {
  const std::string message =
      "Received: from a (a [192.0.2.99]) by b; Sun, 22 Nov 2026 10:00:00 +0000\n"
      "Received: from a (a [192.0.2.7]) by b; Sun, 22 Nov 2026 10:00:00 +0000\n"
      "Received: from a (a [10.0.0.1]) by b; Sun, 22 Nov 2026 10:00:00 +0000\n\n";
  const auto found = run(plan_with({"lists.good.enabled=false"}), {.message = message, .ip = "203.0.113.3"});
  CHECK(found.hits() == "BAD_IP[192.0.2.99:received] WORSE_IP[192.0.2.7:received]");
  for (const std::string& name : found.asked)
    CHECK(name.find("1.0.0.10") == std::string::npos);
}

TEST_CASE("check lists: a list that speaks for the client takes the points of those against it") {
  const auto found = run(plan_with(), {.ip = "192.0.2.99"});
  CHECK(found.hits() == "GOOD_IP[192.0.2.99:from] BAD_IP[192.0.2.99:from, taken by GOOD_IP]");
  CHECK(found.scan->hits.list.back().value == Points{});
}

TEST_CASE("check lists: domains of links and names of greetings, bits together") {
  CHECK(hits({.message = "Subject: x\n\nhttp://www.bad.example/ http://bad.example/2\n"}) ==
        "BAD_DOMAIN[bad.example:url] WORSE_DOMAIN[bad.example:url]");
  CHECK(hits({.ip = "192.0.2.1", .helo = "HELO.example"}) == "BAD_DOMAIN[helo.example:helo]");
  CHECK(hits({.message = "Subject: x\n\nhttp://bad.example/\n"}, {"checks.lists.except=[\"Bad.Example\"]"}) ==
        "");
}

TEST_CASE("check lists: our own users are not asked about, what they write is") {
  const Sent own{.message = "Subject: x\n\nhttp://bad.example/\n", .ip = "192.0.2.7", .user = "anna"};
  CHECK(hits(own) == "BAD_DOMAIN[bad.example:url] WORSE_DOMAIN[bad.example:url]");
  CHECK(hits({.ip = "192.0.2.7", .user = "anna"}, {"checks.lists.check_authed=true"}) ==
        "WORSE_IP[192.0.2.7:from]");
  CHECK(run(plan_with(), {.ip = "10.0.0.9"}).asked.empty());
}

TEST_CASE("check lists: who refuses us says nothing, is not asked again, and that is logged once") {
  const auto plan = plan_with();
  const auto first = run(plan, {.ip = "192.0.2.5"});
  CHECK(first.hits() == "IP_BLOCKED");
  REQUIRE(first.scan->warnings.size() == 1);
  CHECK(first.scan->warnings.front().find(
            "list ip (ip.test) refuses to answer this server: 127.255.255.254") == 0);
  CHECK(first.scan->unsure.contains("BAD_IP"));
  const auto second = run(plan, {.ip = "192.0.2.7"});
  CHECK(second.hits() == "IP_BLOCKED");
  CHECK(second.scan->warnings.empty());
  for (const std::string& name : second.asked)
    CHECK(name.find(".ip.test") == std::string::npos);
}

TEST_CASE("check lists: what is no list's answer is no hit") {
  const auto plan = plan_with();
  const auto found = run(plan, {.ip = "192.0.2.6"});
  CHECK(found.hits() == "");
  REQUIRE(found.scan->warnings.size() == 1);
  CHECK(found.scan->warnings.front().find("203.0.113.9, which no list does") != std::string::npos);
}

TEST_CASE("check lists: no answer is no hit, and its symbols are not known to be absent") {
  const auto found = run(plan_with(), {.ip = "192.0.2.8"});
  CHECK(found.hits() == "");
  CHECK(found.scan->warnings.empty());
  REQUIRE(found.scan->skipped.size() == 1);
  CHECK(found.scan->skipped.front().check == "lists");
  CHECK(found.scan->skipped.front().why == "no answer: ip");
  CHECK(found.scan->unsure == std::set<std::string_view>{"BAD_IP", "WORSE_IP"});
}

TEST_CASE("check lists: a message of many names costs a list no more than its bound") {
  std::string message = "Subject: x\n\n";
  for (int i = 0; i < 1900; ++i)
    message += "http://d" + std::to_string(i) + ".example/\n";
  const auto found = run(plan_with({"checks.lists.max_names=12"}), {.message = message});
  CHECK(found.hits() == "LIMIT_LIST_NAMES[12 of 1900]");
  CHECK(found.asked.size() == 12);
  CHECK(found.asked.front() == "d0.example.dom.test A");
}

TEST_CASE("check lists: switched off, nobody is asked, and the names of symbols stay known") {
  const auto plan = plan_with({"checks.lists.enabled=false", "scores.BAD_IP=1"});
  CHECK_FALSE(plan->lists->any_asked());
  CHECK(run(plan, {.ip = "192.0.2.7"}).asked.empty());
}

TEST_CASE("list configuration: a key stands in the zone and nowhere else") {
  const auto plan = test::plan_of(
      all_checks(),
      {R"(lists.k={zone="{key}.zone.test", key="s3cret", look_at="email", hash="sha1", codes={"127.0.0.2"={symbol="K"}}})"});
  const List& list = plan->lists->lists.front();
  CHECK(list.zone == "s3cret.zone.test");
  CHECK(list.zone_shown == "{key}.zone.test");
  CHECK(list.name_for("Test@Example.com") == "567159d622ffbb50b11b0efd307be358624a26ee.s3cret.zone.test");
  CHECK(asked_lists(*plan->lists).find("k ({key}.zone.test)") != std::string::npos);
}

TEST_CASE("list configuration: mistakes are told") {
  struct Row {
    std::string option, problem;
  };
  const Row rows[] = {
      {R"(lists.k={zone="{key}.zone.test", key="a.b", look_at="email", codes={"127.0.0.2"={symbol="K"}}})",
       "a key has letters, digits"},
      {R"(lists.k={zone="zone", look_at="email", codes={"127.0.0.2"={symbol="K"}}})",
       "\"zone\" is no name of a DNS zone"},
      {R"(lists.k={zone="zone.test", look_at="email", codes={"127.0.0.2"={symbol="K", score=1}, "127.0.0.3"={symbol="K", score=2}}})",
       "K has another score elsewhere"},
      {"checks.lists.except=[\"com\"]", "checks.lists.except"},
      {R"(lists.k={zone="zone.test", look_at="email", codes={"127.0.0.2"={symbol="GTUBE", score=1}}})",
       "GTUBE is a symbol of the check gtube"},
  };
  for (const Row& row : rows) {
    INFO(row.option);
    CHECK(test::plan_problems(all_checks(), {row.option}).find(row.problem) != std::string::npos);
  }
}

TEST_CASE("list configuration: a symbol that codes share is told once, wherever it stands") {
  const auto plan = test::plan_of(
      all_checks(),
      {R"(lists.k={zone="zone.test", look_at="envelope.ip", codes={"127.0.0.2"={symbol="K"}, "127.0.0.3"={symbol="K", score=2}}})"});
  CHECK(plan->symbols.find("K")->second.score == Points{2000});
  CHECK(plan->lists->lists.size() == 1);
  for (const ListCode& code : plan->lists->lists.front().codes)
    CHECK(code.blames);
}

TEST_CASE("list configuration: a list that waits for its key is off, one without any is refused") {
  const std::string rest = R"(, look_at="envelope.ip", codes={"127.0.0.2"={symbol="K"}}})";
  const auto plan = test::plan_of(all_checks(), {R"(lists.k={zone="{key}.zone.test", key="")" + rest});
  CHECK_FALSE(plan->lists->lists.front().enabled);
  CHECK(asked_lists(*plan->lists) == "none");
}
