#include "rules/learn/reputation.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace xspamd;
using namespace std::chrono_literals;
using std::chrono::sys_seconds;

namespace {

const Identity kHost{IdentityKind::ip, "192.0.2.1"};
constexpr auto kWeek = std::chrono::seconds(24h * 7);

std::string keys_at(sys_seconds now, std::chrono::seconds half_life = kWeek) {
  std::string text;
  for (const StoreKey& key : reputation_keys(kHost, window_at(now, half_life)))
    text += (text.empty() ? "" : " ") + key.id;
  return text;
}

std::optional<StoreEntry> entry(std::int64_t ham, std::int64_t spam) {
  return StoreEntry{{ham, spam}, "", {}};
}

Reputation counted(double ham, double spam) {
  return {ham, spam};
}

struct Line {
  const char* symbol;
  const char* group;
  std::int64_t thousandths;
};

Verdict verdict_of(const std::vector<Line>& lines, Action action = Action::no_action) {
  Verdict verdict;
  verdict.thresholds = {
      {Action::greylist, Points{4000}}, {Action::add_header, Points{6000}}, {Action::reject, Points{15000}}};
  verdict.action = action;
  for (const Line& line : lines) {
    verdict.scores.push_back({line.symbol, line.group, "", Points{line.thousandths}, {}});
    verdict.score += Points{line.thousandths};
  }
  return verdict;
}

std::string counts_as(const Verdict& verdict, Points ham_below = Points{2000}) {
  const auto which = counted_class(verdict, ham_below);
  return !which ? "nothing" : *which == Tell::Class::spam ? "spam" : "ham";
}

}  // namespace

TEST_CASE("reputation: the keys are those of the newest four windows") {
  CHECK(keys_at(sys_seconds(kWeek * 100)) ==
        "ip:192.0.2.1:100 ip:192.0.2.1:99 ip:192.0.2.1:98 ip:192.0.2.1:97");
  CHECK(keys_at(sys_seconds(kWeek * 100 - 1s)) == keys_at(sys_seconds(kWeek * 99)));
  CHECK(keys_at(sys_seconds(10h), 1h) == "ip:192.0.2.1:10 ip:192.0.2.1:9 ip:192.0.2.1:8 ip:192.0.2.1:7");
  CHECK(keys_at(sys_seconds(3s), 0s) == "ip:192.0.2.1:3 ip:192.0.2.1:2 ip:192.0.2.1:1 ip:192.0.2.1:0");
}

TEST_CASE("reputation: the longest identity has keys that a store takes") {
  const Identity longest{IdentityKind::dkim, std::string(kMostValue, 'x')};
  const Window window{1s, std::numeric_limits<std::int64_t>::min() + 3};
  for (const StoreKey& key : reputation_keys(longest, window))
    CHECK(key.id.size() <= StoreKey::kMostId);
}

TEST_CASE("reputation: a message is one of its class and is kept until its window says nothing") {
  const Window window = window_at(sys_seconds(kWeek * 100 + 5s), kWeek);
  const Delta spam = reputation_delta(kHost, Tell::Class::spam, window);
  CHECK(spam.key == reputation_keys(kHost, window)[0]);
  CHECK(spam.key.space == Space::reputation);
  CHECK(spam.add == Counts{0, 1});
  CHECK(reputation_delta(kHost, Tell::Class::ham, window).add == Counts{1, 0});
  // Of the first moment at which no key is that of window 100.
  CHECK(spam.expires == sys_seconds(kWeek * 104));
  CHECK(keys_at(spam.expires - 1s).find(spam.key.id) != std::string::npos);
  CHECK(keys_at(spam.expires).find(spam.key.id) == std::string::npos);
}

TEST_CASE("reputation: a window counts half of the one after it") {
  const std::vector<std::optional<StoreEntry>> entries{entry(80, 8), entry(80, 8), std::nullopt,
                                                       entry(80, 16)};
  CHECK(reputation_of(entries) == counted(80 + 40 + 10, 8 + 4 + 2));
  const std::vector<std::optional<StoreEntry>> more{4, entry(8, 0)};
  auto five = more;
  five.push_back(entry(1000, 1000));
  CHECK(reputation_of(five) == counted(15, 0));
  CHECK(reputation_of({}) == counted(0, 0));
}

TEST_CASE("reputation: few messages say little, many nearly all") {
  struct Row {
    double ham, spam, strength;
  };
  const Row rows[] = {
      {0, 0, 0},       {0, 1, 0.091},   {0, 10, 0.5},     {0, 20, 0.667},    {0, 100, 0.909},
      {0, 1e6, 1},     {10, 90, 0.727}, {50, 50, 0},      {500, 500, 0},     {1, 0, 0},
      {10, 0, 0},      {40, 0, 0},      {100, 0, -0.545}, {1000, 0, -0.95},  {1e6, 0, -1},
      {95, 5, -0.091}, {88, 12, 0},     {900, 100, 0},    {990, 10, -0.851},
  };
  for (const Row& row : rows) {
    INFO(row.ham << " ham, " << row.spam << " spam");
    CHECK(counted(row.ham, row.spam).strength() == Approx(row.strength).margin(0.001));
  }
}

TEST_CASE("reputation: its strength stays within one, and grows with the share of spam") {
  double last = -2;
  for (int spam = 0; spam <= 1000; ++spam) {
    const double strength = counted(1000 - spam, spam).strength();
    CHECK(strength >= last);
    CHECK(std::abs(strength) <= 1);
    last = strength;
  }
  const auto most = static_cast<double>(std::numeric_limits<std::int64_t>::max());
  CHECK(std::abs(counted(most, most).strength()) < 1e-9);
  CHECK(counted(0, most).strength() <= 1);
}

TEST_CASE("reputation: a share of none or all is one of none or all") {
  struct Row {
    double ham, spam;
    const char* text;
  };
  const Row rows[] = {{299, 41, "12% of 340"}, {20, 0, "0% of 20"},     {0, 20, "100% of 20"},
                      {999, 1, "1% of 1000"},  {1, 999, "99% of 1000"}, {0, 0, "0% of 0"},
                      {2.5, 2.5, "50% of 5"}};
  for (const Row& row : rows)
    CHECK(share_text(counted(row.ham, row.spam)) == row.text);
}

TEST_CASE("reputation: its own points do not count, nor what comes of them") {
  const Verdict verdict = verdict_of({{"A", "content", 5250},
                                      {"IP_REPUTATION_SPAM", "reputation", 4000},
                                      {"SPF_REPUTATION_HAM", "reputation", -700},
                                      {"CAP_REPUTATION", "service", -1000},
                                      {"ROUNDING", "service", -50}});
  CHECK(score_without_reputation(verdict) == Points{5200});
  CHECK(score_without_reputation(verdict_of({{"A", "", -50}})) == Points{-100});
  CHECK(score_without_reputation(verdict_of({{"A", "", 99'999'900}})) == kMaxPoints);
  CHECK(score_without_reputation(verdict_of({})) == Points{});
}

TEST_CASE("reputation: mail counts as what it is by itself") {
  struct Row {
    const char* why;
    Verdict verdict;
    const char* counts;
  };
  const Row rows[] = {
      {"nothing hit", verdict_of({}), "ham"},
      {"below", verdict_of({{"A", "", 1900}}), "ham"},
      {"not below", verdict_of({{"A", "", 2000}}), "nothing"},
      {"between", verdict_of({{"A", "", 5900}}, Action::greylist), "nothing"},
      {"a header is added", verdict_of({{"A", "", 6000}}, Action::add_header), "spam"},
      {"refused", verdict_of({{"A", "", 20000}}, Action::reject), "spam"},
      {"rounding does not make it spam", verdict_of({{"A", "", 5999}}, Action::greylist), "nothing"},
      {"spam by its reputation alone",
       verdict_of({{"A", "", 1000}, {"IP_REPUTATION_SPAM", "reputation", 8000}}, Action::add_header), "ham"},
      {"half by its reputation",
       verdict_of({{"A", "", 5000}, {"IP_REPUTATION_SPAM", "reputation", 2000}}, Action::add_header),
       "nothing"},
      {"ham by its reputation alone",
       verdict_of({{"A", "", 6500}, {"IP_REPUTATION_HAM", "reputation", -6500}}), "spam"},
      {"put off: it comes again", verdict_of({{"A", "", 20000}}, Action::soft_reject), "nothing"},
      {"put off by its reputation alone", verdict_of({{"A", "reputation", 9000}}, Action::soft_reject),
       "ham"},
  };
  for (const Row& row : rows) {
    INFO(row.why);
    CHECK(counts_as(row.verdict) == row.counts);
  }
}

TEST_CASE("reputation: what something else than the score decided counts as nothing") {
  for (const double points : {0, 20}) {
    Verdict verdict = verdict_of({{"A", "", static_cast<std::int64_t>(points * 1000)}});
    verdict.forced_by = "BLOCKED";
    CHECK(counts_as(verdict) == "nothing");
  }
}

TEST_CASE("reputation: the thresholds in force decide, and the bound for ham is one's own") {
  Verdict verdict = verdict_of({{"A", "", 7000}});
  verdict.thresholds = {{Action::reject, Points{25000}}};
  CHECK(counts_as(verdict) == "nothing");
  CHECK(counts_as(verdict, Points{8000}) == "ham");
  verdict.thresholds = {};
  CHECK(counts_as(verdict) == "nothing");
  verdict.thresholds = {{Action::greylist, Points{7000}}};
  CHECK(counts_as(verdict, Points{8000}) == "nothing");
  verdict.thresholds = {{Action::rewrite_subject, Points{7000}}};
  CHECK(counts_as(verdict, Points{8000}) == "spam");
}
