// ValiMail's suite for RFC 8617, found below the folder XSPAMD_SHARED (default ../shared beside the project).
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "rules/auth/arc.h"
#include "tests/support/line_ends.h"
#include "tests/support/parsing.h"
#include "tests/support/run_task.h"
#include "tests/support/suites.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using nlohmann::json;

namespace {

std::string symbol_of(const auth::ArcOutcome& outcome) {
  switch (outcome.result) {
    case auth::ArcResult::none:
      return "ARC_NA";
    case auth::ArcResult::pass:
      return "ARC_ALLOW";
    case auth::ArcResult::fail:
      return outcome.malformed ? "ARC_INVALID" : "ARC_REJECT";
    case auth::ArcResult::temperror:
      return "ARC_DNSFAIL";
  }
  return {};
}

void run(const json& test, const std::string& bytes) {
  test::ZoneDns dns;
  for (const auto& [name, list] : test.at("dns").items())
    for (const json& record : list)
      dns.add(name, "TXT", record.get<std::string>());
  auth::DkimOptions options;
  options.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto message = parse_message(bytes, Limits{}, test::suffixes());
  auto chain = auth::read_arc(*message, options);
  const auto outcome = test::run_task(auth::verify_arc(dns, std::move(chain), options, Deadline::max()));
  INFO(test.at("id") << ": " << outcome.problem);
  const auto wanted = test.at("want_any").get<std::vector<std::string>>();
  CHECK_THAT(wanted, Catch::Matchers::VectorContains(symbol_of(outcome)));
}

}  // namespace

TEST_CASE("arc: ValiMail's suite, with both line ends") {
  std::ifstream file(test::suite_path("arc/cases.json"));
  if (!file) {
    WARN("skipped: there is no " << test::suite_path("arc/cases.json"));
    return;
  }
  for (const json& test : json::parse(file)) {
    const auto text = test.at("message").get<std::string>();
    run(test, text);
    run(test, test::with_crlf(text));
  }
}
