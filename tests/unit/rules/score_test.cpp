#include "rules/score.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::rendered;

namespace {

// Symbols A, B, ... with these scores, each hit once, under these settings.
Verdict verdict_of(const std::vector<std::string>& scores, test::Options options = {}) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    names.push_back(std::string(1, static_cast<char>('A' + i)));
    options.push_back(
        fmt::format("rules.{}={{header=\"X-{}\", exists=true, score={}}}", names[i], names[i], scores[i]));
  }
  const auto plan = test::bare_plan(options);
  const auto scan = test::fresh_scan(*plan);
  for (const std::string& name : names)
    scan->add(name);
  return score(*plan, *scan);
}

std::string scored(const std::vector<std::string>& scores, const test::Options& options = {}) {
  const Verdict verdict = verdict_of(scores, options);
  Points sum;
  for (const Score& one : verdict.scores)
    sum += one.value;
  CHECK(sum == verdict.score);
  return rendered(verdict);
}

// A single symbol worth a point, hit with these weights.
std::string weighted_by(std::string_view points, const std::vector<double>& weights) {
  const auto plan = test::bare_plan({fmt::format("rules.A={{header=\"X\", exists=true, score={}}}", points)});
  const auto scan = test::fresh_scan(*plan);
  for (const double weight : weights)
    scan->add("A", {}, weight);
  return rendered(score(*plan, *scan));
}

const test::Options kAll{"actions={greylist=4, add_header=6, rewrite_subject=8, soft_reject=10, reject=15}"};

}  // namespace

TEST_CASE("score: whole tenths add up without a line of rounding") {
  CHECK(scored({"2.5", "1.0"}) == "no action 3.5: A(2.50) B(1.00)");
  CHECK(scored({"0.1", "0.2"}) == "no action 0.3: B(0.20) A(0.10)");
  CHECK(scored({}) == "no action 0.0:");
}

TEST_CASE("score: what is finer is rounded down, and the difference is told") {
  CHECK(scored({"1.25", "1.31"}) == "no action 2.5: B(1.31) A(1.25) ROUNDING(-0.06)");
  CHECK(scored({"0.001"}) == "no action 0.0: A(0.001) ROUNDING(-0.001)");
  CHECK(scored({"-0.001"}) == "no action -0.1: ROUNDING(-0.099) A(-0.001)");
  CHECK(scored({"-3.26"}) == "no action -3.3: A(-3.26) ROUNDING(-0.04)");
  CHECK(scored({"0.05", "0.05"}) == "no action 0.1: A(0.05) B(0.05)");
}

TEST_CASE("score: no total crosses a threshold by rounding") {
  CHECK(scored({"3.999"}) == "no action 3.9: A(3.999) ROUNDING(-0.099)");
  CHECK(scored({"14.95"}) == "add header 14.9: A(14.95) ROUNDING(-0.05)");
}

TEST_CASE("score: a total of exactly the threshold reaches it") {
  CHECK(scored({"4.0"}) == "greylist 4.0: A(4.00)");
  CHECK(scored({"6"}) == "add header 6.0: A(6.00)");
  CHECK(scored({"14.9", "0.1"}) == "reject 15.0: A(14.90) B(0.10)");
}

TEST_CASE("score: the action is the most severe one that is reached") {
  const std::vector<std::pair<std::string, std::string>> kTable{
      {"3.9", "no action"},       {"4.0", "greylist"},     {"5.9", "greylist"},
      {"6.0", "add header"},      {"7.9", "add header"},   {"8.0", "rewrite subject"},
      {"9.9", "rewrite subject"}, {"10.0", "soft reject"}, {"15.0", "reject"}};
  for (const auto& [points, action] : kTable)
    CHECK(name(verdict_of({points}, kAll).action) == action);
  // Thresholds need not rise with severity.
  CHECK(scored({"5.0"}, {"actions={add_header=6, soft_reject=5}"}) == "soft reject 5.0: A(5.00)");
}

TEST_CASE("score: a threshold that is off is reached by nothing") {
  CHECK(scored({"9000.0"}, {"actions.reject=false"}) == "add header 9000.0: A(9000.00)");
  CHECK(scored({"-1.0"}, {"actions.greylist=-2"}) == "greylist -1.0: A(-1.00)");
}

TEST_CASE("score: totals are bounded, and the lines still add up") {
  CHECK(scored({"9999.9", "0.1"}) == "reject 9999.9: A(9999.90) B(0.10) ROUNDING(-0.10)");
  CHECK(scored({"-9999.9", "-9999.9"}) == "no action -9999.9: A(-9999.90) B(-9999.90) ROUNDING(9999.90)");
}

TEST_CASE("score: a weighted hit is rounded to a tenth, half away from zero") {
  CHECK(weighted_by("1.0", {0.25}) == "no action 0.3: A(0.30)");
  CHECK(weighted_by("-1.0", {0.25}) == "no action -0.3: A(-0.30)");
  CHECK(weighted_by("1.0", {0.24}) == "no action 0.2: A(0.20)");
  CHECK(weighted_by("0.35", {3}) == "no action 1.1: A(1.10)");
  CHECK(weighted_by("2.5", {0}) == "no action 0.0: A(0.00)");
  CHECK(weighted_by("0.01", {1}) == "no action 0.0: A(0.01) ROUNDING(-0.01)");
}

TEST_CASE("score: hits of one symbol are one line") {
  CHECK(weighted_by("1.0", {1, 1, 0.5}) == "no action 2.5: A(2.50)");
}

TEST_CASE(
    "score: the second number is the configured threshold, else the highest that is on, else the bound") {
  const auto required = [](const test::Options& options) {
    const conf::Config config = test::load_options(options, test::Rules::none).config;
    return to_tenths(required_points(config.actions, config.exim.required));
  };
  CHECK(required({}) == "15.0");
  CHECK(required({"exim.required=add header"}) == "6.0");
  CHECK(required({"exim.required=soft reject"}) == "15.0");
  CHECK(required({"actions.reject=false"}) == "6.0");
  CHECK(required({"actions={greylist=false, add_header=false, reject=false}"}) == "9999.9");
}

TEST_CASE("score: a decision stands above the points") {
  const auto plan = test::bare_plan({"rules.A={header=\"X\", exists=true, score=20.0}"});
  const auto scan = test::fresh_scan(*plan);
  scan->add("A");
  scan->decide({Action::no_action, "A", ""});
  scan->decide({Action::reject, "B", "too late"});
  CHECK(rendered(score(*plan, *scan)) == "no action 20.0: A(20.00) (by A)");
}

TEST_CASE("score: a check that was late defers the mail only where that is configured") {
  for (const bool defer : {false, true}) {
    const auto plan = test::bare_plan({fmt::format("actions.soft_reject_on_timeout={}", defer)});
    const auto scan = test::fresh_scan(*plan);
    scan->late = {"spf", "lists"};
    const Verdict verdict = score(*plan, *scan);
    CHECK(rendered(verdict) == (defer ? "soft reject 0.0: CHECK_LATE(0.00)[spf, lists] (by CHECK_LATE)"
                                      : "no action 0.0: CHECK_LATE(0.00)[spf, lists]"));
    CHECK(verdict.message == (defer ? "Try again later" : ""));
  }
}

TEST_CASE("score: a late check does not soften a rejection") {
  const auto plan = test::bare_plan(
      {"actions.soft_reject_on_timeout=true", "rules.A={header=\"X\", exists=true, score=20.0}"});
  const auto scan = test::fresh_scan(*plan);
  scan->add("A");
  scan->late = {"spf"};
  CHECK(rendered(score(*plan, *scan)) == "reject 20.0: A(20.00) CHECK_LATE(0.00)[spf]");
}

TEST_CASE("score: a mail that was not scanned gets the configured action and no points") {
  const auto lenient = test::load_options({}, test::Rules::none).config;
  CHECK(rendered(failure_verdict(lenient, "overload")) ==
        "no action 0.0: NOT_SCANNED(0.00)[overload] (by NOT_SCANNED)");
  const auto strict = test::load_options({"actions.on_failure=soft reject"}, test::Rules::none).config;
  CHECK(rendered(failure_verdict(strict, "overload")) ==
        "soft reject 0.0: NOT_SCANNED(0.00)[overload] (by NOT_SCANNED)");
  CHECK(rendered(passing_verdict(strict, "LIMIT_MESSAGE", "over 5 bytes")) ==
        "no action 0.0: LIMIT_MESSAGE(0.00)[over 5 bytes]");
}

TEST_CASE("score: every service symbol has no points and a sentence") {
  for (const Symbol& symbol : service_symbols()) {
    CHECK(symbol.score == Points{});
    CHECK_FALSE(symbol.about.empty());
  }
}
