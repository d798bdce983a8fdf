#include "rules/learn/autolearn.h"

#include <catch2/catch.hpp>

#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

using namespace xspamd;

namespace {

Score score(std::string symbol, std::string group, std::int64_t thousandths) {
  Score one;
  one.symbol = std::move(symbol);
  one.group = std::move(group);
  one.value = Points{thousandths};
  return one;
}

const std::vector<Score> kSpam{score("A", "headers", 7000), score("B", "urls", 6000)};
const std::vector<Score> kHam{score("D", "dkim", -200)};

class Clear {
 public:
  Clear() : plan_(test::bare_plan({})), scan_(test::fresh_scan(*plan_)) { learn.autolearn = true; }

  std::string_view of(std::vector<Score> scores, LearnedTotals learned = {}) {
    verdict.scores = std::move(scores);
    return name(autolearn_class(*scan_, verdict, learn, learned));
  }
  Scan& scan() { return *scan_; }

  conf::Learn learn;
  Verdict verdict;

 private:
  std::shared_ptr<const Plan> plan_;
  std::unique_ptr<Scan> scan_;
};

std::vector<Score> with(std::vector<Score> scores, Score one) {
  scores.push_back(std::move(one));
  return scores;
}

}  // namespace

TEST_CASE("autolearn: what is clear is learned, where it is asked for") {
  Clear clear;
  CHECK(clear.of(kSpam) == "spam");
  CHECK(clear.of(kHam) == "ham");
  CHECK(clear.of({}) == "ham");
  CHECK(clear.of({score("A", "headers", 1)}) == "no");
  CHECK(clear.of({score("A", "headers", 5999), score("B", "urls", 6000)}) == "no");
  clear.learn.autolearn_spam = Points{11'999};
  CHECK(clear.of({score("A", "headers", 5999), score("B", "urls", 6000)}) == "spam");
  clear.learn.autolearn = false;
  CHECK(clear.of(kSpam) == "disabled");
}

TEST_CASE("autolearn: spam is shown by two groups") {
  Clear clear;
  CHECK(clear.of({score("A", "headers", 7000), score("B", "headers", 7000)}) == "no");
  CHECK(clear.of({score("A", "headers", 10'000), score("B", "urls", 2999)}) == "no");
  CHECK(clear.of({score("A", "headers", 10'000), score("B", "urls", 3000)}) == "spam");
}

TEST_CASE("autolearn: what was learned before is no evidence, and may contradict") {
  Clear clear;
  const Score sure = score("BAYES_SPAM", "statistics", 5100);
  CHECK(clear.of({score("A", "headers", 4000), score("B", "urls", 4000), sure}) == "no");
  CHECK(clear.of({score("A", "headers", 4000), score("B", "urls", 4000), score("R", "reputation", 5000)}) ==
        "no");
  CHECK(clear.of(with(kSpam, sure)) == "spam");
  CHECK(clear.of(with(kHam, sure)) == "no");
  CHECK(clear.of(with(kSpam, score("BAYES_HAM", "statistics", -3000))) == "no");
  CHECK(clear.of({score("A", "urls", 500), score("BAYES_HAM", "statistics", -3000)}) == "no");
}

TEST_CASE("autolearn: no class runs far ahead of the other") {
  Clear clear;
  CHECK(clear.of(kHam, {99, 0}) == "ham");
  CHECK(clear.of(kHam, {100, 0}) == "no");
  CHECK(clear.of(kSpam, {100, 0}) == "spam");
  CHECK(clear.of(kHam, {1599, 1000}) == "ham");
  CHECK(clear.of(kHam, {1600, 1000}) == "no");
  CHECK(clear.of(kSpam, {1000, 1600}) == "no");
}

TEST_CASE("autolearn: nothing is learned of a scan that is not whole") {
  SECTION("a decision") {
    Clear clear;
    clear.verdict.forced_by = "GTUBE";
    CHECK(clear.of(kSpam) == "no");
  }
  SECTION("a check that was late") {
    Clear clear;
    clear.scan().late.push_back("dkim");
    CHECK(clear.of(kHam) == "no");
  }
  SECTION("a store that did not answer") {
    Clear clear;
    clear.scan().store_failed.insert("bayes");
    CHECK(clear.of(kHam) == "no");
  }
  SECTION("cut short") {
    Clear clear;
    clear.scan().cut_short = true;
    CHECK(clear.of(kHam) == "no");
  }
}
