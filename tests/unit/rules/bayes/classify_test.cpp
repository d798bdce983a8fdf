#include "rules/bayes/classify.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "rules/bayes/token_set.h"

using namespace xspamd;

namespace {

using Tokens = std::vector<std::uint64_t>;
using Counts = std::vector<TokenCounts>;

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

// Tokens of one group, as many as there are counts.
Classification of_words(const Counts& counts, const LearnedTotals& totals, std::size_t deciding = 0) {
  Tokens tokens;
  for (std::size_t i = 0; i < counts.size(); ++i)
    tokens.push_back((i + 1) << 4 | static_cast<std::uint64_t>(bayes::TokenGroup::words));
  return classify(tokens, counts, totals, deciding);
}

}  // namespace

TEST_CASE("bayes: what knows nothing says 0.5") {
  struct Case {
    const char* why;
    Counts counts;
    LearnedTotals totals;
  };
  const std::vector<Case> cases{
      {"no tokens", {}, {300, 300}},
      {"unknown tokens only", {{0, 0}, {0, 0}}, {300, 300}},
      {"unknown tokens only, more ham learned", {{0, 0}}, {3000, 300}},
      {"nothing learned", {{5, 5}}, {0, 0}},
      {"no ham learned", {{0, 5}}, {0, 300}},
      {"no spam learned", {{5, 0}}, {300, 0}},
      {"as often in both", {{30, 30}, {3, 3}}, {300, 300}},
      {"as often in both, as much as was learned of each", {{3000, 30}}, {30'000, 300}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Classification result = of_words(c.counts, c.totals, 3);
    CHECK(result.probability == Approx(0.5));
    CHECK(result.deciding.empty());
  }
}

TEST_CASE("bayes: words of spam make spam, words of ham make ham, and the classes mirror each other") {
  const Classification spam = of_words({{0, 40}, {2, 30}}, {300, 300});
  const Classification ham = of_words({{40, 0}, {30, 2}}, {300, 300});
  CHECK(spam.probability > 0.99);
  CHECK(ham.probability < 0.01);
  CHECK(spam.log_odds == Approx(-ham.log_odds));
  CHECK(spam.known == 2);
}

TEST_CASE("bayes: counts above the totals count as the totals") {
  for (const TokenCounts counts : {TokenCounts{0, kMost}, TokenCounts{0, 500}, TokenCounts{kMost, 0}}) {
    const TokenCounts all{std::min(counts.ham, 300U), std::min(counts.spam, 300U)};
    CHECK(of_words({counts}, {300, 300}).probability == of_words({all}, {300, 300}).probability);
  }
  CHECK(of_words({{kMost, kMost}}, {300, 300}).probability == Approx(0.5));
}

TEST_CASE("bayes: every result is a number, and log odds have bounds") {
  for (const std::uint64_t total : {std::uint64_t{1}, std::uint64_t{kMost}, ~std::uint64_t{0}}) {
    for (const std::uint32_t count : {1U, 1000U, kMost}) {
      for (const LearnedTotals totals :
           {LearnedTotals{total, 1}, LearnedTotals{1, total}, LearnedTotals{total, total}}) {
        const Classification result = of_words({{count, 0}, {0, count}, {count, count}}, totals, 3);
        CHECK(std::isfinite(result.log_odds));
        CHECK(result.probability >= 0);
        CHECK(result.probability <= 1);
        CHECK(std::abs(token_log_odds({count, 0}, totals)) <= kMostLogOdds);
        CHECK(std::abs(token_log_odds({0, count}, totals)) <= kMostLogOdds);
      }
    }
  }
}

TEST_CASE("bayes: a word seen more often is surer") {
  const LearnedTotals totals{300, 300};
  CHECK(token_log_odds({0, 1}, totals) > 0);
  CHECK(token_log_odds({0, 5}, totals) > token_log_odds({0, 1}, totals));
  CHECK(token_log_odds({5, 5}, totals) == Approx(0));
  CHECK(token_log_odds({1, 5}, totals) < token_log_odds({0, 5}, totals));
}

TEST_CASE("bayes: what was seen once among much ham says little where little spam was learned") {
  // Of 300 spam messages 0.3 would have had it.
  const double rare = token_log_odds({1, 0}, {300'000 / 300, 300});
  CHECK(rare < 0);
  CHECK(rare > token_log_odds({1, 0}, {300, 300}));
  // While none of 1000 ham messages having a word of spam says much.
  CHECK(token_log_odds({0, 1}, {1000, 300}) >= token_log_odds({0, 1}, {300, 300}));
}

TEST_CASE("bayes: a long message is no surer than a short one with the same words") {
  const Classification one = of_words({{0, 10}, {10, 0}, {0, 10}}, {300, 300});
  const Classification many = of_words({{0, 10}, {10, 0}, {0, 10}, {0, 10}, {10, 0}, {0, 10}}, {300, 300});
  CHECK(many.probability == Approx(one.probability));
}

TEST_CASE("bayes: sorts of tokens are weighed apart, so that many words do not drown a few links") {
  Tokens tokens;
  Counts counts;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    tokens.push_back(i << 4 | static_cast<std::uint64_t>(bayes::TokenGroup::words));
    counts.push_back({2, 1});
  }
  for (std::uint64_t i = 1; i <= 4; ++i) {
    tokens.push_back(i << 4 | static_cast<std::uint64_t>(bayes::TokenGroup::links));
    counts.push_back({0, 50});
  }
  CHECK(classify(tokens, counts, {300, 300}).probability > 0.99);
}

TEST_CASE("bayes: the deciding tokens are told, the strongest first, with their shares") {
  const Classification result = of_words({{0, 3}, {300, 300}, {0, 200}, {50, 0}, {0, 0}}, {300, 300}, 10);
  REQUIRE(result.deciding.size() == 3);
  CHECK(result.deciding[0].index == 2);
  CHECK(result.deciding[1].index == 3);
  CHECK(result.deciding[2].index == 0);
  CHECK(result.deciding[1].share < 0);
  double sum = 0;
  for (const DecidingToken& token : result.deciding)
    sum += token.share;
  CHECK(sum == Approx(result.log_odds));
  CHECK(of_words({{0, 3}, {0, 200}}, {300, 300}, 1).deciding.size() == 1);
}

TEST_CASE("bayes: enough has been learned when there is enough of both classes") {
  struct Case {
    LearnedTotals totals;
    bool trained;
  };
  for (const Case& c : {Case{{200, 200}, true}, Case{{199, 200}, false}, Case{{200, 199}, false},
                        Case{{100'000, 0}, false}, Case{{0, 0}, false}}) {
    INFO(c.totals.ham << " " << c.totals.spam);
    CHECK(is_trained(c.totals) == c.trained);
  }
  CHECK(is_trained({12, 12}, 12));
}

TEST_CASE("bayes: lists of different length are read as far as both go") {
  const Tokens tokens{17, 33, 49};
  const Counts counts{{0, 5}};
  CHECK(classify(tokens, counts, {300, 300}).known == 1);
}
