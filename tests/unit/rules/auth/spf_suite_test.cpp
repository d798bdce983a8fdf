// The conformance suite of OpenSPF for RFC 7208, found below the folder XSPAMD_SHARED (default ../shared
// beside the project).
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "proto/base/text.h"
#include "rules/auth/spf.h"
#include "tests/support/run_task.h"
#include "tests/support/suites.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using nlohmann::json;

namespace {

// The strings of a TXT record as one.
std::string joined(const json& strings) {
  std::string text;
  for (const auto& piece : strings)
    text += piece.get<std::string>();
  return text;
}

// A record is ["TYPE", value], or a mark: ["TIMEOUT", null]. Records of the type SPF are history (§3.1).
void add_record(test::ZoneDns& dns, const std::string& name, const json& record) {
  const auto type = record.at(0).get<std::string>();
  const json& value = record.at(1);
  if (type == "SPF") return;
  if (value.is_null()) {
    dns.mark(name, to_lower(type));
  } else if (type == "TXT") {
    dns.add(name, type, joined(value));
  } else if (type == "MX") {
    const auto host = value.at(1).get<std::string>();
    dns.add(name, type, std::to_string(value.at(0).get<int>()) + " " + (host.empty() ? "." : host));
  } else {
    dns.add(name, type, value.get<std::string>());
  }
}

test::ZoneDns zone_of(const json& records) {
  test::ZoneDns dns;
  for (const auto& [name, list] : records.items())
    for (const json& record : list)
      add_record(dns, name, record);
  return dns;
}

std::string text_of(const json& test, const char* key) {
  return test.at(key).is_null() ? "" : test.at(key).get<std::string>();
}

void run(const json& test, const json& zones) {
  auto dns = zone_of(zones.at(test.at("zone").get<std::size_t>()));
  auth::SpfInput input;
  input.client = IpAddress::parse(text_of(test, "ip")).value();
  input.sender = text_of(test, "mailfrom");
  input.helo = text_of(test, "helo");
  const auth::SpfLimits limits;
  const auto outcome = test::run_task(auth::check_spf(dns, input, limits, Deadline::max()));
  INFO(text_of(test, "id") << ": " << outcome.mechanism << ' ' << outcome.problem);
  const auto wanted = test.at("results").get<std::vector<std::string>>();
  CHECK_THAT(wanted, Catch::Matchers::VectorContains(std::string(name(outcome.result))));
  const std::string explanation = text_of(test, "explanation");
  if (explanation.empty() || outcome.result != auth::SpfResult::fail) return;
  // "DEFAULT": the receiver's own words, as there are none of the domain's. Hex digits come in either case.
  CHECK(to_lower(outcome.explanation) == (explanation == "DEFAULT" ? "" : to_lower(explanation)));
}

}  // namespace

TEST_CASE("spf: the suite of RFC 7208") {
  std::ifstream file(test::suite_path("spf/rfc7208-tests.json"));
  if (!file) {
    WARN("skipped: there is no " << test::suite_path("spf/rfc7208-tests.json"));
    return;
  }
  const json suite = json::parse(file);
  for (const json& test : suite.at("tests"))
    run(test, suite.at("zones"));
}
