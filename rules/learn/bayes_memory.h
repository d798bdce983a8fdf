// BayesMemory: what the classifier knows, in memory: the counts of all tokens and how many messages each
// owner (rules/learn/owner.h) was taught. A copy of what the store keeps: loaded from it in the background at
// the start, then kept in step by the Learner. A store that other servers write to is not copied: it is asked
// for each message. Loop thread, but for views, which any thread reads.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

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

  // The copy knows nothing: what is asked must be asked of the store.
  bool is_elsewhere() const { return elsewhere_; }

  LearnedTotals totals(std::string_view owner = {}) const;
  // What was just read elsewhere.
  void note_totals(std::string_view owner, const LearnedTotals& totals);
  TokenTable::View view() const { return table_.view(); }
  TokenTable& table() { return table_; }  // for tidying
  std::size_t tokens() const { return table_.size(); }

  // Of an owner one message more or less in a class: +1, -1 or 0. The tokens are scoped.
  void apply(std::string_view owner, std::span<const std::uint64_t> tokens, int ham, int spam);

 private:
  TokenTable table_;
  std::map<std::string, LearnedTotals, std::less<>> totals_;
  bool elsewhere_ = false;
  State state_ = State::empty;
  std::string why_not_;
};

// An owner's messages that were learned, from its entry {Space::total, owner}.
LearnedTotals totals_from(const std::optional<StoreEntry>& entry);

// What a token's entry says.
TokenCounts token_counts_from(const std::optional<StoreEntry>& entry);

// The id of a token's entry: its eight bytes, most significant first.
std::string token_id(std::uint64_t token);
std::uint64_t token_from(std::string_view id);  // 0 when it is none

}  // namespace xspamd
