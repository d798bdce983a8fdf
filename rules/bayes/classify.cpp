#include "rules/bayes/classify.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "rules/bayes/token_set.h"

namespace xspamd {

namespace {

// Messages that are taken to have had each token before any was learned, shared between the classes as what
// was learned is: a token of one message is told from one of many, an unknown one says nothing.
constexpr double kPrior = 0.1;

// From a mean of log odds to those of the message: its groups know apart from each other, so together they
// are surer than their mean. Of 0.6 to 2.5 the value whose probabilities were right most often (least log
// loss: 0.045, at 1 0.063, at 2 0.047) when each half of 1,512 messages was judged by what the other taught.
constexpr double kSteepness = 1.5;

// Of the class of which more was learned more words are known, so messages look like it: in trials with 2 to
// 12 times as much of one class the point between ham and spam lay 0.6 to 1.6 times the logarithm of the
// ratio off.
constexpr double kLean = 0.75;
constexpr double kMostRatio = 10;

constexpr std::size_t kGroups = bayes::kGroupBits + 1;

// The strong count most: of tokens with twice the log odds each counts eight times.
double weight_of(double log_odds) {
  return log_odds * log_odds * std::abs(log_odds);
}

struct GroupSums {
  double weights = 0;
  double weighted = 0;  // log odds
};
using Groups = std::array<GroupSums, kGroups>;

double lean(const LearnedTotals& totals) {
  const double ratio = static_cast<double>(totals.ham) / static_cast<double>(totals.spam);
  return kLean * std::log(std::clamp(ratio, 1 / kMostRatio, kMostRatio));
}

// The most convincing, as shares of the mean.
std::vector<DecidingToken> find_deciding(std::span<const std::uint64_t> tokens, std::vector<double> log_odds,
                                         const Groups& groups, double whole, std::size_t most) {
  std::vector<DecidingToken> found;
  for (std::size_t i = 0; i < log_odds.size(); ++i) {
    if (log_odds[i] == 0) continue;
    const double group = std::sqrt(groups[bayes::group_index(tokens[i])].weights);
    found.push_back({i, log_odds[i], weight_of(log_odds[i]) * log_odds[i] / (group * whole)});
  }
  const auto stronger = [](const DecidingToken& a, const DecidingToken& b) {
    return std::abs(a.share) != std::abs(b.share) ? std::abs(a.share) > std::abs(b.share) : a.index < b.index;
  };
  most = std::min(most, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(most), found.end(), stronger);
  found.resize(most);
  return found;
}

}  // namespace

double token_log_odds(const TokenCounts& counts, const LearnedTotals& totals) {
  if (totals.ham == 0 || totals.spam == 0) return 0;
  const auto all_ham = static_cast<double>(totals.ham);
  const auto all_spam = static_cast<double>(totals.spam);
  const double ham = std::min<double>(counts.ham, all_ham);
  const double spam = std::min<double>(counts.spam, all_spam);
  const double prior = kPrior / (all_ham + all_spam);
  const double odds = std::log((spam / all_spam + prior) / (ham / all_ham + prior));
  // How many messages of the other class would have had it were it as usual there.
  const double expected = odds < 0 ? ham * all_spam / all_ham : spam * all_ham / all_spam;
  return std::clamp(odds, -kMostLogOdds, kMostLogOdds) * std::min(1.0, expected);
}

Classification classify(std::span<const std::uint64_t> tokens, std::span<const TokenCounts> counts,
                        const LearnedTotals& totals, std::size_t deciding) {
  Classification result;
  Groups groups{};
  std::vector<double> log_odds(std::min(tokens.size(), counts.size()));
  for (std::size_t i = 0; i < log_odds.size(); ++i) {
    if (counts[i] == TokenCounts{}) continue;
    ++result.known;
    log_odds[i] = token_log_odds(counts[i], totals);
    GroupSums& group = groups[bayes::group_index(tokens[i])];
    group.weights += weight_of(log_odds[i]);
    group.weighted += weight_of(log_odds[i]) * log_odds[i];
  }
  double whole = 0;
  double sum = 0;
  for (const GroupSums& group : groups) {
    if (group.weights <= 0) continue;
    const double weight = std::sqrt(group.weights);
    whole += weight;
    sum += group.weighted / weight;  // the group's mean times its weight
  }
  if (whole <= 0) return result;
  result.log_odds = sum / whole + lean(totals);
  result.probability = 1 / (1 + std::exp(-kSteepness * result.log_odds));
  if (deciding > 0) result.deciding = find_deciding(tokens, std::move(log_odds), groups, whole, deciding);
  return result;
}

}  // namespace xspamd
