// From the counts of a message's tokens to the probability that it is spam. Each known token gives the
// logarithm of how much more often it was in spam than in ham. Those of one group (TokenGroup) are averaged,
// the strong ones counting most; then the groups are averaged by the square root of what they know. An
// average and no sum: tokens of one message are far from independent, and a long message knows no better than
// a short one. Compared with Robinson-Fisher and naive Bayes in tests/bench/bayes.cpp. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/bayes/token_table.h"

namespace xspamd {

// Messages that were learned.
struct LearnedTotals {
  std::uint64_t ham = 0;
  std::uint64_t spam = 0;
};

// Fewer messages of either class than this say little.
inline constexpr std::uint64_t kEnoughLearned = 200;
constexpr bool is_trained(const LearnedTotals& totals, std::uint64_t enough = kEnoughLearned) {
  return totals.ham >= enough && totals.spam >= enough;
}

// How much more likely the token is in spam, as a natural logarithm: positive for spam, 0 when nothing is
// known. Within +-kMostLogOdds. What a class of which little was learned could not show yet counts for less:
// learning much more of one class does not tilt it.
double token_log_odds(const TokenCounts& counts, const LearnedTotals& totals);
inline constexpr double kMostLogOdds = 6;

struct DecidingToken {
  std::size_t index = 0;  // in the list of tokens
  double log_odds = 0;
  double share = 0;  // of the mean log odds of the message
};

struct Classification {
  double probability = 0.5;             // of spam, 0 to 1; 0.5 knows nothing
  double log_odds = 0;                  // mean, within +-kMostLogOdds
  std::size_t known = 0;                // tokens that were ever learned
  std::vector<DecidingToken> deciding;  // the largest shares first
};

// `counts` belongs to `tokens`, one by one. Totals of 0 for a class: knows nothing. Counts above the totals
// (a store that lost some) count as the totals. `deciding`: how many tokens to tell.
Classification classify(std::span<const std::uint64_t> tokens, std::span<const TokenCounts> counts,
                        const LearnedTotals& totals, std::size_t deciding = 0);

}  // namespace xspamd
