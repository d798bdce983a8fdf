// Signed messages of other projects (Mail::DKIM, dkimpy, go-msgauth, mox), found below the folder
// XSPAMD_SHARED (default ../shared beside the project).
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "rules/auth/dkim.h"
#include "tests/support/parsing.h"
#include "tests/support/run_task.h"
#include "tests/support/suites.h"
#include "tests/support/zone_dns.h"

using namespace xspamd;
using nlohmann::json;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

// {"name": ["record", ...]} or {"name": "TIMEOUT"}
test::ZoneDns zone_of(const json& records) {
  test::ZoneDns dns;
  for (const auto& [name, list] : records.items()) {
    if (!list.is_array()) {
      const auto mark = list.get<std::string>();
      if (mark != "NXDOMAIN") dns.mark(name, mark);
      continue;
    }
    for (const json& record : list)
      dns.add(name, "TXT", record.get<std::string>());
  }
  return dns;
}

std::string symbol_of(auth::DkimResult result) {
  switch (result) {
    case auth::DkimResult::pass:
      return "R_DKIM_ALLOW";
    case auth::DkimResult::fail:
      return "R_DKIM_REJECT";
    case auth::DkimResult::temperror:
      return "R_DKIM_TEMPFAIL";
    default:
      return "R_DKIM_PERMFAIL";
  }
}

struct Found {
  std::vector<std::string> symbols;
  std::string told;
};

Found verify(const json& test, std::string bytes, const auth::DkimOptions& options) {
  auto dns = zone_of(test.at("dns"));
  const auto message = parse_message(std::move(bytes), Limits{}, test::suffixes());
  auto read = auth::read_dkim(*message, options);
  const auto outcomes = test::run_task(auth::verify_dkim(dns, std::move(read), options, Deadline::max()));
  Found found;
  for (const auto& outcome : outcomes) {
    found.symbols.push_back(symbol_of(outcome.result));
    found.told += std::string(name(outcome.result)) + " " + outcome.problem + "; ";
  }
  if (outcomes.empty()) found.symbols.emplace_back("R_DKIM_NA");
  return found;
}

bool has(const std::vector<std::string>& list, const std::string& what) {
  return std::find(list.begin(), list.end(), what) != list.end();
}

std::vector<std::string> list_of(const json& test, const char* key) {
  return test.contains(key) ? test.at(key).get<std::vector<std::string>>() : std::vector<std::string>();
}

auth::DkimOptions lenient() {
  auth::DkimOptions options;
  options.allow_sha1 = true;
  options.min_key_bits = 512;
  options.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return options;
}

void run(const json& test, const std::string& bytes) {
  const Found found = verify(test, bytes, lenient());
  INFO(test.at("id") << ": " << found.told);
  const auto any = list_of(test, "want_any");
  CHECK(std::any_of(found.symbols.begin(), found.symbols.end(), [&](const auto& s) { return has(any, s); }));
  for (const auto& symbol : list_of(test, "want_all"))
    CHECK(has(found.symbols, symbol));
  for (const auto& symbol : list_of(test, "never"))
    CHECK(!has(found.symbols, symbol));
  // RFC 8301: by default SHA-1 and short keys are refused.
  auth::DkimOptions strict;
  strict.now = lenient().now;
  const bool weak = !test.at("weak").empty();
  CHECK(has(verify(test, bytes, strict).symbols, "R_DKIM_ALLOW") ==
        (!weak && has(found.symbols, "R_DKIM_ALLOW")));
}

}  // namespace

TEST_CASE("dkim: messages that others have signed") {
  std::ifstream file(test::suite_path("dkim") + "/cases.json");
  if (!file) {
    WARN("skipped: there is no " << test::suite_path("dkim"));
    return;
  }
  for (const json& test : json::parse(file))
    run(test, read_file(test::suite_path("dkim") + "/" + test.at("file").get<std::string>()));
}
