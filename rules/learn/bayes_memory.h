// BayesMemory: what the classifier knows, in memory: the counts of all tokens and how many messages were
// learned. A copy of what the store keeps: loaded from it in the background at the start, then kept in step
// by the Learner. Loop thread, but for views, which any thread reads.
#pragma once

#include <span>
#include <string>

#include "rules/bayes/classify.h"
#include "rules/bayes/token_table.h"
#include "rules/store/store.h"

namespace xspamd {

class BayesMemory {
 public:
  // About 22 MB; what is learned beyond it is kept in the store and not looked at.
  static constexpr std::size_t kMostTokens = 1'000'000;

  enum class State { empty, loading, ready, failed };

  explicit BayesMemory(std::size_t most_tokens = kMostTokens);

  // Reads what the store has. What is learned meanwhile must wait: see Learner. May be called again after a
  // failure. The store must outlive it.
  Task<> load(Store& store);

  State state() const { return state_; }
  bool ready() const { return state_ == State::ready; }
  const std::string& why_not() const { return why_not_; }  // failed

  const LearnedTotals& totals() const { return totals_; }
  TokenTable::View view() const { return table_.view(); }
  std::size_t tokens() const { return table_.size(); }

  // One message more or less in a class: +1, -1 or 0.
  void apply(std::span<const std::uint64_t> tokens, int ham, int spam);

 private:
  TokenTable table_;
  LearnedTotals totals_;
  State state_ = State::empty;
  std::string why_not_;
};

// The id of a token's entry: its eight bytes, most significant first.
std::string token_id(std::uint64_t token);
std::uint64_t token_from(std::string_view id);  // 0 when it is none

}  // namespace xspamd
