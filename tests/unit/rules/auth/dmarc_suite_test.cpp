// The DMARC cases of mailauth, found below the folder XSPAMD_SHARED (default ../shared beside the project):
// each tells a zone, what SPF and DKIM found, and which symbol the check gives.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/check_alone.h"
#include "tests/support/scanning.h"
#include "tests/support/suites.h"

using namespace xspamd;
using nlohmann::json;

namespace {

// As lines that ZoneDns reads.
std::string zone_text(const json& zone) {
  std::string text;
  for (const auto& [name, records] : zone.items()) {
    for (const json& record : records) {
      const bool mark = record.is_string();
      const auto type = (mark ? record : record.at(0)).get<std::string>();
      text += name + " " + type;
      if (!mark && record.at(1).is_array()) {
        text += ' ';
        for (const auto& piece : record.at(1))
          text += piece.get<std::string>();
      }
      text += '\n';
    }
  }
  return text;
}

template <class Result>
Result result_named(const json& text, std::initializer_list<Result> results) {
  for (const Result result : results)
    if (auth::name(result) == text.get<std::string>()) return result;
  throw std::runtime_error("no such result: " + text.dump());
}

void set_facts(const json& test, Facts& facts) {
  using auth::DkimResult;
  using auth::SpfResult;
  facts.spf.emplace();
  if (const json& spf = test.at("spf"); !spf.is_null()) {
    facts.spf->domain = spf.at("domain").get<std::string>();
    facts.spf->result =
        result_named(spf.at("result"), {SpfResult::none, SpfResult::neutral, SpfResult::pass, SpfResult::fail,
                                        SpfResult::softfail, SpfResult::temperror, SpfResult::permerror});
  }
  facts.dkim_checked = true;
  if (!test.contains("dkim") || test.at("dkim").is_null()) return;
  for (const json& signature : test.at("dkim")) {
    auth::DkimOutcome outcome;
    outcome.domain = signature.at("domain").get<std::string>();
    outcome.result = result_named(
        signature.at("result"), {DkimResult::pass, DkimResult::fail, DkimResult::neutral, DkimResult::policy,
                                 DkimResult::temperror, DkimResult::permerror});
    facts.dkim.push_back(std::move(outcome));
  }
}

void run(const json& test) {
  const std::string zone = zone_text(test.at("zone"));
  const std::string message = "From: " + test.at("header_from").get<std::string>() + "\n\n";
  Envelope envelope;
  envelope.client = IpAddress::parse("192.0.2.9");
  const test::Alone alone{"dmarc", zone};
  const auto scan = test::scan_alone(alone, test::request_of(message, envelope),
                                     [&](Facts& facts) { set_facts(test, facts); });
  INFO(test.at("id").get<std::string>() << ": " << test::rendered(scan->hits));
  REQUIRE(scan->hits.list.size() == 1);
  const std::string symbol(scan->hits.list[0].symbol);
  CHECK_THAT(test.at("want_any").get<std::vector<std::string>>(), Catch::Matchers::VectorContains(symbol));
  CHECK_THAT(test.at("never").get<std::vector<std::string>>(), !Catch::Matchers::VectorContains(symbol));
  CHECK(name(scan->facts.dmarc->result) == test.at("status").get<std::string>());
  if (!test.at("policy").is_null())
    CHECK(name(scan->facts.dmarc->policy) == test.at("policy").get<std::string>());
}

}  // namespace

TEST_CASE("dmarc: the suite of mailauth") {
  std::ifstream file(test::suite_path("dmarc/cases.json"));
  if (!file) {
    WARN("skipped: there is no " << test::suite_path("dmarc/cases.json"));
    return;
  }
  const json suite = json::parse(file);
  for (const json& test : suite)
    if (test.at("level") == "must") run(test);
}
