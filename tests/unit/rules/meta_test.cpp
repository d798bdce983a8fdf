#include "rules/meta.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;
using test::rendered;

namespace {

constexpr std::int64_t kMost = 9'223'372'036'854'775'807;

// The value of an expression where A to D are 1 to 4 and Z is 0; or why it is refused. An unknown A is 0
// or 1.
std::string value(std::string_view text, bool unknown_a = false) {
  const auto slot = [](std::string_view name) -> Result<std::size_t> {
    if (name == "Z") return std::size_t{0};
    if (name.size() == 1 && name[0] >= 'A' && name[0] <= 'D')
      return static_cast<std::size_t>(name[0] - 'A' + 1);
    return fail(Errc::not_found, "unknown");
  };
  const auto compiled = Expression::compile(text, slot);
  if (!compiled) return compiled.error().sentence;
  std::vector<Expression::Range> values;
  for (const std::int64_t each : {0, 1, 2, 3, 4})
    values.push_back({each, each});
  if (unknown_a) values[1] = {0, 1};
  std::vector<Expression::Range> stack;
  const auto [low, high] = compiled->value(values, stack);
  return low == high ? std::to_string(low) : fmt::format("{} to {}", low, high);
}

// Rules for the fields X-A to X-D, each worth its number of points, and a part __P for X-P.
test::Options with_rules(test::Options options) {
  int points = 0;
  for (const char c : {'A', 'B', 'C', 'D'}) {
    options.push_back(fmt::format("rules.{}={{header=\"X-{}\", exists=true, score={}.0}}", c, c, ++points));
  }
  options.emplace_back("rules.__P={header=\"X-P\", match='p', max_hits=5}");
  return options;
}

// The verdict on a message that has these fields ("AB": X-A and X-B).
std::string verdict(std::string_view fields, const test::Options& options) {
  const auto plan = test::bare_plan(with_rules(options));
  std::string message;
  for (const char c : fields)
    message += fmt::format("X-{}: p\n", c);
  const auto scan = test::scan_with(plan, test::request_of(message + "\n"));
  const Verdict result = score(*plan, *scan);
  Points sum;
  for (const Score& line : result.scores)
    sum += line.value;
  CHECK(sum == result.score);
  return rendered(result);
}

std::string problems(const test::Options& options) {
  return test::plan_problems(all_checks(), with_rules(options));
}

}  // namespace

TEST_CASE("meta: every operator computes, in all its spellings") {
  const std::vector<std::pair<const char*, const char*>> kTable{
      {"7", "7"},      {"C", "3"},         {"!A", "0"},     {"!Z", "1"},        {"not Z", "1"},
      {"!!C", "1"},    {"not not C", "1"}, {"B * C", "6"},  {"B + C", "5"},     {"B - C", "-1"},
      {"A < B", "1"},  {"B < B", "0"},     {"B <= B", "1"}, {"C <= B", "0"},    {"C > B", "1"},
      {"B > B", "0"},  {"B >= B", "1"},    {"A >= B", "0"}, {"B = 2", "1"},     {"B == 2", "1"},
      {"B = 3", "0"},  {"B != 3", "1"},    {"B != 2", "0"}, {"B & C", "1"},     {"B & Z", "0"},
      {"B && C", "1"}, {"Z | C", "1"},     {"Z || C", "1"}, {"Z | Z", "0"},     {"B and C", "1"},
      {"Z or C", "1"}, {"(C)", "3"},       {"A+B", "3"},    {" A\t+\nB ", "3"}, {"0010", "10"}};
  for (const auto& [text, expected] : kTable) {
    CAPTURE(text);
    CHECK(value(text) == expected);
  }
}

TEST_CASE("meta: operators bind from ! over * and + to comparisons, & and |") {
  const std::vector<std::pair<const char*, const char*>> kTable{
      {"!Z + Z", "1"},           {"!Z * 5", "5"},          {"!(Z + A)", "0"},    {"A + B * C", "7"},
      {"(A + B) * C", "9"},      {"D - B - A", "1"},       {"D - (B - A)", "3"}, {"A + B = C", "1"},
      {"A + (B = C)", "1"},      {"B * (A < B) + A", "3"}, {"A | A & Z", "1"},   {"(A | A) & Z", "0"},
      {"A & B > 5", "0"},        {"(A & B) > 5", "0"},     {"!Z = A", "1"},      {"!(Z = A)", "1"},
      {"Z & Z | A", "1"},        {"Z & (Z | A)", "0"},     {"not Z and Z", "0"}, {"A or B and Z", "1"},
      {"(A > Z) = (B > Z)", "1"}};
  for (const auto& [text, expected] : kTable) {
    CAPTURE(text);
    CHECK(value(text) == expected);
  }
}

TEST_CASE("meta: numbers are bounded instead of turning round") {
  const std::string most = std::to_string(kMost);
  CHECK(value(most) == most);
  CHECK(value(most + " + 1") == most);
  CHECK(value(fmt::format("0 - {} - 5", most)) == std::to_string(-kMost - 1));
  CHECK(value(most + " * 2") == most);
  CHECK(value(fmt::format("(0 - {}) * 2", most)) == std::to_string(-kMost - 1));
  CHECK(value(fmt::format("(0 - {}) * (0 - 2)", most)) == most);
  CHECK(value("9223372036854775808") == "at character 1: \"9223372036854775808\" is too large a number");
}

TEST_CASE("meta: what is no expression is refused at its place") {
  const std::vector<std::pair<const char*, const char*>> kTable{
      {"", "at character 1: it ends where a name or number is due"},
      {"A &", "at character 4: it ends where a name or number is due"},
      {"A B", "at character 3: an operator is missing before \"B\""},
      {"A (B)", "at character 3: an operator is missing before \"(\""},
      {"A ! B", "at character 3: an operator is missing before \"!\""},
      {"A ~ B", "at character 3: \"~\" is no operator"},
      {"A \xc3\xa4 B", "at character 3: \"\xc3\xa4\" is no operator"},
      {"& A", "at character 1: \"&\" stands where a name or number is due"},
      {"-1", "at character 1: \"-\" stands where a name or number is due"},
      {"A and or B", "at character 7: \"or\" stands where a name or number is due"},
      {"()", "at character 2: \")\" stands where a name or number is due"},
      {"(A", "at character 1: this ( is never closed"},
      {"A)", "at character 2: this ) closes nothing"},
      {"1.5", "at character 2: \".\" is no operator"},
      {"2B", "at character 1: \"2B\" is neither a number nor a name"},
      {"A & X", "at character 5: unknown"},
      {"A < B < C",
       "at character 7: a comparison of a comparison: join them by & or put one in parentheses"}};
  for (const auto& [text, expected] : kTable) {
    CAPTURE(text);
    CHECK(value(text) == expected);
  }
}

TEST_CASE("meta: depth and length have limits, and no chain of operators is deep") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "A" + std::string(depth, ')');
  };
  CHECK(value(nested(Expression::kMaxDepth)) == "1");
  CHECK(value(nested(Expression::kMaxDepth + 1)) == "at character 201: it nests deeper than 200");
  CHECK(value(std::string(Expression::kMaxDepth + 1, '!') + "A") ==
        "at character 201: it nests deeper than 200");
  std::string chain = "A";
  for (int i = 1; i < 10'000; ++i)
    chain += " + A";
  CHECK(value(chain) == "10000");
  CHECK(value(std::string(Expression::kMaxLength + 1, ' ')) == "it has more than 65536 characters");
}

TEST_CASE("meta: a combination of symbols adds one of its own") {
  const test::Options options{"metas.M={when=\"A & !B\", score=2.5, about=\"x\"}"};
  CHECK(verdict("A", options) == "no action 3.5: M(2.50) A(1.00)");
  CHECK(verdict("AB", options) == "no action 3.0: B(2.00) A(1.00)");
}

TEST_CASE("meta: a symbol counts as often as it hit, and a part counts though it is not shown") {
  const test::Options options{"metas.M={when=\"__P >= 2\", score=1.0}"};
  CHECK(verdict("P", options) == "no action 0.0:");
  CHECK(verdict("PP", options) == "no action 1.0: M(1.00)");
}

TEST_CASE("meta: metas use metas, whatever their names, and parts of them are not shown") {
  CHECK(
      verdict("A", {"metas.K={when=\"L & __Q = 1\", score=1.0}", "metas.L={when=\"Z1 + Z1 = 2\", score=0.5}",
                    "metas.Z1={when=\"A + 5\"}", "metas.__Q={when=\"Z1\", score=9.0}"}) ==
      "no action 2.5: A(1.00) K(1.00) L(0.50) Z1(0.00)");
}

TEST_CASE("meta: what is disabled counts nothing") {
  CHECK(verdict("AB", {"rules.A.enabled=false", "metas.M={when=\"A\", score=1.0}",
                       "metas.N={when=\"!A & !O\", score=0.5}", "metas.O={when=\"B\", enabled=false}"}) ==
        "no action 2.5: B(2.00) N(0.50)");
}

TEST_CASE("meta: shadows are seen by shadows alone, and act on nothing") {
  CHECK(verdict("AB", {"rules.A.shadow=true", "metas.M={when=\"A\", score=1.0}",
                       "metas.S={when=\"A\", score=1.0, shadow=true, take=[\"B\"], action=\"reject\"}",
                       "metas.T={when=\"S\", score=1.0, shadow=true}", "metas.U={when=\"S\", score=1.0}"}) ==
        "no action 2.0: B(2.00) A(0.00)[shadow] S(0.00)[shadow] T(0.00)[shadow]");
}

TEST_CASE("meta: what a meta takes has no points, what it removes is gone, and the rest adds up") {
  CHECK(verdict("ABC", {"metas.M={when=\"A & B\", score=0.5, take=[\"B\"], remove=[\"C\"]}"}) ==
        "no action 1.5: A(1.00) M(0.50) B(0.00)[taken by M]");
  CHECK(verdict("ABC", {"metas.M={when=\"A & Q\", score=0.5, take=[\"B\"]}", "metas.Q={when=\"Z\"}",
                        "metas.Z={when=\"A > 1\"}"}) == "add header 6.0: C(3.00) B(2.00) A(1.00)");
}

TEST_CASE("meta: what one meta has taken is not given again, even when that one is taken") {
  CHECK(verdict("AB", {"metas.M={when=\"A\", score=0.5, take=[\"A\"]}",
                       "metas.N={when=\"B\", take=[\"A\", \"M\"]}"}) ==
        "no action 2.0: B(2.00) A(0.00)[taken by M] M(0.00)[taken by N] N(0.00)");
  // Metas look at hits, not at points: order makes no difference.
  CHECK(verdict("A", {"metas.M={when=\"A\", score=0.5, remove=[\"A\"]}",
                      "metas.N={when=\"A\", score=0.1}"}) == "no action 0.6: M(0.50) N(0.10)");
}

TEST_CASE("meta: an action of a meta stands above the score, the most severe first") {
  const test::Options options{"metas.M={when=\"A\", action=\"discard\", message=\"go\"}",
                              "metas.N={when=\"A & B\", action=\"no action\"}",
                              "metas.L={when=\"B\", action=\"no action\"}"};
  CHECK(verdict("A", options) == "discard 1.0: A(1.00) M(0.00) (by M)");
  CHECK(verdict("AB", options) == "discard 3.0: B(2.00) A(1.00) L(0.00) M(0.00) N(0.00) (by M)");
  CHECK(verdict("B", options) == "no action 2.0: B(2.00) L(0.00) (by L)");
}

TEST_CASE("meta: a scan that was cut short has no metas") {
  const auto plan = test::bare_plan({"metas.M={when=\"!GTUBE | GTUBE\", score=1.0}"});
  const std::string gtube = "\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n";
  CHECK(rendered(score(*plan, *test::scan_with(plan, test::request_of(gtube)))) ==
        "reject 15.0: GTUBE(15.00) (by GTUBE)");
  CHECK(rendered(score(*plan, *test::scan_with(plan, test::request_of("\nx\n")))) ==
        "no action 1.0: M(1.00)");
}

TEST_CASE("meta: [scores] holds for metas too") {
  CHECK(verdict("A", {"metas.M={when=\"A\", score=1.0}", "scores.M=-0.5"}) ==
        "no action 0.5: A(1.00) M(-0.50)");
}

TEST_CASE("meta: metas that use each other are refused with the whole chain") {
  CHECK(problems({"metas.K={when=\"L\"}", "metas.L={when=\"A | M\"}", "metas.M={when=\"K & B\"}",
                  "metas.OUT={when=\"K\"}"}) == "-o: meta K: when: metas use each other: K -> L -> M -> K");
  CHECK(problems({"metas.K={when=\"!K\"}"}) == "-o: meta K: when: metas use each other: K -> K");
  CHECK(problems({"metas.K={when=\"L\"}", "metas.L={when=\"K\"}", "metas.R={when=\"S\"}",
                  "metas.S={when=\"R\"}"}) ==
        "-o: meta K: when: metas use each other: K -> L -> K\n-o: meta R: when: metas use each other: R -> S "
        "-> R");
}

TEST_CASE("meta: unknown names are refused with the nearest") {
  CHECK(problems({"metas.M={when=\"A & GTUBES\"}"}) ==
        "-o: meta M: when: at character 5: no symbol is called \"GTUBES\", did you mean GTUBE?");
  CHECK(problems({"metas.M={when=\"__PARTS_OF\"}", "rules.__PART_OF={header=\"X\", exists=true}"}) ==
        "-o: meta M: when: at character 1: no symbol is called \"__PARTS_OF\", did you mean __PART_OF?");
  CHECK(problems({"metas.M={when=\"A\", take=[\"GTUB\"]}"}) ==
        "-o: meta M: take: no symbol is called \"GTUB\", did you mean GTUBE?");
  CHECK(problems({"metas.M={when=\"A\", remove=[\"GTUB\"]}"}) ==
        "-o: meta M: remove: no symbol is called \"GTUB\", did you mean GTUBE?");
}

TEST_CASE("meta: a meta cannot take a part, itself or the name of a rule") {
  CHECK(problems({"metas.M={when=\"A\", take=[\"__P\"]}"}) ==
        "-o: meta M: take: __P is a part, which is never shown or scored");
  CHECK(problems({"metas.M={when=\"A\", take=[\"M\"]}"}) == "-o: meta M: take: it names itself");
  CHECK(problems({"metas.B={when=\"A\"}"}) == "-o: meta B: a rule, map or check has a symbol of this name");
  CHECK(problems({"metas.__P={when=\"A\"}"}) ==
        "-o: meta __P: a rule, map or check has a symbol of this name");
}

TEST_CASE("meta: what depends on a symbol that could not be learned is not certain, and nothing else") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"A", "0 to 1"},     {"!A", "0 to 1"},         {"A & B", "0 to 1"},  {"A & Z", "0"},
      {"A | B", "1"},      {"A | Z", "0 to 1"},      {"B & !A", "0 to 1"}, {"A + B", "2 to 3"},
      {"A + B >= 2", "1"}, {"A + B >= 3", "0 to 1"}, {"A + B > 3", "0"},   {"B - A", "1 to 2"},
      {"A * D", "0 to 4"}, {"A = 2", "0"},           {"A != 2", "1"},      {"A = 1", "0 to 1"},
      {"A < 2", "1"},      {"A <= 0", "0 to 1"},     {"!(A & Z)", "1"},    {"(A | B) & C", "1"},
  };
  for (const auto& [text, want] : cases) {
    INFO(text);
    CHECK(value(text, true) == want);
  }
}
